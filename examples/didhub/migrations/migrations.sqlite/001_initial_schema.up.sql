create table "users" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "username" text not null check (length("username") <= 255),
  "password_hash" text not null check (length("password_hash") <= 255),
  "is_admin" integer not null default 0 check ("is_admin" in (0, 1)),
  "is_system" integer not null default 0 check ("is_system" in (0, 1)),
  "is_approved" integer not null default 0 check ("is_approved" in (0, 1)),
  "created_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "users_username_unique" unique ("username")
) strict;

create table "systems" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "user_id" integer not null check (("user_id") between -2147483648 and 2147483647),
  "name" text not null check (length("name") <= 255),
  "description" text,
  "created_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "systems_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create table "alters" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "system_id" integer not null check (("system_id") between -2147483648 and 2147483647),
  "name" text not null check (length("name") <= 255),
  "description" text,
  "avatar_url" text check (length("avatar_url") <= 500),
  "created_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "alters_system_id_fkey" foreign key ("system_id") references "systems" ("id") on delete cascade
) strict;

create table "groups" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "system_id" integer not null check (("system_id") between -2147483648 and 2147483647),
  "name" text not null check (length("name") <= 255),
  "description" text,
  "color" text check (length("color") <= 7),
  "created_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "groups_system_id_fkey" foreign key ("system_id") references "systems" ("id") on delete cascade
) strict;

create table "alter_groups" (
  "alter_id" integer not null check (("alter_id") between -2147483648 and 2147483647),
  "group_id" integer not null check (("group_id") between -2147483648 and 2147483647),
  constraint "alter_groups_pkey" primary key ("alter_id", "group_id"),
  constraint "alter_groups_alter_id_fkey" foreign key ("alter_id") references "alters" ("id") on delete cascade,
  constraint "alter_groups_group_id_fkey" foreign key ("group_id") references "groups" ("id") on delete cascade
) strict;

create table "audit_logs" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "user_id" integer check (("user_id") between -2147483648 and 2147483647),
  "action" text not null check (length("action") <= 100),
  "entity_type" text check (length("entity_type") <= 50),
  "entity_id" text check (length("entity_id") <= 100),
  "details" text check (json_valid("details")),
  "ip_address" text check (length("ip_address") <= 45),
  "user_agent" text,
  "created_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "audit_logs_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete set null
) strict;

create table "settings" (
  "key" text not null check (length("key") <= 100),
  "value" text not null,
  "description" text,
  "updated_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "settings_pkey" primary key ("key")
) strict;

create table "subsystems" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "system_id" integer not null check (("system_id") between -2147483648 and 2147483647),
  "name" text not null check (length("name") <= 255),
  "description" text,
  "color" text check (length("color") <= 7),
  "created_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "subsystems_system_id_fkey" foreign key ("system_id") references "systems" ("id") on delete cascade
) strict;

create table "subsystem_members" (
  "subsystem_id" integer not null check (("subsystem_id") between -2147483648 and 2147483647),
  "alter_id" integer not null check (("alter_id") between -2147483648 and 2147483647),
  "role" text not null default 'member' check (length("role") <= 50),
  constraint "subsystem_members_pkey" primary key ("subsystem_id", "alter_id"),
  constraint "subsystem_members_alter_id_fkey" foreign key ("alter_id") references "alters" ("id") on delete cascade,
  constraint "subsystem_members_subsystem_id_fkey" foreign key ("subsystem_id") references "subsystems" ("id") on delete cascade
) strict;

create table "system_requests" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "user_id" integer not null check (("user_id") between -2147483648 and 2147483647),
  "status" text not null default 'pending' check (length("status") <= 20),
  "admin_notes" text,
  "created_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "known_status" check (("status" in ('pending', 'approved', 'rejected'))),
  constraint "system_requests_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create table "uploads" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "user_id" integer not null check (("user_id") between -2147483648 and 2147483647),
  "filename" text not null check (length("filename") <= 255),
  "original_filename" text not null check (length("original_filename") <= 255),
  "mime_type" text not null check (length("mime_type") <= 100),
  "file_size" integer not null check (("file_size") between -2147483648 and 2147483647),
  "alt_text" text,
  "is_public" integer not null default 0 check ("is_public" in (0, 1)),
  "created_at" integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "uploads_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create index "idx_users_is_admin" on "users" ("is_admin");

create index "idx_users_username" on "users" ("username");

create index "idx_systems_user_id" on "systems" ("user_id");

create index "idx_alters_name" on "alters" ("name");

create index "idx_alters_system_id" on "alters" ("system_id");

create index "idx_audit_logs_action" on "audit_logs" ("action");

create index "idx_audit_logs_created_at" on "audit_logs" ("created_at");

create index "idx_audit_logs_user_id" on "audit_logs" ("user_id");
