create table `teams` (
  `id` int not null auto_increment,
  `name` varchar(80) not null,
  `captain_id` binary(16),
  `teams_name_fulltext` longtext generated always as (regexp_replace(lower(concat_ws(' ', '', convert(`name` using utf8mb4)) collate utf8mb4_0900_as_cs), convert(x'283f3a5b5e5c707b4c7d5c707b4e7d5c707b4d7d5d5c707b4d7d2a292b' using utf8mb4), ' zz') collate utf8mb4_0900_bin) stored,
  constraint `teams_pkey` primary key (`id`),
  constraint `teams_name_unique` unique (`name`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `players` (
  `id` binary(16) not null default (unhex(concat(hex(random_bytes(6)), '4', substr(hex(random_bytes(2)), 2), substr('89AB', 1 + (ascii(random_bytes(1)) & 3), 1), substr(hex(random_bytes(2)), 2), hex(random_bytes(6))))),
  `team_id` int not null,
  `mentor_id` binary(16),
  `email` varchar(255) not null,
  `tags` json not null default (convert(x'5b2269742773222c2261205c22625c22222c225c5c225d' using utf8mb4)),
  `scores` json,
  `note` longtext default (convert(x'69742773202271756f74656422205c20616e64' using utf8mb4)),
  `nick` varchar(30),
  `nick__folded` varchar(30) generated always as (convert(cast(lower(convert(cast(`nick` as binary) using geostd8)) as binary) using utf8mb4) collate utf8mb4_0900_bin) virtual,
  `city` varchar(30) collate `utf8mb4_german2_ci`,
  `level` smallint not null default 1,
  `points` bigint not null default 9007199254740993,
  `steps` bigint default 0,
  `ratio` double default 0.5,
  `price` decimal(10, 2) not null default '9.90',
  `mass` decimal(38, 9),
  `active` boolean not null default true,
  `settings` json not null default (convert('{"theme":"dark"}' using utf8mb4)),
  `rank` enum('rookie', 'it''s pro') not null default 'it''s pro',
  `mood` enum('good', x'62615c64') default x'62615c64',
  `weight` float default 0.5,
  `joined` date not null default '2024-02-29',
  `wakes` time(0) default '07:00:00',
  `beat` time(3),
  `picture` longblob default (x'005c27'),
  `digest` varbinary(32),
  `born` datetime(0),
  `seen` datetime(6) default '2026-01-31 12:00:00.123456',
  `created_at` datetime(3) not null default current_timestamp(3),
  `half` int not null default (1 + 1),
  constraint `players_pkey` primary key (`id`),
  constraint `one_email` unique (`email`),
  constraint `players_digest_unique` unique (`digest`),
  constraint `players_team_id_level_unique` unique (`team_id`, `level`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `memberships` (
  `player_id` binary(16) not null,
  `season` int not null,
  `since_id` binary(16),
  `since_season` int,
  `decade` int generated always as (`season` / 10) stored check (`decade` is not null),
  `fee` decimal(8, 2),
  constraint `one_membership` primary key (`season`, `player_id`),
  constraint `memberships_fee_check` check ((`fee` > 9.90)),
  constraint `recent_season` check (`season` > 1990)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `we"ird ``name'; --` (
  `id` bigint not null auto_increment,
  `or"der`` '` longtext comment 'back\\slash''s',
  `group` varchar(9),
  constraint `we"ird ``name'; --_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin comment = 'it''s "quoted" ` \\ and';

create fulltext index `teams_name_fulltext` on `teams` (`teams_name_fulltext`);

create index `teams_captain_id_fkey` on `teams` (`captain_id`);

create index `by_born` on `players` (`born`);

create unique index `players_nick_unique` on `players` (`nick__folded`);

create index `players_team_id_created_at_idx` on `players` (`team_id`, `created_at`);

create index `players_mentor_id_fkey` on `players` (`mentor_id`);

create unique index `by_since` on `memberships` (`since_id`, `since_season` desc);

create index `memberships_fee_season_idx` on `memberships` (`fee` desc, `season`);

create index `member_is` on `memberships` (`player_id`);

create index `since` on `memberships` (`since_season`, `since_id`);

create index `in"dex`` '` on `we"ird ``name'; --` (`group`);

alter table `teams` add constraint `teams_captain_id_fkey` foreign key (`captain_id`) references `players` (`id`) on delete set null;

alter table `players` add constraint `players_mentor_id_fkey` foreign key (`mentor_id`) references `players` (`id`) on delete restrict;

alter table `players` add constraint `players_team_id_fkey` foreign key (`team_id`) references `teams` (`id`) on delete cascade on update cascade;

alter table `memberships` add constraint `member_is` foreign key (`player_id`) references `players` (`id`);

alter table `memberships` add constraint `since` foreign key (`since_season`, `since_id`) references `memberships` (`season`, `player_id`) on delete set null;

create view `a_roster` (`team`, `email`, `fee`, `rank`) as select `teams`.`name`, `players`.`email`, `memberships`.`fee`, `players`.`rank` from `memberships` inner join `players` on `players`.`id` = `memberships`.`player_id` left join `teams` on `teams`.`id` = `players`.`team_id` where (`players`.`rank` in ('it''s pro')) and ((lower(convert(`players`.`email` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin) like (lower(convert('%\\_x%' using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin)) and (`memberships`.`fee` > cast('-9.90' as decimal(8, 2))) and (`players`.`created_at` > '2026-01-31 12:00:00.000') and (`players`.`level` in (1, 2, (-3), 4, 5, 6, 6, 6)) limit 100;

create view `vi"e``w' ; --` (`or'der`) as select `a_roster`.`email` || 'it''s \\ --' from `a_roster` where true and (-1) - (-1) = 0;
