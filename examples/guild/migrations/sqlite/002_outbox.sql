create table if not exists "plinth_inbox" (
  "consumer" text not null check (length("consumer") <= 100),
  "event_id" text not null check (length("event_id") <= 200),
  "at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  constraint "plinth_inbox_pkey" primary key ("consumer", "event_id")
) strict;

create table if not exists "plinth_outbox" (
  "id" text /* uuid */ not null,
  "topic" text not null check (length("topic") <= 200),
  "payload" text not null,
  "created_at" integer /* timestamp(3) */ not null,
  "attempts" integer not null check (("attempts") between -2147483648 and 2147483647),
  "due_at" integer /* timestamp(3) */,
  "lease" text /* uuid */,
  "last_error" text,
  "dead_at" integer /* timestamp(3) */,
  constraint "plinth_outbox_pkey" primary key ("id")
) strict;

create index if not exists "plinth_inbox_at_idx" on "plinth_inbox" ("at");

create index if not exists "plinth_outbox_dead_at_idx" on "plinth_outbox" ("dead_at");

create index if not exists "plinth_outbox_due_at_idx" on "plinth_outbox" ("due_at");
