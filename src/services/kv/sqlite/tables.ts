/** The file's tables. Values and members go with their entry. */
export const setUp = `
pragma foreign_keys = on;
create table if not exists plinth_store (
  id integer primary key check (id = 1),
  format integer not null,
  boot text not null,
  start_ms real not null,
  last_ms real not null
);
create table if not exists plinth_entry (
  id integer primary key,
  key text not null unique,
  kind integer not null,
  value,
  expires_ms integer
);
create index if not exists plinth_entry_expiry on plinth_entry (expires_ms) where expires_ms is not null;
create table if not exists plinth_field (
  entry_id integer not null references plinth_entry on delete cascade,
  name not null,
  value not null,
  unique (entry_id, name)
);
create table if not exists plinth_member (
  entry_id integer not null references plinth_entry on delete cascade,
  name not null,
  score real not null,
  primary key (entry_id, name)
) without rowid;
create index if not exists plinth_member_score on plinth_member (entry_id, score, name);
create table if not exists plinth_message (
  id integer primary key autoincrement,
  name text not null,
  at_ms integer not null,
  body not null
);
`;

/** What files are written as; a later one is refused. */
export const FORMAT = 1;

export const Kind = { datum: 0, fields: 1, members: 2 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
