create table "teams" (
  "id" integer primary key autoincrement not null check (("id") between -2147483648 and 2147483647),
  "name" text not null check (length("name") <= 80),
  "captain_id" text /* uuid */,
  constraint "teams_name_unique" unique ("name"),
  constraint "teams_captain_id_fkey" foreign key ("captain_id") references "players" ("id") on delete set null
) strict;

create table "players" (
  "id" text /* uuid */ not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
  "team_id" integer not null check (("team_id") between -2147483648 and 2147483647),
  "mentor_id" text /* uuid */,
  "email" text not null check (length("email") <= 255),
  "tags" text /* array of text */ not null default '["it''s","a \"b\"","\\"]' check (case json_valid("tags") when 1 then json_type("tags") = 'array' when 0 then 0 end),
  "scores" text /* array of decimal(6, 2) */ check (case json_valid("scores") when 1 then json_type("scores") = 'array' when 0 then 0 end),
  "note" text default 'it''s "quoted" \ and',
  "nick" text /* case insensitive */ check (length("nick") <= 30),
  "city" text collate "NOCASE" check (length("city") <= 30),
  "level" integer not null default 1 check (("level") between -32768 and 32767),
  "points" integer not null default 9007199254740993,
  "steps" integer default 0,
  "ratio" real default 0.5,
  "price" integer /* decimal(10, 2) */ not null default 990 check (("price") between -9999999999 and 9999999999),
  "mass" text /* decimal(38, 9) */,
  "active" integer not null default 1 check ("active" in (0, 1)),
  "settings" text not null default '{"theme":"dark"}' check (json_valid("settings")),
  "rank" text not null default 'it''s pro' check ("rank" in ('rookie', 'it''s pro')),
  "mood" text default 'ba\d' check ("mood" in ('good', 'ba\d')),
  "weight" real /* real */ default 0.5,
  "joined" text not null default '2024-02-29' check ("joined" is date("joined") and "joined" >= '0001'),
  "wakes" text default '07:00:00' check ("wakes" glob '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]' and "wakes" < '24'),
  "beat" text check ("beat" glob '[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]' and "beat" < '24'),
  "picture" blob default x'005c27',
  "digest" blob check (length("digest") <= 32),
  "born" integer /* timestamp(0) */,
  "seen" integer /* timestamp(6) */ default 1769860800123456,
  "created_at" integer /* timestamp(3) */ not null default (cast(unixepoch('subsec') * 1000 as integer)),
  "half" integer not null default (1 + 1) check (("half") between -2147483648 and 2147483647),
  constraint "players_pkey" primary key ("id"),
  constraint "one_email" unique ("email"),
  constraint "players_digest_unique" unique ("digest"),
  constraint "players_team_id_level_unique" unique ("team_id", "level"),
  constraint "players_mentor_id_fkey" foreign key ("mentor_id") references "players" ("id") on delete restrict,
  constraint "players_team_id_fkey" foreign key ("team_id") references "teams" ("id") on delete cascade on update cascade
) strict;

create table "memberships" (
  "player_id" text /* uuid */ not null,
  "season" integer not null check (("season") between -2147483648 and 2147483647),
  "since_id" text /* uuid */,
  "since_season" integer check (("since_season") between -2147483648 and 2147483647),
  "decade" integer not null generated always as ("season" / 10) stored check (("decade") between -2147483648 and 2147483647),
  "fee" integer /* decimal(8, 2) */ check (("fee") between -99999999 and 99999999),
  constraint "one_membership" primary key ("season", "player_id"),
  constraint "memberships_fee_check" check (("fee" > 990)),
  constraint "recent_season" check ("season" > 1990),
  constraint "member_is" foreign key ("player_id") references "players" ("id"),
  constraint "since" foreign key ("since_season", "since_id") references "memberships" ("season", "player_id") on delete set null
) strict;

create table "we""ird `name'; --" (
  "id" integer primary key autoincrement not null,
  "or""der` '" text,
  "group" text check (length("group") <= 9)
) strict;

create virtual table "teams_name_fulltext" using fts5 (words_1, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');

insert into "teams_name_fulltext" (rowid, words_1) select "rowid", "name" from "teams";

create trigger "teams_name_fulltext__insert" after insert on "teams" begin
  delete from "teams_name_fulltext" where rowid = new."rowid";
  insert into "teams_name_fulltext" (rowid, words_1) values (new."rowid", new."name");
end;

create trigger "teams_name_fulltext__update" after update on "teams" when old."rowid" is not new."rowid" or old."name" is not new."name" begin
  delete from "teams_name_fulltext" where rowid = old."rowid";
  delete from "teams_name_fulltext" where rowid = new."rowid";
  insert into "teams_name_fulltext" (rowid, words_1) values (new."rowid", new."name");
end;

create trigger "teams_name_fulltext__delete" after delete on "teams" begin
  delete from "teams_name_fulltext" where rowid = old."rowid";
end;

create index "by_born" on "players" ("born");

create unique index "players_nick_unique" on "players" (lower("nick"));

create index "players_team_id_created_at_idx" on "players" ("team_id", "created_at");

create unique index "by_since" on "memberships" ("since_id", "since_season" desc);

create index "memberships_fee_season_idx" on "memberships" ("fee" desc, "season");

create index "in""dex` '" on "we""ird `name'; --" ("group");

create view "a_roster" ("team", "email", "fee", "rank") as select "teams"."name", "players"."email", "memberships"."fee", "players"."rank" from "memberships" inner join "players" on "players"."id" = "memberships"."player_id" left join "teams" on "teams"."id" = "players"."team_id" where ("players"."rank" in ('it''s pro')) and ("players"."email" like '%\_x%' escape '\') and ("memberships"."fee" > (-990)) and ("players"."created_at" > 1769860800000) and ("players"."level" in (1, 2, (-3), 4, 5, 6, 6, 6)) limit cast(100 as integer);

create view "vi""e`w' ; --" ("or'der") as select "a_roster"."email" || 'it''s \ --' from "a_roster" where 1 and (-1) - (-1) = 0;
