-- Tables as many programs of many years leave them.
create table Legacy (
  ID INTEGER PRIMARY KEY,
  untyped,
  Name NVARCHAR(160) NOT NULL COLLATE NOCASE,
  code CHARACTER VARYING(10) DEFAULT 'n/a',
  flag BOOLEAN NOT NULL DEFAULT 1,
  price NUMERIC(10,2) DEFAULT 9.5,
  total DECIMAL,
  created DATETIME DEFAULT CURRENT_TIMESTAMP,
  day DATE DEFAULT CURRENT_DATE,
  clock TIME,
  guid UNIQUEIDENTIFIER,
  data JSON,
  blobby BLOB,
  big BIGINT DEFAULT -1,
  small SMALLINT,
  ratio DOUBLE PRECISION DEFAULT 0.25,
  geo GEOMETRY,
  "quo""ted" TEXT DEFAULT 'it''s "x"',
  [bracket ed] TEXT,
  `back``tick` TEXT
);
create table "order" (
  "group" text not null, "select" integer not null default (1 + 2), größe real, 名前 text,
  "full" text generated always as ("group" || '-' || größe) virtual,
  "twice" int as ("select" * 2) stored,
  primary key ("group", "select"),
  unique (größe) on conflict replace,
  constraint "ch""eck" check ("select" > 0 and [größe] <> 5 and lower("group") <> 'größe'),
  check (名前 <> ''),
  check (length(名前) < 100)
) without rowid;
create table a (id integer primary key autoincrement, b_id int references b, parent INT REFERENCES a(id) ON DELETE SET NULL);
create table b (id integer primary key, a_id int, c_group text, c_select integer,
  foreign key (a_id) references A (ID) on update cascade deferrable initially deferred
  constraint "order of b" foreign key (c_group, c_select) references "order" on delete cascade);
create table empty_key (x text, y text, unique (x, y), unique (y));
create index "in dex" on Legacy (name collate binary desc, code);
create unique index some_legacy on Legacy (lower(Name), "flag" DESC) where flag = 1 and code <> ') where (';
create index computed on "order" (("select" + 1), größe asc);
create view plain as select l.ID, l.Name as "na""me", o.* from Legacy l join "order" as o on o."select" = l.ID;
create view deeper (x, y) as select "na""me", count(*) from plain group by 1;
create view broken as select no_such from Legacy;
create trigger touched after update on Legacy begin update Legacy set day = date() where ID = new.ID; end;
create virtual table words using fts5(body);
create table plinth_migrations (name text);
