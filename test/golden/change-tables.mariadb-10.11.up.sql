-- BREAKING BC103: user_role has "owner" instead of "admin"
-- MAY FAIL DS105: user_role loses "guest": fails when a row has one

alter table `posts` drop foreign key `posts_user_id_fkey`;

alter table `users` drop index `users_level_idx`;

-- BREAKING CD102: users_level_check is kept no more
alter table `users` drop constraint `users_level_check`;

-- BREAKING BC101: table users is people from now on
rename table `users` to `people`;

-- BREAKING BC102: column people.name is full_name from now on
alter table `people` rename column `name` to `full_name`;

-- LOCKS MY103: copies table people; writers wait
alter table `people` modify column `role` enum('user', 'admin', 'guest', 'owner') not null default 'user';

update `people` set `role` = 'owner' where `role` = 'admin';

-- LOCKS MY103: copies table people; writers wait
alter table `people` modify column `role` enum('user', 'owner') not null default 'user';

-- LOCKS MY103: copies table people; writers wait
alter table `people` modify column `full_name` varchar(80) not null comment 'as it is spelt';

-- BREAKING BC105: the default of people.level changes
alter table `people` modify column `level` int default 1;

-- LOSSY DS108: gives every NULL of people.level the column's default
update `people` set `level` = 1 where `level` is null;

-- MAY FAIL MF104: people.level must not be NULL: fails when a row has none
-- LOCKS MY103: copies table people; writers wait
alter table `people` modify column `level` int not null default 1;

alter table `people` add column `seen_at` datetime(3) not null default current_timestamp(3);

alter table `people` add column `twice` int generated always as (`level` * 2) stored;

create index `people_level_full_name_idx` on `people` (`level`, `full_name`);

-- MAY FAIL MF105: posts_user_id_fkey: fails when a row points at nothing
-- LOCKS MY105: checks every row of posts; writers wait
alter table `posts` add constraint `posts_user_id_fkey` foreign key (`user_id`) references `people` (`id`) on delete cascade;

-- LOSSY DS103: drops column people.note with its values
alter table `people` drop column `note`;
