alter table "users" add column "phone_number" text check (length("phone_number") <= 20);

create index "users_phone_idx" on "users" ("phone_number");
