create table `posts` (
  `id` int not null,
  `user_id` int not null,
  `removed_at` datetime(3),
  `deletion_id` uuid,
  `removed_at__live` smallint generated always as (case when `removed_at` is null then 1 end) virtual,
  constraint `posts_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table `users` (
  `id` int not null,
  `tenant_id` int not null,
  `email` varchar(200) not null,
  `deleted_at` datetime(3),
  `deleted_by` int,
  `deleted_at__live` smallint generated always as (case when `deleted_at` is null then 1 end) virtual,
  constraint `users_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create index `posts_user_id_idx` on `posts` (`user_id`, `removed_at__live`);

create unique index `users_email_unique` on `users` (`email`, `deleted_at__live`);

-- one table
select `id`, `tenant_id`, `email`, `deleted_at`, `deleted_by` from `users` where (`deleted_at` is null) and (`tenant_id` = ?);

-- deleted rows, too
select `id`, `tenant_id`, `email`, `deleted_at`, `deleted_by` from `users` where `tenant_id` = ?;

-- deleted rows alone, of all tenants
select `id`, `tenant_id`, `email`, `deleted_at`, `deleted_by` from `users` where `deleted_at` is not null;

-- a left join
select `users`.`id`, `posts`.`id` from `users` left join `posts` on (`posts`.`user_id` = `users`.`id`) and (`posts`.`removed_at` is null) where (`users`.`email` = ?) and (`users`.`deleted_at` is null) and (`users`.`tenant_id` = ?);

-- a right join
select `users`.`id`, `posts`.`id` from `users` right join `posts` on (`posts`.`user_id` = `users`.`id`) and (`users`.`deleted_at` is null) and (`users`.`tenant_id` = ?) where `posts`.`removed_at` is null;

-- an inner join
select `users`.`id`, `posts`.`id` from `users` inner join `posts` on (`posts`.`user_id` = `users`.`id`) and (`posts`.`removed_at` is null) where `users`.`tenant_id` = ?;

-- a query inside
select `id`, `user_id`, `removed_at`, `deletion_id` from `posts` where exists (select `users`.`id`, `users`.`tenant_id`, `users`.`email`, `users`.`deleted_at`, `users`.`deleted_by` from `users` where (`posts`.`user_id` = `users`.`id`) and (`users`.`deleted_at` is null) and (`users`.`tenant_id` = ?)) and (`removed_at` is null);

-- a query as a table
select `id` as `id` from (select `id` from `users` where (`deleted_at` is null) and (`tenant_id` = ?)) as `own`;
