create table "refresh_tokens" (
  "id" uuid not null default gen_random_uuid(),
  "user_id" uuid not null,
  "token_hash" varchar(255) collate "C" not null,
  "expires_at" timestamptz(6) not null,
  "revoked_at" timestamptz(6),
  "created_at" timestamptz(6) not null default now(),
  constraint "refresh_tokens_pkey" primary key ("id")
);

alter table "users" add column "disabled_at" timestamptz(6);

create index "idx_refresh_tokens_token_hash" on "refresh_tokens" ("token_hash");

create index "idx_refresh_tokens_user_id" on "refresh_tokens" ("user_id");

alter table "refresh_tokens" add constraint "refresh_tokens_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade;
