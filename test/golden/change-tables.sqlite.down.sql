-- plinth: rebuild
-- IRREVERSIBLE DS108: the way here gives every NULL of people.level the column's default; they do not come back
-- IRREVERSIBLE DS103: the way here drops column people.note with its values; they do not come back
-- BREAKING BC103: user_role has "admin" instead of "owner"
-- MAY FAIL DS104: users.name becomes varchar(40) from varchar(80): fails when a value does not fit
-- BREAKING BC105: the default of users.level changes
-- MAY FAIL MF106: users_level_check: fails when a row breaks it
-- MAY FAIL MF105: posts_user_id_fkey: fails when a row points at nothing
-- LOSSY DS103: drops column users.seen_at with its values

drop index "people_level_full_name_idx";

-- BREAKING BC101: table people is users from now on
alter table "people" rename to "users";

-- BREAKING BC102: column users.full_name is name from now on
alter table "users" rename column "full_name" to "name";

create table "posts__new" (
  "id" integer not null check (("id") between -2147483648 and 2147483647),
  "user_id" integer check (("user_id") between -2147483648 and 2147483647),
  constraint "posts_pkey" primary key ("id"),
  constraint "posts_user_id_fkey" foreign key ("user_id") references "users" ("id")
) strict;

insert into "posts__new" ("id", "user_id")
select "id", "user_id"
from "posts";

-- LOCKS LT102: makes table posts anew, which takes as long as its rows are many
select json_extract('{}', iif(foreign_keys, 'foreign keys must be off to replace a table: run this by plinth migrate up', '$')) from pragma_foreign_keys;

drop table "posts";

pragma legacy_alter_table = on;

alter table "posts__new" rename to "posts";

pragma legacy_alter_table = off;

alter table "posts" rename column "id" to "id";

create table "users__new" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "name" text not null check (length("name") <= 40),
  "level" integer check (("level") between -2147483648 and 2147483647),
  "role" text not null default 'user' check ("role" in ('user', 'admin', 'guest')),
  "note" text,
  constraint "users_level_check" check (("level" > 0))
) strict;

insert into "users__new" ("id", "name", "level", "role")
select "id", "name", "level", case "role" when 'owner' then 'admin' else "role" end
from "users";

delete from sqlite_sequence where name = 'users__new';

insert into sqlite_sequence (name, seq) select 'users__new', seq from sqlite_sequence where name = 'users';

-- LOCKS LT102: makes table users anew, which takes as long as its rows are many
select json_extract('{}', iif(foreign_keys, 'foreign keys must be off to replace a table: run this by plinth migrate up', '$')) from pragma_foreign_keys;

drop table "users";

pragma legacy_alter_table = on;

alter table "users__new" rename to "users";

pragma legacy_alter_table = off;

alter table "users" rename column "id" to "id";

create index "users_level_idx" on "users" ("level");
