// The tour: what Plinth does, told on real data in an embedded database. Run it with `npm start`.
//
// The code that it prints is read from these files, between `#region` and `#endregion`: what you see is what ran.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  and,
  connect,
  createTables,
  DbError,
  defineSchema,
  desc,
  eq,
  gte,
  sql,
  startsWith,
  sum,
  UniqueViolationError,
  type Database,
  type Executor,
} from "plinth";
import { loadChinook } from "../chinook/load.ts";
import { hierarchy, topCustomers } from "../chinook/queries.ts";
import { albums, artists, genres, invoices, namingOf, schema, tracks } from "../chinook/schema.ts";
import { adopting } from "./adopting.ts";
import { cards } from "./cards.ts";
import { migrations } from "./migrations.ts";
import * as print from "./print.ts";
import { besideTheDatabase, followingCommits } from "./services.ts";
import { regionOf, shown } from "./source.ts";

// `--once` ends after the story, which the tour does in any case.
parseArgs({ options: { once: { type: "boolean" } } });

const folder = mkdtempSync(join(tmpdir(), "plinth-tour-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

const region = regionOf("main.ts");
const url = `sqlite:${join(folder, "shop.db")}`;
const startedMs = performance.now();
const db = await connect(url, { schema, naming: namingOf(url) });
try {
  await tellStory(db);
} finally {
  await db.close();
}

async function tellStory(db: Database<typeof schema>): Promise<void> {
  print.title("Plinth, in fourteen short chapters");
  const { version } = db.server;
  print.say(
    `Everything below happens now, on SQLite ${version.join(".")} inside this process, in a ` +
      `folder that is removed at the end. There is nothing to set up.`,
  );

  await realData(db);
  declaration();
  await query(db);
  await missingSide(db);
  await trees(db);
  await exactSums(db);
  await committed(db);
  await rolledBack(db);
  await savepoints(db);
  await errors(db);
  await besideTheDatabase(db);
  await followingCommits();
  migrations(folder);
  adopting(folder);

  print.say(
    `That was the tour, in ${((performance.now() - startedMs) / 1000).toFixed(1)} seconds. It is ` +
      `examples/tour/main.ts. README.md has thirty lines to begin with, docs/guide/ has the rest, ` +
      `and examples/chinook/ asks the same shop the same questions on PostgreSQL and MariaDB.`,
  );
  print.end();
}

async function realData(db: Database): Promise<void> {
  print.chapter("Real data in");
  const beganMs = performance.now();
  await loadChinook(db);
  const tookMs = Math.round(performance.now() - beganMs);
  const sizes: { table: string; rows: number }[] = [];
  for (const [name, declared] of Object.entries(schema.tables))
    sizes.push({ table: name, rows: await db.from(declared).count() });
  const total = sizes.reduce((rows, size) => rows + size.rows, 0);
  print.say(
    `Chinook is a music shop: ${sizes.length} tables and ${total.toLocaleString("en")} rows, loaded ` +
      `by its own SQL script in ${tookMs} ms.`,
  );
  print.table(sizes);
}

function declaration(): void {
  print.chapter("One declaration");
  print.say(
    "The tables were there before Plinth. They are declared once, and the same declaration reads " +
      "the shop on SQLite, PostgreSQL and MariaDB, where even the names are spelt differently. " +
      "This is examples/chinook/schema.ts:",
  );
  print.code(shown("../chinook/schema.ts", /^export const invoiceLines = .*?^\);$/ms));
  print.say("The types of its rows follow from it; nothing is generated.");
}

async function query(db: Executor): Promise<void> {
  print.chapter("A query, and its SQL");
  // #region query
  const longest = db
    .select({
      track: tracks.name,
      artist: artists.name,
      minutes: sql<number>`${tracks.milliseconds} / 60000`,
    })
    .from(tracks)
    .innerJoin(albums, eq(albums.albumId, tracks.albumId))
    .innerJoin(artists, eq(artists.artistId, albums.artistId))
    .innerJoin(genres, eq(genres.genreId, tracks.genreId))
    .where(and(eq(genres.name, "Jazz"), gte(tracks.milliseconds, 480_000)))
    .orderBy(desc(tracks.milliseconds));
  // #endregion
  print.code(region("query"));
  print.say("toSql() shows what the database gets. Values are bound, never written into the text:");
  print.sqlText(longest.toSql());
  print.say("Awaiting the query runs it:");
  print.table(await longest);
}

async function missingSide(db: Executor): Promise<void> {
  print.chapter("A join with a missing side");
  print.say("Who reports to whom: a table joined with itself. One reports to nobody.");
  print.code(shown("../chinook/queries.ts", /^export function hierarchy.*?^}$/ms));
  print.say(
    "The type knows as well: after a left join the manager's name may be null, and the compiler " +
      "asks what happens then.",
  );
  const rows = await hierarchy(db);
  print.table(
    rows.map(({ lastName, title, manager }) => ({
      employee: lastName,
      title,
      "reports to": manager.name,
    })),
  );
}

async function trees(db: Executor<typeof schema>): Promise<void> {
  print.chapter("What belongs to what");
  print.say("Said once beside the tables, it is read to any depth, one query for each list:");
  // #region trees
  const found = await db
    .from(artists)
    .where(startsWith(artists.name, "Led"))
    .with({
      albums: {
        orderBy: albums.albumId,
        limit: 4,
        with: { tracks: { select: ["name"], with: { genre: true } } },
      },
    });
  // #endregion
  print.code(region("trees"));
  print.say("Rows are plain objects, and their types know every level:");
  print.table(
    found.flatMap((artist) =>
      artist.albums.map((album) => ({
        artist: artist.name,
        album: album.title,
        tracks: album.tracks.length,
        genre: album.tracks[0]?.genre?.name ?? null,
      })),
    ),
  );
}

async function exactSums(db: Executor): Promise<void> {
  print.chapter("Sums to the cent");
  print.code(shown("../chinook/queries.ts", /^export function topCustomers.*?^}$/ms));
  print.table(await topCustomers(db, 5));
  const [all] = await db.select({ total: sum(invoices.total) }).from(invoices);
  const added = (await db.from(invoices)).reduce((total, row) => total + Number(row.total), 0);
  print.say("Decimals are text in JavaScript, because its numbers can't add them up:");
  print.facts({ "sum() in Plinth": all?.total ?? "", "+ in JavaScript": String(added) });
}

// #region give
async function give(tx: Executor, from: string, to: string, count: number) {
  const taken = await tx
    .update(cards)
    .set({ points: sql<number>`${cards.points} - ${count}` })
    .where(and(eq(cards.code, from), gte(cards.points, count)));
  if (taken.affectedRows === 0) throw new Error(`${from} has too few.`);
  await tx
    .update(cards)
    .set({ points: sql<number>`${cards.points} + ${count}` })
    .where(eq(cards.code, to));
}
// #endregion

async function committed(db: Database): Promise<void> {
  print.chapter("A transaction that commits");
  print.say("The shop begins to give points. A table of our own, made from its declaration:");
  print.code(regionOf("cards.ts")("cards"));
  // #region create
  await createTables(db, defineSchema({ cards }));
  const made = await db
    .insert(cards)
    .values([
      { code: "HELENA", owner: "Helena Holý", points: 400 },
      { code: "LUIS", owner: "Luis Rojas" },
    ])
    .returning();
  // #endregion
  print.code(region("create"));
  print.table(made);
  print.say("Taking from one card and giving to another are two writes that belong together:");
  print.code(region("give"));
  // #region commit
  await db.transaction((tx) => give(tx, "HELENA", "LUIS", 150));
  // #endregion
  print.code(region("commit"));
  await printCards(db);
}

async function rolledBack(db: Database): Promise<void> {
  print.chapter("One that does not");
  print.say("What throws inside a transaction undoes it, and comes out of it:");
  // #region rollback
  const outcome = await db
    .transaction(async (tx) => {
      await tx.delete(cards).where(eq(cards.code, "LUIS"));
      await give(tx, "HELENA", "LUIS", 1000);
    })
    .catch((error: Error) => error.message);
  // #endregion
  print.code(region("rollback"));
  print.facts({ outcome: String(outcome) });
  print.say("The card that was deleted on the way is there:");
  await printCards(db);
}

async function savepoints(db: Database): Promise<void> {
  print.chapter("A transaction inside a transaction");
  print.say("It is a savepoint: it fails alone, and the rest goes on.");
  const skipped: string[] = [];
  // #region savepoint
  await db.transaction(async (tx) => {
    for (const code of ["SPRING", "HELENA", "SUMMER"]) {
      try {
        await tx.transaction(async (inner) => {
          await inner.insert(cards).values({ code, owner: "The shop" });
        });
      } catch (error) {
        if (!(error instanceof UniqueViolationError)) throw error;
        skipped.push(code);
      }
    }
  });
  // #endregion
  print.code(region("savepoint"));
  print.facts({ skipped: skipped.join(", ") });
  await printCards(db);
}

async function errors(db: Database): Promise<void> {
  print.chapter("Errors that help");
  print.say("A code to match, the place, and what to do. The same on every database:");
  // #region collide
  const insert = db.insert(cards).values({ code: "LUIS", owner: "Another" });
  // #endregion
  print.code(region("collide"));
  await printError(() => insert);
  print.say(
    "A filter that was left out must not become a write to every row. This one never got to " +
      "the database:",
  );
  const owner = process.env["PLINTH_TOUR_OWNER"];
  // #region condition
  const filter = owner === undefined ? undefined : eq(cards.owner, owner);
  const update = () => db.update(cards).set({ points: 0 }).where(and(filter));
  // #endregion
  print.code(region("condition"));
  await printError(update);
  print.say("Nor does a value that a column can't hold, and the message doesn't repeat it:");
  // #region invalid
  const half = db.update(cards).set({ points: 0.5 }).all();
  // #endregion
  print.code(region("invalid"));
  await printError(() => half);
}

async function printCards(db: Executor): Promise<void> {
  const rows = await db
    .select({ code: cards.code, owner: cards.owner, points: cards.points })
    .from(cards)
    .orderBy(cards.cardId);
  print.table(rows);
}

async function printError(work: () => PromiseLike<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    const { code, hint, name } = error;
    // A message ends with its hint.
    const message = hint === undefined ? error.message : error.message.slice(0, -hint.length);
    print.facts({ error: name, code, message: message.trimEnd(), hint });
    return;
  }
  throw new Error("This should have failed.");
}
