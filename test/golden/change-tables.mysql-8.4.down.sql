-- IRREVERSIBLE DS108: the way here gives every NULL of people.level the column's default; they do not come back
-- IRREVERSIBLE DS103: the way here drops column people.note with its values; they do not come back
-- BREAKING BC103: user_role has "admin" instead of "owner"

alter table `posts` drop foreign key `posts_user_id_fkey`;

alter table `people` drop index `people_level_full_name_idx`;

alter table `people` drop column `twice`;

-- BREAKING BC101: table people is users from now on
rename table `people` to `users`;

-- BREAKING BC102: column users.full_name is name from now on
alter table `users` rename column `full_name` to `name`;

-- LOCKS MY103: copies table users; writers wait
alter table `users` modify column `role` enum('user', 'owner', 'admin', 'guest') not null default 'user';

update `users` set `role` = 'admin' where `role` = 'owner';

-- LOCKS MY103: copies table users; writers wait
alter table `users` modify column `role` enum('user', 'admin', 'guest') not null default 'user';

-- MAY FAIL DS104: users.name becomes varchar(40) from varchar(80): fails when a value does not fit
-- LOCKS MY103: copies table users; writers wait
alter table `users` modify column `name` varchar(40) not null comment 'as it is spelt';

-- BREAKING BC105: the default of users.level changes
-- LOCKS MY103: copies table users; writers wait
alter table `users` modify column `level` int;

alter table `users` add column `note` longtext;

-- MAY FAIL MF106: users_level_check: fails when a row breaks it
-- LOCKS MY103: copies table users; writers wait
alter table `users` add constraint `users_level_check` check ((`level` > 0));

create index `users_level_idx` on `users` (`level`);

-- MAY FAIL MF105: posts_user_id_fkey: fails when a row points at nothing
-- LOCKS MY105: checks every row of posts; writers wait
alter table `posts` add constraint `posts_user_id_fkey` foreign key (`user_id`) references `users` (`id`);

-- LOSSY DS103: drops column users.seen_at with its values
alter table `users` drop column `seen_at`;
