create table "users" (
  "id" uuid not null default gen_random_uuid(),
  "username" varchar(255) collate "C" not null,
  "email" varchar(255) collate "C" not null,
  "password_hash" varchar(255) collate "C" not null,
  "created_at" timestamptz(6) not null default now(),
  "updated_at" timestamptz(6) not null default now(),
  constraint "users_pkey" primary key ("id"),
  constraint "users_email_unique" unique ("email"),
  constraint "users_username_unique" unique ("username")
);
