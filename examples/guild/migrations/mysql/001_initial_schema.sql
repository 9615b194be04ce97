-- plinth: for mysql
create table if not exists `users` (
  `id` binary(16) not null,
  `username` varchar(32) not null,
  `email` varchar(255),
  `password_hash` varchar(255),
  `display_name` varchar(64),
  `mfa_secret` longblob,
  `status` enum('online', 'away', 'busy', 'offline') not null default 'offline',
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `users_pkey` primary key (`id`),
  constraint `users_email_unique` unique (`email`),
  constraint `users_username_unique` unique (`username`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `guilds` (
  `id` binary(16) not null,
  `name` varchar(100) not null,
  `owner_id` binary(16) not null,
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `guilds_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `channels` (
  `id` binary(16) not null,
  `guild_id` binary(16),
  `name` varchar(100),
  `type` enum('text', 'voice', 'dm') not null default 'text',
  `is_private` boolean not null default false,
  `created_at` datetime(3) not null default current_timestamp(3),
  constraint `channels_pkey` primary key (`id`),
  constraint `channels_guild_check` check ((((`type` = 'dm') and (`guild_id` is null)) or ((`type` <> 'dm') and (`guild_id` is not null) and (`name` is not null))))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `channel_members` (
  `channel_id` binary(16) not null,
  `user_id` binary(16) not null,
  constraint `channel_members_pkey` primary key (`channel_id`, `user_id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `dm_channels` (
  `id` binary(16) not null,
  `created_at` datetime(3) not null default current_timestamp(3),
  constraint `dm_channels_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `messages` (
  `id` binary(16) not null,
  `channel_id` binary(16) not null,
  `author_id` binary(16),
  `content` varchar(4000) not null,
  `created_at` datetime(3) not null default current_timestamp(3),
  `edited_at` datetime(3),
  `deleted_at` datetime(3),
  constraint `messages_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `dm_participants` (
  `channel_id` binary(16) not null,
  `user_id` binary(16) not null,
  `last_read_message_id` binary(16),
  constraint `dm_participants_pkey` primary key (`channel_id`, `user_id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `friendships` (
  `user_id` binary(16) not null,
  `friend_id` binary(16) not null,
  `status` enum('pending', 'accepted', 'blocked') not null default 'pending',
  `pair` varchar(73) not null,
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `friendships_pkey` primary key (`user_id`, `friend_id`),
  constraint `friendships_pair_unique` unique (`pair`),
  constraint `friendships_two_check` check ((`user_id` <> `friend_id`))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `guild_members` (
  `guild_id` binary(16) not null,
  `user_id` binary(16) not null,
  `nickname` varchar(32),
  `joined_at` datetime(3) not null default current_timestamp(3),
  constraint `guild_members_pkey` primary key (`guild_id`, `user_id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `roles` (
  `id` binary(16) not null,
  `guild_id` binary(16) not null,
  `name` varchar(100) not null,
  `permissions_bitfield` bigint unsigned not null default 0,
  `position` int not null,
  constraint `roles_pkey` primary key (`id`),
  constraint `roles_guild_id_id_unique` unique (`guild_id`, `id`),
  constraint `roles_guild_id_position_unique` unique (`guild_id`, `position`),
  constraint `roles_position_check` check ((`position` >= 0))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `member_roles` (
  `guild_id` binary(16) not null,
  `user_id` binary(16) not null,
  `role_id` binary(16) not null,
  constraint `member_roles_pkey` primary key (`guild_id`, `user_id`, `role_id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `message_attachments` (
  `id` binary(16) not null,
  `message_id` binary(16) not null,
  `filename` varchar(255) not null,
  `s3_key` varchar(512) not null,
  `size` bigint not null,
  `created_at` datetime(3) not null default current_timestamp(3),
  constraint `message_attachments_pkey` primary key (`id`),
  constraint `message_attachments_s3_key_unique` unique (`s3_key`),
  constraint `message_attachments_size_check` check ((`size` > 0))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `sessions` (
  `id` binary(16) not null,
  `user_id` binary(16) not null,
  `token_hash` varchar(64) not null,
  `expires_at` datetime(3) not null,
  `created_at` datetime(3) not null default current_timestamp(3),
  constraint `sessions_pkey` primary key (`id`),
  constraint `sessions_token_hash_unique` unique (`token_hash`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create index `users_created_at_idx` on `users` (`created_at`);

create index `users_updated_at_idx` on `users` (`updated_at`);

create index `guilds_created_at_idx` on `guilds` (`created_at`);

create index `guilds_owner_id_idx` on `guilds` (`owner_id`);

create index `channels_guild_id_idx` on `channels` (`guild_id`);

create index `channel_members_user_id_idx` on `channel_members` (`user_id`);

create index `messages_author_id_idx` on `messages` (`author_id`);

create index `messages_channel_id_created_at_idx` on `messages` (`channel_id`, `created_at`, `id`);

create index `dm_participants_last_read_message_id_idx` on `dm_participants` (`last_read_message_id`);

create index `dm_participants_user_id_idx` on `dm_participants` (`user_id`);

create index `friendships_friend_id_idx` on `friendships` (`friend_id`);

create index `guild_members_user_id_idx` on `guild_members` (`user_id`);

create index `member_roles_guild_id_role_id_idx` on `member_roles` (`guild_id`, `role_id`);

create index `member_roles_user_id_idx` on `member_roles` (`user_id`);

create index `message_attachments_message_id_idx` on `message_attachments` (`message_id`);

create index `sessions_expires_at_idx` on `sessions` (`expires_at`);

create index `sessions_user_id_idx` on `sessions` (`user_id`);

alter table `guilds` add constraint `guilds_owner_id_fkey` foreign key (`owner_id`) references `users` (`id`) on delete restrict;

alter table `channels` add constraint `channels_guild_id_fkey` foreign key (`guild_id`) references `guilds` (`id`) on delete cascade;

alter table `channel_members` add constraint `channel_members_channel_id_fkey` foreign key (`channel_id`) references `channels` (`id`) on delete cascade;

alter table `channel_members` add constraint `channel_members_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;

alter table `dm_channels` add constraint `dm_channels_id_fkey` foreign key (`id`) references `channels` (`id`) on delete cascade;

alter table `messages` add constraint `messages_author_id_fkey` foreign key (`author_id`) references `users` (`id`) on delete set null;

alter table `messages` add constraint `messages_channel_id_fkey` foreign key (`channel_id`) references `channels` (`id`) on delete cascade;

alter table `dm_participants` add constraint `dm_participants_channel_id_fkey` foreign key (`channel_id`) references `dm_channels` (`id`) on delete cascade;

alter table `dm_participants` add constraint `dm_participants_last_read_message_id_fkey` foreign key (`last_read_message_id`) references `messages` (`id`) on delete set null;

alter table `dm_participants` add constraint `dm_participants_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;

alter table `friendships` add constraint `friendships_friend_id_fkey` foreign key (`friend_id`) references `users` (`id`) on delete cascade;

alter table `friendships` add constraint `friendships_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;

alter table `guild_members` add constraint `guild_members_guild_id_fkey` foreign key (`guild_id`) references `guilds` (`id`) on delete cascade;

alter table `guild_members` add constraint `guild_members_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;

alter table `roles` add constraint `roles_guild_id_fkey` foreign key (`guild_id`) references `guilds` (`id`) on delete cascade;

alter table `member_roles` add constraint `member_roles_guild_id_role_id_fkey` foreign key (`guild_id`, `role_id`) references `roles` (`guild_id`, `id`) on delete cascade;

alter table `member_roles` add constraint `member_roles_guild_id_user_id_fkey` foreign key (`guild_id`, `user_id`) references `guild_members` (`guild_id`, `user_id`) on delete cascade;

alter table `message_attachments` add constraint `message_attachments_message_id_fkey` foreign key (`message_id`) references `messages` (`id`) on delete cascade;

alter table `sessions` add constraint `sessions_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;
