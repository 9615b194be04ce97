-- IRREVERSIBLE DS108: the way here gives every NULL of people.level the column's default; they do not come back
-- IRREVERSIBLE DS103: the way here drops column people.note with its values; they do not come back
-- BREAKING BC103: user_role has "admin" instead of "owner"

alter table "posts" drop constraint "posts_user_id_fkey";

drop index "people_level_full_name_idx";

alter table "people" drop column "twice";

-- BREAKING BC101: table people is users from now on
alter table "people" rename to "users";

-- BREAKING BC102: column users.full_name is name from now on
alter table "users" rename column "full_name" to "name";

alter table "users" rename constraint "people_pkey" to "users_pkey";

alter type "user_role" rename value 'owner' to 'admin';

alter type "user_role" add value 'guest' after 'admin';

-- MAY FAIL DS104: users.name becomes varchar(40) from varchar(80): fails when a value does not fit
-- LOCKS PG202: users is locked while its rows are written anew
alter table "users" alter column "name" type varchar(40) collate "C" using case when char_length("name") > 40 then "name" || '.' else "name" end;

-- BREAKING BC105: the default of users.level changes
alter table "users" alter column "level" drop default,
  alter column "level" drop not null;

alter table "users" add column "note" text collate "C";

-- MAY FAIL MF106: users_level_check: fails when a row breaks it
-- LOCKS PG207: users is locked while its rows are read
alter table "users" add constraint "users_level_check" check (("level" > 0));

-- LOCKS PG101: writers of users wait while the index is built
create index "users_level_idx" on "users" ("level" nulls first);

-- MAY FAIL MF105: posts_user_id_fkey: fails when a row points at nothing
-- LOCKS PG206: writers of posts and users wait while its rows are read
alter table "posts" add constraint "posts_user_id_fkey" foreign key ("user_id") references "users" ("id");

-- LOSSY DS103: drops column users.seen_at with its values
alter table "users" drop column "seen_at";
