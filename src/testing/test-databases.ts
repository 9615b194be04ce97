/** Gives each test its database, and takes it back. */

import type { CopyServer } from "../dialect/server/copying.ts";
import { inTurns } from "../dialect/server/copying.ts";
import type { Database } from "../query/database.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { Copies } from "./copies.ts";
import { finderOf, type LoadedRows, type RowFinder } from "./load-fixtures.ts";
import { runRolledBack } from "./rollback.ts";
import { openCopy, readRows, type TemplateSource } from "./template.ts";
import type { TestContext } from "./test-function.ts";

/** What a test gets. */
export interface DatabaseTestContext<S extends AnySchema = AnySchema> {
  /** A database that nobody else uses. It is closed at the test's end. */
  readonly db: Database<S>;
  /** Of the database, with its password: for programs that connect by themselves. */
  readonly url: string;
  /** Gives a row of a fixture of this test as it was loaded, with its key and its defaults. */
  readonly row: RowFinder;
}

export interface TestRun {
  readonly title: string;
  readonly url: string;
  readonly mode: "private" | "rollback";
  /** Whether the database stays when the test fails. */
  readonly isKept: boolean;
  readonly source: TemplateSource;
}

type Body = (context: DatabaseTestContext) => unknown;
type Shelf = Awaited<ReturnType<Copies["shelfOf"]>>;

/** How long a test that is over may still be at work, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000;

interface Shared {
  readonly name: string;
  readonly db: Database;
  readonly inTurns: ReturnType<typeof inTurns>;
}

/** What is known of one source of databases while it is open. */
interface Place {
  readonly copies: Copies;
  readonly shelves: Map<string, Promise<Shelf>>;
  readonly rows: WeakMap<Shelf, LoadedRows>;
  /** Of mode "rollback". */
  readonly shared: Map<Shelf, Promise<Shared>>;
}

/** What is known to be alike is planned once: a plan reads the files of all migrations. */
let lastSource = 0;
const sourceNumbers = new WeakMap<object, number>();

function numberOf(part: object | string | undefined): number | string {
  if (part === undefined || typeof part === "string") return JSON.stringify(part ?? null);
  let number = sourceNumbers.get(part);
  if (number === undefined) sourceNumbers.set(part, (number = ++lastSource));
  return number;
}

function keyOf(source: TemplateSource): string {
  const { schema, migrations, naming, encryption, queries, fixtures } = source;
  return [schema, migrations, naming, encryption, queries, ...fixtures].map(numberOf).join("/");
}

/** A test or a suite, as vitest tells of them. */
interface TaskNode {
  readonly name?: string;
  readonly mode?: string;
  readonly file?: TaskNode;
  readonly tasks?: readonly TaskNode[];
  readonly result?: { readonly state?: string } | undefined;
}

/** Whether one of these tests is still to be run. */
function hasMore({ name = "", mode, tasks, result }: TaskNode, titles: Set<string>): boolean {
  if (mode === "skip" || mode === "todo") return false;
  if (tasks !== undefined) return tasks.some((task) => hasMore(task, titles));
  return titles.has(name) && result?.state !== "pass" && result?.state !== "fail";
}

export class TestDatabases {
  readonly #open: (url: string) => Promise<Copies>;
  readonly #places = new Map<string, Promise<Place>>();
  #expectedCount = 0;
  readonly #titles = new Set<string>();

  constructor(open: (url: string) => Promise<Copies>) {
    this.#open = open;
  }

  /** A test is registered; once as many have ended, all is closed. */
  expectTest(title: string): void {
    this.#expectedCount++;
    this.#titles.add(title);
  }

  /** @param suite What vitest hands over: nothing follows the tests of a suite of which none is run. */
  async endTest(suite: unknown): Promise<void> {
    this.#expectedCount--;
    const { file } = Object(suite) as TaskNode;
    const isLast = file !== undefined && !hasMore(file, this.#titles);
    if (this.#expectedCount > 0 && !isLast) return;
    const places = [...this.#places.values()];
    this.#places.clear();
    for (const place of places) await place.then(closePlace, () => {});
  }

  #placeOf(url: string): Promise<Place> {
    let place = this.#places.get(url);
    if (place === undefined) {
      place = this.#openPlace(url);
      this.#places.set(url, place);
      place.catch(() => this.#places.delete(url));
    }
    return place;
  }

  async #openPlace(url: string): Promise<Place> {
    const copies = await this.#open(url);
    copies.inBackground(() => copies.sweep());
    return { copies, shelves: new Map(), rows: new WeakMap(), shared: new Map() };
  }

  async run(test: TestRun, body: Body, context: TestContext): Promise<void> {
    const place = await this.#placeOf(test.url);
    const key = keyOf(test.source);
    let shelf = place.shelves.get(key);
    if (shelf === undefined) {
      shelf = place.copies.shelfOf(test.source);
      place.shelves.set(key, shelf);
      shelf.catch(() => place.shelves.delete(key));
    }
    const work = test.mode === "private" ? runPrivate : runShared;
    await work(place, await shelf, test, body, context);
  }
}

async function closePlace({ copies, shared }: Place): Promise<void> {
  for (const opening of shared.values()) {
    const { db, name } = await opening;
    await db.close({ timeoutMs: CLOSE_TIMEOUT_MS });
    await copies.server.drop(name);
  }
  await copies.close();
}

async function contextOf(
  { copies, rows }: Place,
  shelf: Shelf,
  { source }: TestRun,
  name: string,
  db: Database,
): Promise<DatabaseTestContext> {
  let loaded = rows.get(shelf);
  if (loaded === undefined) {
    loaded = await readRows(db, source.fixtures);
    rows.set(shelf, loaded);
  }
  return { db, url: copies.server.urlOf(name), row: finderOf(loaded) };
}

async function runPrivate(
  place: Place,
  shelf: Shelf,
  test: TestRun,
  body: Body,
  context: TestContext,
): Promise<void> {
  const { server } = place.copies;
  const name = await shelf.take();
  const db = await openCopy(server, name, test.source);
  let isFailed = true;
  try {
    await body(await contextOf(place, shelf, test, name, db));
    isFailed = context.task?.result?.state === "fail" || context.signal?.aborted === true;
  } finally {
    if (isFailed && test.isKept) await keep(server, test, name, db);
    await db.close({ timeoutMs: CLOSE_TIMEOUT_MS });
    if (!isFailed || !test.isKept) shelf.giveBack(name);
  }
}

/** Tells where the database of a failed test is. What can't be kept is no reason to hide why it failed. */
async function keep(
  server: CopyServer,
  { title }: TestRun,
  name: string,
  db: Database,
): Promise<void> {
  let url = server.urlOf(name);
  try {
    if (server.keep !== undefined) url = await server.keep(name, db["~runner"]);
  } catch {
    return;
  }
  const shown = url.replace(/^([^:]*:\/\/[^/?#]*?):[^/?#]*@/, "$1@");
  process.stderr.write(`plinth: the database of the failed test "${title}" is kept: ${shown}\n`);
}

async function runShared(place: Place, shelf: Shelf, test: TestRun, body: Body): Promise<void> {
  const { copies, shared } = place;
  let opening = shared.get(shelf);
  if (opening === undefined) {
    opening = shelf.take().then(async (name) => ({
      name,
      db: await openCopy(copies.server, name, test.source),
      inTurns: inTurns(),
    }));
    shared.set(shelf, opening);
    opening.catch(() => shared.delete(shelf));
  }
  const { name, db, inTurns: turns } = await opening;
  const context = await contextOf(place, shelf, test, name, db);
  await turns(async () => {
    const broken = await runRolledBack(db, async (inside) => {
      await body({ ...context, db: inside });
    });
    if (broken === undefined) return;
    // It isn't what it was, so the next test gets another one.
    shared.delete(shelf);
    await db.close({ timeoutMs: CLOSE_TIMEOUT_MS });
    await copies.server.drop(name);
    throw broken;
  });
}
