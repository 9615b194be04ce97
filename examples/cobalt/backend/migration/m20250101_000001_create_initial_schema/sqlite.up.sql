create table "users" (
  "id" text /* uuid */ not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
  "username" text not null check (length("username") <= 255),
  "email" text not null check (length("email") <= 255),
  "password_hash" text not null check (length("password_hash") <= 255),
  "created_at" integer /* timestamp(6) */ not null default (cast(unixepoch('subsec') * 1000 as integer) * 1000),
  "updated_at" integer /* timestamp(6) */ not null default (cast(unixepoch('subsec') * 1000 as integer) * 1000),
  constraint "users_pkey" primary key ("id"),
  constraint "users_email_unique" unique ("email"),
  constraint "users_username_unique" unique ("username")
) strict;
