-- plinth: for mysql
create table `users` (
  `id` binary(16) not null default (unhex(concat(hex(random_bytes(6)), '4', substr(hex(random_bytes(2)), 2), substr('89AB', 1 + (ascii(random_bytes(1)) & 3), 1), substr(hex(random_bytes(2)), 2), hex(random_bytes(6))))),
  `username` varchar(255) not null,
  `email` varchar(255) not null,
  `password_hash` varchar(255) not null,
  `created_at` datetime(6) not null default current_timestamp(6),
  `updated_at` datetime(6) not null default current_timestamp(6),
  constraint `users_pkey` primary key (`id`),
  constraint `users_email_unique` unique (`email`),
  constraint `users_username_unique` unique (`username`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;
