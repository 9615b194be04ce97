-- BREAKING BC103: user_role has "owner" instead of "admin"
-- MAY FAIL DS105: user_role loses "guest": fails when a row has one

alter table "posts" drop constraint "posts_user_id_fkey";

drop index "users_level_idx";

-- BREAKING CD102: users_level_check is kept no more
alter table "users" drop constraint "users_level_check";

-- BREAKING BC101: table users is people from now on
alter table "users" rename to "people";

-- BREAKING BC102: column people.name is full_name from now on
alter table "people" rename column "name" to "full_name";

alter table "people" rename constraint "users_pkey" to "people_pkey";

alter type "user_role" rename value 'admin' to 'owner';

alter type "user_role" rename to "user_role__replaced";

create type "user_role" as enum ('user', 'owner');

-- LOCKS PG202: people is locked while its rows are written anew
alter table "people" alter column "role" drop default,
  alter column "role" type "user_role" using "role"::text::"user_role",
  alter column "role" set default 'user';

alter table "people" alter column "full_name" type varchar(80) collate "C";

-- BREAKING BC105: the default of people.level changes
alter table "people" alter column "level" set default '1';

-- LOSSY DS108: gives every NULL of people.level the column's default
update "people" set "level" = '1' where "level" is null;

-- MAY FAIL MF104: people.level must not be NULL: fails when a row has none
-- LOCKS PG205: people is locked while its rows are read
alter table "people" alter column "level" set not null;

alter table "people" add column "seen_at" timestamptz(3) not null default date_trunc('milliseconds', now());

-- LOCKS PG203: people is locked while its rows are written anew
alter table "people" add column "twice" integer generated always as ("level" * 2) stored;

-- LOCKS PG101: writers of people wait while the index is built
create index "people_level_full_name_idx" on "people" ("level", "full_name");

-- MAY FAIL MF105: posts_user_id_fkey: fails when a row points at nothing
-- LOCKS PG206: writers of posts and people wait while its rows are read
alter table "posts" add constraint "posts_user_id_fkey" foreign key ("user_id") references "people" ("id") on delete cascade;

-- LOSSY DS103: drops column people.note with its values
alter table "people" drop column "note";

drop type "user_role__replaced";
