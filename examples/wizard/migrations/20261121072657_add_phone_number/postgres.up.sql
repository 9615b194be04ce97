alter table "users" add column "phone_number" varchar(20) collate "C";

-- LOCKS PG101: writers of users wait while the index is built
create index "users_phone_idx" on "users" ("phone_number" nulls first);
