create table "email_verifications" (
  "id" text /* uuid */ not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
  "user_id" text /* uuid */ not null,
  "token_hash" text not null check (length("token_hash") <= 255),
  "expires_at" integer /* timestamp(6) */ not null,
  "verified_at" integer /* timestamp(6) */,
  "created_at" integer /* timestamp(6) */ not null default (cast(unixepoch('subsec') * 1000 as integer) * 1000),
  constraint "email_verifications_pkey" primary key ("id"),
  constraint "email_verifications_token_hash_unique" unique ("token_hash"),
  constraint "email_verifications_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

alter table "users" add column "role" text not null default 'user' check ("role" in ('user', 'admin'));

alter table "users" add column "email_verified" integer default 0 check ("email_verified" in (0, 1));

create index "idx_email_verifications_token_hash" on "email_verifications" ("token_hash");

create index "idx_email_verifications_user_id" on "email_verifications" ("user_id");
