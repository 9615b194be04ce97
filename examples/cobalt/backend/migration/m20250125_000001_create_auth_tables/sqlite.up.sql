create table "refresh_tokens" (
  "id" text /* uuid */ not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
  "user_id" text /* uuid */ not null,
  "token_hash" text not null check (length("token_hash") <= 255),
  "expires_at" integer /* timestamp(6) */ not null,
  "revoked_at" integer /* timestamp(6) */,
  "created_at" integer /* timestamp(6) */ not null default (cast(unixepoch('subsec') * 1000 as integer) * 1000),
  constraint "refresh_tokens_pkey" primary key ("id"),
  constraint "refresh_tokens_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

alter table "users" add column "disabled_at" integer /* timestamp(6) */;

create index "idx_refresh_tokens_token_hash" on "refresh_tokens" ("token_hash");

create index "idx_refresh_tokens_user_id" on "refresh_tokens" ("user_id");
