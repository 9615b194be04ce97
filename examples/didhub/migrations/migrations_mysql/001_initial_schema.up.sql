-- plinth: for mysql
create table `users` (
  `id` int not null auto_increment,
  `username` varchar(255) not null,
  `password_hash` varchar(255) not null,
  `is_admin` boolean not null default false,
  `is_system` boolean not null default false,
  `is_approved` boolean not null default false,
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `users_pkey` primary key (`id`),
  constraint `users_username_unique` unique (`username`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `systems` (
  `id` int not null auto_increment,
  `user_id` int not null,
  `name` varchar(255) not null,
  `description` longtext,
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `systems_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `alters` (
  `id` int not null auto_increment,
  `system_id` int not null,
  `name` varchar(255) not null,
  `description` longtext,
  `avatar_url` varchar(500),
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `alters_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `groups` (
  `id` int not null auto_increment,
  `system_id` int not null,
  `name` varchar(255) not null,
  `description` longtext,
  `color` varchar(7),
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `groups_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `alter_groups` (
  `alter_id` int not null,
  `group_id` int not null,
  constraint `alter_groups_pkey` primary key (`alter_id`, `group_id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `audit_logs` (
  `id` int not null auto_increment,
  `user_id` int,
  `action` varchar(100) not null,
  `entity_type` varchar(50),
  `entity_id` varchar(100),
  `details` json,
  `ip_address` varchar(45),
  `user_agent` longtext,
  `created_at` datetime(3) not null default current_timestamp(3),
  constraint `audit_logs_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `settings` (
  `key` varchar(100) not null,
  `value` longtext not null,
  `description` longtext,
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `settings_pkey` primary key (`key`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `subsystems` (
  `id` int not null auto_increment,
  `system_id` int not null,
  `name` varchar(255) not null,
  `description` longtext,
  `color` varchar(7),
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `subsystems_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `subsystem_members` (
  `subsystem_id` int not null,
  `alter_id` int not null,
  `role` varchar(50) not null default 'member',
  constraint `subsystem_members_pkey` primary key (`subsystem_id`, `alter_id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `system_requests` (
  `id` int not null auto_increment,
  `user_id` int not null,
  `status` varchar(20) not null default 'pending',
  `admin_notes` longtext,
  `created_at` datetime(3) not null default current_timestamp(3),
  `updated_at` datetime(3) not null default current_timestamp(3),
  constraint `system_requests_pkey` primary key (`id`),
  constraint `known_status` check ((`status` in ('pending', 'approved', 'rejected')))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `uploads` (
  `id` int not null auto_increment,
  `user_id` int not null,
  `filename` varchar(255) not null,
  `original_filename` varchar(255) not null,
  `mime_type` varchar(100) not null,
  `file_size` int not null,
  `alt_text` longtext,
  `is_public` boolean not null default false,
  `created_at` datetime(3) not null default current_timestamp(3),
  constraint `uploads_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create index `idx_users_is_admin` on `users` (`is_admin`);

create index `idx_users_username` on `users` (`username`);

create index `idx_systems_user_id` on `systems` (`user_id`);

create index `idx_alters_name` on `alters` (`name`);

create index `idx_alters_system_id` on `alters` (`system_id`);

create index `groups_system_id_fkey` on `groups` (`system_id`);

create index `alter_groups_group_id_fkey` on `alter_groups` (`group_id`);

create index `idx_audit_logs_action` on `audit_logs` (`action`);

create index `idx_audit_logs_created_at` on `audit_logs` (`created_at`);

create index `idx_audit_logs_user_id` on `audit_logs` (`user_id`);

create index `subsystems_system_id_fkey` on `subsystems` (`system_id`);

create index `subsystem_members_alter_id_fkey` on `subsystem_members` (`alter_id`);

create index `system_requests_user_id_fkey` on `system_requests` (`user_id`);

create index `uploads_user_id_fkey` on `uploads` (`user_id`);

alter table `systems` add constraint `systems_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;

alter table `alters` add constraint `alters_system_id_fkey` foreign key (`system_id`) references `systems` (`id`) on delete cascade;

alter table `groups` add constraint `groups_system_id_fkey` foreign key (`system_id`) references `systems` (`id`) on delete cascade;

alter table `alter_groups` add constraint `alter_groups_alter_id_fkey` foreign key (`alter_id`) references `alters` (`id`) on delete cascade;

alter table `alter_groups` add constraint `alter_groups_group_id_fkey` foreign key (`group_id`) references `groups` (`id`) on delete cascade;

alter table `audit_logs` add constraint `audit_logs_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete set null;

alter table `subsystems` add constraint `subsystems_system_id_fkey` foreign key (`system_id`) references `systems` (`id`) on delete cascade;

alter table `subsystem_members` add constraint `subsystem_members_alter_id_fkey` foreign key (`alter_id`) references `alters` (`id`) on delete cascade;

alter table `subsystem_members` add constraint `subsystem_members_subsystem_id_fkey` foreign key (`subsystem_id`) references `subsystems` (`id`) on delete cascade;

alter table `system_requests` add constraint `system_requests_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;

alter table `uploads` add constraint `uploads_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;
