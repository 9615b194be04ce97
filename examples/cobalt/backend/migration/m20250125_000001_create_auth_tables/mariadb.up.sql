-- plinth: for mariadb
create table `refresh_tokens` (
  `id` uuid not null default (concat(hex(random_bytes(6)), '4', substr(hex(random_bytes(2)), 2), substr('89AB', 1 + (ascii(random_bytes(1)) & 3), 1), substr(hex(random_bytes(2)), 2), hex(random_bytes(6)))),
  `user_id` uuid not null,
  `token_hash` varchar(255) not null,
  `expires_at` datetime(6) not null,
  `revoked_at` datetime(6),
  `created_at` datetime(6) not null default current_timestamp(6),
  constraint `refresh_tokens_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

alter table `users` add column `disabled_at` datetime(6);

create index `idx_refresh_tokens_token_hash` on `refresh_tokens` (`token_hash`);

create index `idx_refresh_tokens_user_id` on `refresh_tokens` (`user_id`);

alter table `refresh_tokens` add constraint `refresh_tokens_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;
