-- plinth: rebuild
-- BREAKING CD102: users_level_check is kept no more
-- BREAKING BC103: user_role has "owner" instead of "admin"
-- MAY FAIL DS105: user_role loses "guest": fails when a row has one
-- BREAKING BC105: the default of people.level changes
-- LOSSY DS108: gives every NULL of people.level the column's default
-- MAY FAIL MF104: people.level must not be NULL: fails when a row has none
-- MAY FAIL MF105: posts_user_id_fkey: fails when a row points at nothing
-- LOSSY DS103: drops column people.note with its values

drop index "users_level_idx";

-- BREAKING BC101: table users is people from now on
alter table "users" rename to "people";

-- BREAKING BC102: column people.name is full_name from now on
alter table "people" rename column "name" to "full_name";

create table "posts__new" (
  "id" integer not null check (("id") between -2147483648 and 2147483647),
  "user_id" integer check (("user_id") between -2147483648 and 2147483647),
  constraint "posts_pkey" primary key ("id"),
  constraint "posts_user_id_fkey" foreign key ("user_id") references "people" ("id") on delete cascade
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

create table "people__new" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "full_name" text not null check (length("full_name") <= 80),
  "level" integer not null default 1 check (("level") between -2147483648 and 2147483647),
  "role" text not null default 'user' check ("role" in ('user', 'owner')),
  "seen_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "twice" integer generated always as ("level" * 2) stored check (("twice") between -2147483648 and 2147483647)
) strict;

insert into "people__new" ("id", "full_name", "level", "role", "seen_at")
select "id", "full_name", coalesce("level", 1), case "role" when 'admin' then 'owner' else "role" end, (cast(unixepoch('subsec') * 1000 as integer))
from "people";

delete from sqlite_sequence where name = 'people__new';

insert into sqlite_sequence (name, seq) select 'people__new', seq from sqlite_sequence where name = 'people';

-- LOCKS LT102: makes table people anew, which takes as long as its rows are many
select json_extract('{}', iif(foreign_keys, 'foreign keys must be off to replace a table: run this by plinth migrate up', '$')) from pragma_foreign_keys;

drop table "people";

pragma legacy_alter_table = on;

alter table "people__new" rename to "people";

pragma legacy_alter_table = off;

alter table "people" rename column "id" to "id";

create index "people_level_full_name_idx" on "people" ("level", "full_name");
