-- plinth: for mysql
create table `roles` (
  `id` varchar(36) not null,
  `name` varchar(100) not null,
  `created_at` datetime(0) not null default current_timestamp(0),
  `updated_at` datetime(0) not null default current_timestamp(0),
  `deactivated_at` datetime(0),
  `deactivated_by` varchar(36),
  `deactivated_at__live` smallint generated always as ((case when `deactivated_at` is null then 1 end)) virtual,
  constraint `roles_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `users` (
  `id` varchar(36) not null,
  `name` longtext not null,
  `email` varchar(255),
  `credits` int not null default 0,
  `created_at` datetime(0) not null default current_timestamp(0),
  `updated_at` datetime(0) not null default current_timestamp(0),
  `deactivated_at` datetime(0),
  `deactivated_by` varchar(36),
  constraint `users_pkey` primary key (`id`),
  constraint `users_email_unique` unique (`email`),
  constraint `users_credits_check` check ((`credits` >= 0))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `transactions` (
  `id` varchar(36) not null,
  `from_user_id` varchar(36) not null,
  `to_user_id` varchar(36) not null,
  `amount` int not null,
  `type` enum('transfer') not null,
  `created_at` datetime(0) not null default current_timestamp(0),
  `updated_at` datetime(0) not null default current_timestamp(0),
  `deactivated_at` datetime(0),
  `deactivated_by` varchar(36),
  constraint `transactions_pkey` primary key (`id`),
  constraint `transactions_amount_check` check ((`amount` > 0))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `user_profiles` (
  `id` varchar(36) not null,
  `user_id` varchar(36) not null,
  `bio` longtext,
  `created_at` datetime(0) not null default current_timestamp(0),
  `updated_at` datetime(0) not null default current_timestamp(0),
  `deactivated_at` datetime(0),
  `deactivated_by` varchar(36),
  constraint `user_profiles_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table `user_roles` (
  `id` varchar(36) not null,
  `user_id` varchar(36) not null,
  `role_id` varchar(36) not null,
  `created_at` datetime(0) not null default current_timestamp(0),
  `updated_at` datetime(0) not null default current_timestamp(0),
  `deactivated_at` datetime(0),
  `deactivated_by` varchar(36),
  `deactivated_at__live` smallint generated always as ((case when `deactivated_at` is null then 1 end)) virtual,
  constraint `user_roles_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create unique index `roles_name_unique` on `roles` (`name`, `deactivated_at__live`);

create index `users_email_idx` on `users` (`email`);

create index `users_status_created_idx` on `users` (`deactivated_at`, `created_at`);

create index `transactions_from_user_id_idx` on `transactions` (`from_user_id`);

create index `transactions_to_user_id_idx` on `transactions` (`to_user_id`);

create index `user_profiles_user_id_idx` on `user_profiles` (`user_id`);

create index `user_roles_role_id_idx` on `user_roles` (`role_id`);

create index `user_roles_user_id_idx` on `user_roles` (`user_id`);

create unique index `user_roles_user_id_role_id_unique` on `user_roles` (`user_id`, `role_id`, `deactivated_at__live`);

alter table `transactions` add constraint `transactions_from_user_id_fkey` foreign key (`from_user_id`) references `users` (`id`);

alter table `transactions` add constraint `transactions_to_user_id_fkey` foreign key (`to_user_id`) references `users` (`id`);

alter table `user_profiles` add constraint `user_profiles_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;

alter table `user_roles` add constraint `user_roles_role_id_fkey` foreign key (`role_id`) references `roles` (`id`) on delete cascade;

alter table `user_roles` add constraint `user_roles_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;
