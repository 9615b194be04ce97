-- plinth: for mysql
create table if not exists `plinth_inbox` (
  `consumer` varchar(100) not null,
  `event_id` varchar(200) not null,
  `at` datetime(3) not null default current_timestamp(3),
  constraint `plinth_inbox_pkey` primary key (`consumer`, `event_id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create table if not exists `plinth_outbox` (
  `id` binary(16) not null,
  `topic` varchar(200) not null,
  `payload` longtext not null,
  `created_at` datetime(3) not null,
  `attempts` int not null,
  `due_at` datetime(3),
  `lease` binary(16),
  `last_error` longtext,
  `dead_at` datetime(3),
  constraint `plinth_outbox_pkey` primary key (`id`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_0900_bin;

create index `plinth_inbox_at_idx` on `plinth_inbox` (`at`);

create index `plinth_outbox_dead_at_idx` on `plinth_outbox` (`dead_at`);

create index `plinth_outbox_due_at_idx` on `plinth_outbox` (`due_at`);
