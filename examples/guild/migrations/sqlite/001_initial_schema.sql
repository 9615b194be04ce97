create table if not exists "users" (
  "id" text /* uuid */ not null,
  "username" text not null check (length("username") <= 32),
  "email" text check (length("email") <= 255),
  "password_hash" text check (length("password_hash") <= 255),
  "display_name" text check (length("display_name") <= 64),
  "mfa_secret" blob,
  "status" text not null default 'offline' check ("status" in ('online', 'away', 'busy', 'offline')),
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "users_pkey" primary key ("id"),
  constraint "users_email_unique" unique ("email"),
  constraint "users_username_unique" unique ("username")
) strict;

create table if not exists "guilds" (
  "id" text /* uuid */ not null,
  "name" text not null check (length("name") <= 100),
  "owner_id" text /* uuid */ not null,
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "guilds_pkey" primary key ("id"),
  constraint "guilds_owner_id_fkey" foreign key ("owner_id") references "users" ("id") on delete restrict
) strict;

create table if not exists "channels" (
  "id" text /* uuid */ not null,
  "guild_id" text /* uuid */,
  "name" text check (length("name") <= 100),
  "type" text not null default 'text' check ("type" in ('text', 'voice', 'dm')),
  "is_private" integer not null default 0 check ("is_private" in (0, 1)),
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "channels_pkey" primary key ("id"),
  constraint "channels_guild_check" check (((("type" = 'dm') and ("guild_id" is null)) or (("type" <> 'dm') and ("guild_id" is not null) and ("name" is not null)))),
  constraint "channels_guild_id_fkey" foreign key ("guild_id") references "guilds" ("id") on delete cascade
) strict;

create table if not exists "channel_members" (
  "channel_id" text /* uuid */ not null,
  "user_id" text /* uuid */ not null,
  constraint "channel_members_pkey" primary key ("channel_id", "user_id"),
  constraint "channel_members_channel_id_fkey" foreign key ("channel_id") references "channels" ("id") on delete cascade,
  constraint "channel_members_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create table if not exists "dm_channels" (
  "id" text /* uuid */ not null,
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "dm_channels_pkey" primary key ("id"),
  constraint "dm_channels_id_fkey" foreign key ("id") references "channels" ("id") on delete cascade
) strict;

create table if not exists "messages" (
  "id" text /* uuid */ not null,
  "channel_id" text /* uuid */ not null,
  "author_id" text /* uuid */,
  "content" text not null check (length("content") <= 4000),
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "edited_at" integer /* timestamp(3) */,
  "deleted_at" integer /* timestamp(3) */,
  constraint "messages_pkey" primary key ("id"),
  constraint "messages_author_id_fkey" foreign key ("author_id") references "users" ("id") on delete set null,
  constraint "messages_channel_id_fkey" foreign key ("channel_id") references "channels" ("id") on delete cascade
) strict;

create table if not exists "dm_participants" (
  "channel_id" text /* uuid */ not null,
  "user_id" text /* uuid */ not null,
  "last_read_message_id" text /* uuid */,
  constraint "dm_participants_pkey" primary key ("channel_id", "user_id"),
  constraint "dm_participants_channel_id_fkey" foreign key ("channel_id") references "dm_channels" ("id") on delete cascade,
  constraint "dm_participants_last_read_message_id_fkey" foreign key ("last_read_message_id") references "messages" ("id") on delete set null,
  constraint "dm_participants_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create table if not exists "friendships" (
  "user_id" text /* uuid */ not null,
  "friend_id" text /* uuid */ not null,
  "status" text not null default 'pending' check ("status" in ('pending', 'accepted', 'blocked')),
  "pair" text not null check (length("pair") <= 73),
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "updated_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "friendships_pkey" primary key ("user_id", "friend_id"),
  constraint "friendships_pair_unique" unique ("pair"),
  constraint "friendships_two_check" check (("user_id" <> "friend_id")),
  constraint "friendships_friend_id_fkey" foreign key ("friend_id") references "users" ("id") on delete cascade,
  constraint "friendships_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create table if not exists "guild_members" (
  "guild_id" text /* uuid */ not null,
  "user_id" text /* uuid */ not null,
  "nickname" text check (length("nickname") <= 32),
  "joined_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "guild_members_pkey" primary key ("guild_id", "user_id"),
  constraint "guild_members_guild_id_fkey" foreign key ("guild_id") references "guilds" ("id") on delete cascade,
  constraint "guild_members_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create table if not exists "roles" (
  "id" text /* uuid */ not null,
  "guild_id" text /* uuid */ not null,
  "name" text not null check (length("name") <= 100),
  "permissions_bitfield" integer not null default 0 check (("permissions_bitfield") >= 0),
  "position" integer not null check (("position") between -2147483648 and 2147483647),
  constraint "roles_pkey" primary key ("id"),
  constraint "roles_guild_id_id_unique" unique ("guild_id", "id"),
  constraint "roles_guild_id_position_unique" unique ("guild_id", "position"),
  constraint "roles_position_check" check (("position" >= 0)),
  constraint "roles_guild_id_fkey" foreign key ("guild_id") references "guilds" ("id") on delete cascade
) strict;

create table if not exists "member_roles" (
  "guild_id" text /* uuid */ not null,
  "user_id" text /* uuid */ not null,
  "role_id" text /* uuid */ not null,
  constraint "member_roles_pkey" primary key ("guild_id", "user_id", "role_id"),
  constraint "member_roles_guild_id_role_id_fkey" foreign key ("guild_id", "role_id") references "roles" ("guild_id", "id") on delete cascade,
  constraint "member_roles_guild_id_user_id_fkey" foreign key ("guild_id", "user_id") references "guild_members" ("guild_id", "user_id") on delete cascade
) strict;

create table if not exists "message_attachments" (
  "id" text /* uuid */ not null,
  "message_id" text /* uuid */ not null,
  "filename" text not null check (length("filename") <= 255),
  "s3_key" text not null check (length("s3_key") <= 512),
  "size" integer not null,
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "message_attachments_pkey" primary key ("id"),
  constraint "message_attachments_s3_key_unique" unique ("s3_key"),
  constraint "message_attachments_size_check" check (("size" > 0)),
  constraint "message_attachments_message_id_fkey" foreign key ("message_id") references "messages" ("id") on delete cascade
) strict;

create table if not exists "sessions" (
  "id" text /* uuid */ not null,
  "user_id" text /* uuid */ not null,
  "token_hash" text not null check (length("token_hash") <= 64),
  "expires_at" integer /* timestamp(3) */ not null,
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "sessions_pkey" primary key ("id"),
  constraint "sessions_token_hash_unique" unique ("token_hash"),
  constraint "sessions_user_id_fkey" foreign key ("user_id") references "users" ("id") on delete cascade
) strict;

create index if not exists "users_created_at_idx" on "users" ("created_at");

create index if not exists "users_updated_at_idx" on "users" ("updated_at");

create index if not exists "guilds_created_at_idx" on "guilds" ("created_at");

create index if not exists "guilds_owner_id_idx" on "guilds" ("owner_id");

create index if not exists "channels_guild_id_idx" on "channels" ("guild_id");

create index if not exists "channel_members_user_id_idx" on "channel_members" ("user_id");

create index if not exists "messages_author_id_idx" on "messages" ("author_id");

create index if not exists "messages_channel_id_created_at_idx" on "messages" ("channel_id", "created_at", "id");

create index if not exists "dm_participants_last_read_message_id_idx" on "dm_participants" ("last_read_message_id");

create index if not exists "dm_participants_user_id_idx" on "dm_participants" ("user_id");

create index if not exists "friendships_friend_id_idx" on "friendships" ("friend_id");

create index if not exists "guild_members_user_id_idx" on "guild_members" ("user_id");

create index if not exists "member_roles_guild_id_role_id_idx" on "member_roles" ("guild_id", "role_id");

create index if not exists "member_roles_user_id_idx" on "member_roles" ("user_id");

create index if not exists "message_attachments_message_id_idx" on "message_attachments" ("message_id");

create index if not exists "sessions_expires_at_idx" on "sessions" ("expires_at");

create index if not exists "sessions_user_id_idx" on "sessions" ("user_id");
