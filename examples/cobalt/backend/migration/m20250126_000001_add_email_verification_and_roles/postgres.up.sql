create type "user_role" as enum ('user', 'admin');

create table "email_verifications" (
  "id" uuid not null default gen_random_uuid(),
  "user_id" uuid not null,
  "token_hash" varchar(255) collate "C" not null,
  "expires_at" timestamptz(6) not null,
  "verified_at" timestamptz(6),
  "created_at" timestamptz(6) not null default now(),
  constraint "email_verifications_pkey" primary key ("id"),
  constraint "email_verifications_token_hash_unique" unique ("token_hash")
);

alter table "users" add column "role" "user_role" not null default 'user';

alter table "users" add column "email_verified" boolean default 'false';

create index "idx_email_verifications_token_hash" on "email_verifications" ("token_hash");

create index "idx_email_verifications_user_id" on "email_verifications" ("user_id");

alter table "email_verifications" add constraint "email_verifications_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade;
