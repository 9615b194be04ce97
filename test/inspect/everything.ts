// A schema with everything that a table can declare.
import {
  array,
  bigint,
  bitField,
  boolean,
  bytes,
  check,
  comment,
  date,
  decimal,
  defineSchema,
  desc,
  double,
  enumType,
  eq,
  foreignKey,
  fullTextIndex,
  gt,
  index,
  integer,
  isNull,
  json,
  jsonText,
  operatorClass,
  prefixOf,
  primaryKey,
  real,
  smallint,
  softDelete,
  sql,
  table,
  text,
  time,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
  view,
} from "plinth";

const rank = enumType("player_rank", ["rookie", "it's pro"]);
const mood = enumType(`mo"od`, ["good", "ba\\d */"], { storage: { postgres: "text" } });

const teams = table("teams", {
  id: integer().primaryKey().autoIncrement(),
  name: varchar({ length: 80 }).notNull().unique(),
  captainId: uuid().references(() => players.id, { onDelete: "set null" }),
});

const players = table(
  "players",
  {
    id: uuid().primaryKey().defaultRandom(),
    teamId: integer()
      .notNull()
      .references(() => teams.id, { onDelete: "cascade", onUpdate: "cascade" }),
    mentorId: uuid().references(() => players.id, { onDelete: "restrict" }),
    email: varchar({ length: 255 }).notNull().unique("one_email"),
    tags: array(text()).notNull().default(["it's", 'a "b"', "\\"]),
    scores: array(decimal({ precision: 6, scale: 2 })),
    note: text().default(`it's "quoted" \\ and`),
    empty: text().notNull().default(""),
    nick: varchar({ length: 30 }).caseInsensitive().unique(),
    city: varchar({ length: 30 }).collate({
      sqlite: "NOCASE",
      postgres: "und-x-icu",
      mysql: "utf8mb4_german2_ci",
    }),
    level: smallint().notNull().default(1),
    debt: integer().default(-7),
    points: bigint().notNull().default(9_007_199_254_740_993n),
    steps: bigint({ mode: "number" }).default(0),
    rights: bitField({ flags: { read: 0, write: 1 } })
      .notNull()
      .default(3n),
    ratio: double().default(0.5),
    price: decimal({ precision: 10, scale: 2 }).notNull().default("-9.90"),
    mass: decimal({ precision: 38, scale: 9 }),
    active: boolean().notNull().default(true),
    hidden: boolean().default(false),
    settings: json().notNull().default({ theme: "dark" }),
    rank: rank().notNull().default("it's pro"),
    mood: mood().default("ba\\d */"),
    weight: real().default(0.5),
    joined: date().notNull().default("2024-02-29"),
    today: date().notNull().defaultNow(),
    wakes: time().default("07:00:00"),
    beat: time({ precision: 3 }),
    picture: bytes().default(Uint8Array.of(0, 92, 39)),
    digest: bytes({ length: 32 }).unique(),
    born: timestamp({ precision: 0 }),
    seen: timestamp({ mode: "string" }).default("2026-01-31T12:00:00.123456Z"),
    createdAt: timestamp().notNull().defaultNow(),
    touchedAt: timestamp({ precision: 6, mode: "string" }).notNull().defaultNow(),
    countedAt: timestamp({
      storage: { sqlite: "seconds", postgres: "seconds", mysql: "seconds" },
    }).defaultNow(),
    writtenAt: timestamp({ storage: { sqlite: "sql" } }).defaultNow(),
    token: uuid({ storage: { sqlite: "blob", postgres: "text", mysql: "binary" } }).defaultRandom(),
    half: integer()
      .notNull()
      .default(sql`1 + 1`),
  },
  (t) => [
    index().on(t.teamId, t.createdAt),
    unique().on(t.teamId, t.level),
    index("by_born").on(t.born),
    uniqueIndex("by_points").on(t.points),
  ],
);

const memberships = table(
  "memberships",
  {
    playerId: uuid()
      .primaryKey()
      .references(() => players.id, { name: "member_is" }),
    season: integer().primaryKey(),
    sinceId: uuid(),
    sinceSeason: integer(),
    decade: integer()
      .notNull()
      .generatedAs(() => sql`${memberships.season} / ${10}`),
    fee: decimal({ precision: 8, scale: 2 }),
  },
  (t) => [
    primaryKey("one_membership").on(t.season, t.playerId),
    foreignKey("since")
      .on(t.sinceId, t.sinceSeason)
      .references(() => [memberships.playerId, memberships.season], { onDelete: "set null" }),
    check("recent_season", sql`${t.season} > ${1990}`),
    check(gt(t.fee, "9.90")),
    index().on(desc(t.fee), t.season),
    uniqueIndex("by_since").on(t.sinceId, desc(t.sinceSeason)),
  ],
);

const hostile = table(
  `we"ird \`name'; --`,
  {
    id: bigint().primaryKey().autoIncrement(),
    order: text("or\"der` '").comment("back\\slash's"),
    group: varchar({ length: 9 }),
    größe: smallint("größe ünd").default(1),
    date: date("date"),
  },
  (t) => [
    index(`in"dex\` '`).on(t.group),
    comment(`it's "quoted" \` \\ and`),
    check(
      `ch"eck\` '`,
      sql`${t.größe} > 0 and ${t.group} <> 'größe "or""der' and ${t.date} is not null`,
    ),
  ],
);

const names = view("all_names").as((q) =>
  q
    .select({ team: teams.name, email: players.email, fee: memberships.fee, rank: players.rank })
    .from(memberships)
    .innerJoin(players, eq(players.id, memberships.playerId))
    .leftJoin(teams, eq(teams.id, players.teamId)),
);

const emails = view(`vi"e\`w' ; --`, { "or'der": text() }).as(
  sql`select ${names.email} || ${"it's \\ --"} from ${names} where ${true} and ${-1} - ${-1} = 0`,
  () => [comment("it's")],
);

const articles = table(
  "articles",
  {
    id: integer().primaryKey(),
    title: varchar({ length: 80 }).notNull(),
    body: text(`the "bo\`dy'`),
    word: varchar({ length: 20 }).caseInsensitive(),
    about: json<{ topics: string[] }>(),
    topic: varchar({ length: 50 }).generatedAs(() => jsonText(articles.about, ["topics", 0])),
  },
  (t) => [
    fullTextIndex().on(t.title, t.body),
    fullTextIndex(`wo"rds\` 'new`).on(t.word, t.title),
    index().on(t.word),
  ],
);

const rentals = table(
  "rentals",
  {
    id: integer().primaryKey(),
    code: varchar({ length: 20 }).unique({ among: "live" }),
    nick: varchar({ length: 20 }).caseInsensitive().notNull(),
    playerId: uuid().references(() => players.id),
    ...softDelete({ column: "endedAt", by: { endedBy: uuid() }, cascade: true }),
  },
  (t) => [
    unique({ name: "live`nick", among: "live" }).on(t.nick, t.playerId),
    index({ among: "live" }).on(t.playerId),
    uniqueIndex().on(desc(t.deletionId)).where(isNull(t.endedBy)),
  ],
);

/** What is on every database. */
export const everything = defineSchema({
  articles,
  rentals,
  emails,
  names,
  memberships,
  players,
  teams,
  hostile,
});

const orders = table(
  "orders",
  {
    id: integer().primaryKey(),
    note: text().notNull(),
    paidAt: timestamp(),
  },
  (t) => [
    index("open_orders")
      .on(t.id)
      .where(sql`${t.paidAt} is null and ${t.note} <> 'a, (b'`),
    index("lower_notes").on(sql`lower(${t.note})`, desc(t.id)),
    uniqueIndex("one_open").on(t.note).where(eq(t.id, 5)),
  ],
);

const things = table(
  "things",
  {
    id: integer().primaryKey().autoIncrement({ always: true, start: 100, increment: 10 }),
    body: text().notNull(),
    tags: array(text()).notNull(),
    city: varchar({ length: 20 }),
    at: timestamp().notNull(),
  },
  (t) => [
    index("by_tags").on(t.tags).using("gin"),
    index("by_class").on(operatorClass(t.body, "text_pattern_ops"), desc(t.id)),
    index("by_city").on(t.city).include(t.body, t.at),
    fullTextIndex({ language: "english" }).on(t.city, t.body),
  ],
);

/** What only PostgreSQL has. */
export const methods = defineSchema({ things });

const notes = table("notes", { id: integer().primaryKey(), body: text().notNull() }, (t) => [
  index("by_beginning").on(prefixOf(t.body, 10), t.id),
]);

/** What only the MySQL family has. */
export const prefixes = defineSchema({ notes });

/** What needs indexes of expressions and of some of the rows. */
export const partly = defineSchema({ orders });
