create table if not exists "plinth_inbox" (
  "consumer" varchar(100) collate "C" not null,
  "event_id" varchar(200) collate "C" not null,
  "at" timestamptz(3) not null default date_trunc('milliseconds', now()),
  constraint "plinth_inbox_pkey" primary key ("consumer", "event_id")
);

create table if not exists "plinth_outbox" (
  "id" uuid not null,
  "topic" varchar(200) collate "C" not null,
  "payload" text collate "C" not null,
  "created_at" timestamptz(3) not null,
  "attempts" integer not null,
  "due_at" timestamptz(3),
  "lease" uuid,
  "last_error" text collate "C",
  "dead_at" timestamptz(3),
  constraint "plinth_outbox_pkey" primary key ("id")
);

create index if not exists "plinth_inbox_at_idx" on "plinth_inbox" ("at");

create index if not exists "plinth_outbox_dead_at_idx" on "plinth_outbox" ("dead_at" nulls first);

create index if not exists "plinth_outbox_due_at_idx" on "plinth_outbox" ("due_at" nulls first);
