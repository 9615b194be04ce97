create type "transaction_type" as enum ('transfer');

create table "roles" (
  "id" varchar(36) collate "C" not null,
  "name" varchar(100) collate "C" not null,
  "created_at" timestamptz(0) not null default date_trunc('second', now()),
  "updated_at" timestamptz(0) not null default date_trunc('second', now()),
  "deactivated_at" timestamptz(0),
  "deactivated_by" varchar(36) collate "C",
  constraint "roles_pkey" primary key ("id")
);

create table "users" (
  "id" varchar(36) collate "C" not null,
  "name" text collate "C" not null,
  "email" varchar(255) collate "C",
  "credits" integer not null default '0',
  "created_at" timestamptz(0) not null default date_trunc('second', now()),
  "updated_at" timestamptz(0) not null default date_trunc('second', now()),
  "deactivated_at" timestamptz(0),
  "deactivated_by" varchar(36) collate "C",
  constraint "users_pkey" primary key ("id"),
  constraint "users_email_unique" unique ("email"),
  constraint "users_credits_check" check (("credits" >= 0))
);

create table "transactions" (
  "id" varchar(36) collate "C" not null,
  "from_user_id" varchar(36) collate "C" not null,
  "to_user_id" varchar(36) collate "C" not null,
  "amount" integer not null,
  "type" "transaction_type" not null,
  "created_at" timestamptz(0) not null default date_trunc('second', now()),
  "updated_at" timestamptz(0) not null default date_trunc('second', now()),
  "deactivated_at" timestamptz(0),
  "deactivated_by" varchar(36) collate "C",
  constraint "transactions_pkey" primary key ("id"),
  constraint "transactions_amount_check" check (("amount" > 0))
);

create table "user_profiles" (
  "id" varchar(36) collate "C" not null,
  "user_id" varchar(36) collate "C" not null,
  "bio" text collate "C",
  "created_at" timestamptz(0) not null default date_trunc('second', now()),
  "updated_at" timestamptz(0) not null default date_trunc('second', now()),
  "deactivated_at" timestamptz(0),
  "deactivated_by" varchar(36) collate "C",
  constraint "user_profiles_pkey" primary key ("id")
);

create table "user_roles" (
  "id" varchar(36) collate "C" not null,
  "user_id" varchar(36) collate "C" not null,
  "role_id" varchar(36) collate "C" not null,
  "created_at" timestamptz(0) not null default date_trunc('second', now()),
  "updated_at" timestamptz(0) not null default date_trunc('second', now()),
  "deactivated_at" timestamptz(0),
  "deactivated_by" varchar(36) collate "C",
  constraint "user_roles_pkey" primary key ("id")
);

create unique index "roles_name_unique" on "roles" ("name") where ("deactivated_at" is null);

create index "users_email_idx" on "users" ("email" nulls first);

create index "users_status_created_idx" on "users" ("deactivated_at" nulls first, "created_at");

create index "transactions_from_user_id_idx" on "transactions" ("from_user_id");

create index "transactions_to_user_id_idx" on "transactions" ("to_user_id");

create index "user_profiles_user_id_idx" on "user_profiles" ("user_id");

create index "user_roles_role_id_idx" on "user_roles" ("role_id");

create index "user_roles_user_id_idx" on "user_roles" ("user_id");

create unique index "user_roles_user_id_role_id_unique" on "user_roles" ("user_id", "role_id") where ("deactivated_at" is null);

alter table "transactions" add constraint "transactions_from_user_id_fkey" foreign key ("from_user_id") references "users" ("id");

alter table "transactions" add constraint "transactions_to_user_id_fkey" foreign key ("to_user_id") references "users" ("id");

alter table "user_profiles" add constraint "user_profiles_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade;

alter table "user_roles" add constraint "user_roles_role_id_fkey" foreign key ("role_id") references "roles" ("id") on delete cascade;

alter table "user_roles" add constraint "user_roles_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade;
