create table "roles" (
  "id" text not null check (length("id") <= 36),
  "name" text not null check (length("name") <= 100),
  "created_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "updated_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "deactivated_at" integer /* timestamp(0) as seconds */,
  "deactivated_by" text check (length("deactivated_by") <= 36),
  constraint "roles_pkey" primary key ("id")
) strict;

create table "users" (
  "id" text not null check (length("id") <= 36),
  "name" text not null,
  "email" text check (length("email") <= 255),
  "credits" integer not null default 0 check (("credits") between -2147483648 and 2147483647),
  "created_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "updated_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "deactivated_at" integer /* timestamp(0) as seconds */,
  "deactivated_by" text check (length("deactivated_by") <= 36),
  constraint "users_pkey" primary key ("id"),
  constraint "users_email_unique" unique ("email"),
  constraint "users_credits_check" check (("credits" >= 0))
) strict;

create table "transactions" (
  "id" text not null check (length("id") <= 36),
  "from_user_id" text not null check (length("from_user_id") <= 36),
  "to_user_id" text not null check (length("to_user_id") <= 36),
  "amount" integer not null check (("amount") between -2147483648 and 2147483647),
  "type" text not null check ("type" in ('transfer')),
  "created_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "updated_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "deactivated_at" integer /* timestamp(0) as seconds */,
  "deactivated_by" text check (length("deactivated_by") <= 36),
  constraint "transactions_pkey" primary key ("id"),
  constraint "transactions_amount_check" check (("amount" > 0)),
  constraint "transactions_from_user_id_fkey" foreign key ("from_user_id") references "users" ("id"),
  constraint "transactions_to_user_id_fkey" foreign key ("to_user_id") references "users" ("id")
) strict;

create table "user_profiles" (
  "id" text not null check (length("id") <= 36),
  "user_id" text not null check (length("user_id") <= 36),
  "bio" text,
  "created_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "updated_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "deactivated_at" integer /* timestamp(0) as seconds */,
  "deactivated_by" text check (length("deactivated_by") <= 36),
  constraint "user_profiles_pkey" primary key ("id"),
  constraint "user_profiles_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create table "user_roles" (
  "id" text not null check (length("id") <= 36),
  "user_id" text not null check (length("user_id") <= 36),
  "role_id" text not null check (length("role_id") <= 36),
  "created_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "updated_at" integer /* timestamp(0) as seconds */ not null default (unixepoch()),
  "deactivated_at" integer /* timestamp(0) as seconds */,
  "deactivated_by" text check (length("deactivated_by") <= 36),
  constraint "user_roles_pkey" primary key ("id"),
  constraint "user_roles_role_id_fkey" foreign key ("role_id") references "roles" ("id") on delete cascade,
  constraint "user_roles_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create unique index "roles_name_unique" on "roles" ("name") where ("deactivated_at" is null);

create index "users_email_idx" on "users" ("email");

create index "users_status_created_idx" on "users" ("deactivated_at", "created_at");

create index "transactions_from_user_id_idx" on "transactions" ("from_user_id");

create index "transactions_to_user_id_idx" on "transactions" ("to_user_id");

create index "user_profiles_user_id_idx" on "user_profiles" ("user_id");

create index "user_roles_role_id_idx" on "user_roles" ("role_id");

create index "user_roles_user_id_idx" on "user_roles" ("user_id");

create unique index "user_roles_user_id_role_id_unique" on "user_roles" ("user_id", "role_id") where ("deactivated_at" is null);
