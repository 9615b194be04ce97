import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  and,
  array,
  bigint,
  boolean,
  bytes,
  check,
  comment,
  connect,
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
  ilike,
  inArray,
  index,
  integer,
  json,
  primaryKey,
  real,
  smallint,
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
  type ServerInfo,
} from "plinth";
import { mysqlDialect } from "plinth/mysql";
import { postgresDialect } from "plinth/postgres";
import { sqliteDialect } from "plinth/sqlite";
import { expect, test } from "vitest";
import { renderTables } from "../../src/migrate/render-tables.ts";
import type { Dialect } from "../../src/dialect/dialect.ts";
import { modelOf } from "../../src/migrate/model-of.ts";
import { createNames } from "../../src/schema/naming.ts";
import { createTestDatabase, testServers, type TestServerName } from "../servers/databases.ts";

const rank = enumType("player_rank", ["rookie", "it's pro"]);
const mood = enumType(`mo"od`, ["good", "ba\\d"], { storage: { postgres: "text" } });

const teams = table(
  "teams",
  {
    id: integer().primaryKey().autoIncrement(),
    name: varchar({ length: 80 }).notNull().unique(),
    captainId: uuid().references(() => players.id, { onDelete: "set null" }),
  },
  (t) => [fullTextIndex().on(t.name)],
);

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
    nick: varchar({ length: 30 }).caseInsensitive().unique(),
    city: varchar({ length: 30 }).collate({
      sqlite: "NOCASE",
      postgres: "und-x-icu",
      mysql: "utf8mb4_german2_ci",
    }),
    level: smallint().notNull().default(1),
    points: bigint().notNull().default(9_007_199_254_740_993n),
    steps: bigint({ mode: "number" }).default(0),
    ratio: double().default(0.5),
    price: decimal({ precision: 10, scale: 2 }).notNull().default("9.90"),
    mass: decimal({ precision: 38, scale: 9 }),
    active: boolean().notNull().default(true),
    settings: json().notNull().default({ theme: "dark" }),
    rank: rank().notNull().default("it's pro"),
    mood: mood().default("ba\\d"),
    weight: real().default(0.5),
    joined: date().notNull().default("2024-02-29"),
    wakes: time().default("07:00:00"),
    beat: time({ precision: 3 }),
    picture: bytes().default(Uint8Array.of(0, 92, 39)),
    digest: bytes({ length: 32 }).unique(),
    born: timestamp({ precision: 0 }),
    seen: timestamp({ mode: "string" }).default("2026-01-31T12:00:00.123456Z"),
    createdAt: timestamp().notNull().defaultNow(),
    half: integer()
      .notNull()
      .default(sql`1 + 1`),
  },
  (t) => [
    index().on(t.teamId, t.createdAt),
    unique().on(t.teamId, t.level),
    index("by_born").on(t.born),
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
  },
  (t) => [index(`in"dex\` '`).on(t.group), comment(`it's "quoted" \` \\ and`)],
);

const roster = view("a_roster").as((q) =>
  q
    .select({ team: teams.name, email: players.email, fee: memberships.fee, rank: players.rank })
    .from(memberships)
    .innerJoin(players, eq(players.id, memberships.playerId))
    .leftJoin(teams, eq(teams.id, players.teamId))
    .where(
      and(
        inArray(players.rank, ["it's pro"]),
        ilike(players.email, "%\\_x%"),
        gt(memberships.fee, "-9.90"),
        gt(players.createdAt, new Date("2026-01-31T12:00:00.000Z")),
        inArray(players.level, [1, 2, -3, 4, 5, 6]),
      ),
    )
    .limit(100),
);

const hostileView = view(`vi"e\`w' ; --`, { "or'der": text() }).as(
  sql`select ${roster.email} || ${"it's \\ --"} from ${roster} where ${true} and ${-1} - ${-1} = 0`,
  () => [comment("it's")],
);

const schema = defineSchema({
  hostileView,
  roster,
  memberships,
  players,
  teams,
  hostile,
});
const names = createNames();

function render(dialect: Dialect): string[] {
  return renderTables(modelOf(schema, names, dialect), dialect);
}

const server = (product: string, ...version: [number, number, number]): ServerInfo => ({
  product,
  version,
});

/** What is rendered for each, and the test servers on which it runs; MySQL itself is none of them. */
const cases: readonly {
  file: string;
  dialects: readonly Dialect[];
  servers: readonly TestServerName[];
}[] = [
  {
    file: "sqlite",
    dialects: [sqliteDialect(server("sqlite", 3, 50, 0))],
    servers: ["sqlite file"],
  },
  {
    file: "postgres",
    dialects: [
      postgresDialect(server("postgres", 18, 0, 0)),
      postgresDialect(server("postgres", 14, 0, 0)),
    ],
    servers: ["postgres 18", "postgres 15"],
  },
  {
    file: "mariadb-10.11",
    dialects: [mysqlDialect(server("mariadb", 10, 11, 0))],
    servers: ["mariadb"],
  },
  { file: "mysql-8.4", dialects: [mysqlDialect(server("mysql", 8, 4, 0))], servers: [] },
];

const isUpdate = process.env["PLINTH_UPDATE_GOLDEN"] === "1";

test.each(cases)(
  "the tables of a schema are created on $file by the text that is kept",
  ({ file, dialects }) => {
    const path = fileURLToPath(new URL(`create-tables.${file}.sql`, import.meta.url));
    const [first, ...others] = dialects.map((dialect) => `${render(dialect).join(";\n\n")};\n`);
    for (const other of others) expect(other).toBe(first);
    if (isUpdate || !existsSync(path)) writeFileSync(path, first!);
    expect(first).toBe(readFileSync(path, "utf8"));
  },
);

const present = new Set(testServers().map(({ name }) => name));
const executed = cases.flatMap(({ dialects, servers }) =>
  servers.filter((name) => present.has(name)).map((name) => ({ name, dialect: dialects[0]! })),
);

test.each(executed)(
  "that text runs on $name, and makes tables that hold rows",
  async ({ name, dialect }) => {
    const database = await createTestDatabase(
      testServers().find((candidate) => candidate.name === name)!,
    );
    try {
      await using db = await connect(database.url);
      for (const statement of render(dialect)) await db.execute(sql.raw(statement) as never);

      const [team] = await db.insert(teams).values({ name: "Red" }).returning();
      await db.execute(
        sql`insert into ${players} (team_id, email) values (${team!.id}, ${"a@example.org"})`,
      );
      const [player] = await db.from(players);
      expect(player).toMatchObject({
        teamId: team!.id,
        mentorId: null,
        note: `it's "quoted" \\ and`,
        level: 1,
        tags: ["it's", 'a "b"', "\\"],
        points: 9_007_199_254_740_993n,
        steps: 0,
        ratio: 0.5,
        price: "9.90",
        mass: null,
        active: true,
        settings: { theme: "dark" },
        rank: "it's pro",
        mood: "ba\\d",
        weight: 0.5,
        joined: "2024-02-29",
        wakes: "07:00:00",
        picture: Uint8Array.of(0, 92, 39),
        digest: null,
        seen: "2026-01-31T12:00:00.123456Z",
        half: 2,
      });
      await db.insert(memberships).values({ playerId: player!.id, season: 2001 });
      await db.insert(hostile).values({ order: "x", group: "y" });
      expect(await db.from(hostile).count()).toBe(1);
      expect(await db.from(roster)).toEqual([]);
      expect(await db.from(hostileView)).toEqual([]);
    } finally {
      await database.drop();
    }
  },
);
