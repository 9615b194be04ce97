-- plinth: for mariadb
create table `email_verifications` (
  `id` uuid not null default (concat(hex(random_bytes(6)), '4', substr(hex(random_bytes(2)), 2), substr('89AB', 1 + (ascii(random_bytes(1)) & 3), 1), substr(hex(random_bytes(2)), 2), hex(random_bytes(6)))),
  `user_id` uuid not null,
  `token_hash` varchar(255) not null,
  `expires_at` datetime(6) not null,
  `verified_at` datetime(6),
  `created_at` datetime(6) not null default current_timestamp(6),
  constraint `email_verifications_pkey` primary key (`id`),
  constraint `email_verifications_token_hash_unique` unique (`token_hash`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

alter table `users` add column `role` enum('user', 'admin') not null default 'user';

alter table `users` add column `email_verified` boolean default false;

create index `idx_email_verifications_token_hash` on `email_verifications` (`token_hash`);

create index `idx_email_verifications_user_id` on `email_verifications` (`user_id`);

alter table `email_verifications` add constraint `email_verifications_user_id_fkey` foreign key (`user_id`) references `users` (`id`) on delete cascade;
