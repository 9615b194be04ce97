import { connect, type AnyTable, type Database } from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import type { Change } from "../../../src/schema/change.ts";
import { createTables } from "../../../src/migrate/create-tables.ts";
import { diff } from "../../../src/migrate/diff/diff.ts";
import { registered } from "../../../src/migrate/migration.ts";
import { modelOf } from "../../../src/migrate/model-of.ts";
import { planMigration, type Plan } from "../../../src/migrate/diff/plan.ts";
import { matchSnapshot } from "../../../src/migrate/diff/rename.ts";
import { renderPlan, writeSqlFile } from "../../../src/migrate/render.ts";
import { applyMigrations, dropAll, revertMigrations } from "../../../src/migrate/run/runner.ts";
import { emptySnapshot } from "../../../src/migrate/snapshot/snapshot.ts";
import { createTestDatabase, testServers, type TestServerName } from "../../servers/databases.ts";
import { wholeDialect } from "../../servers/whole-dialect.ts";
import { adopt } from "../../../src/migrate/adopt.ts";
import { modelOfSnapshot, planMending } from "../../../src/migrate/drift/mending.ts";
import type { Snapshot } from "../../../src/migrate/snapshot/snapshot.ts";
import type { Model } from "../../../src/schema/model.ts";
import { read as inspected } from "../../inspect/kit.ts";
import { readCatalogue } from "./catalogue.ts";
import { answersOf, MUTATIONS } from "./changes.ts";
import {
  declare,
  newSchema,
  pick,
  randomOf,
  valueOf,
  type Declared,
  type SchemaSpec,
} from "./schemas.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;
const only = process.env["PLINTH_LAW_SEED"];
const PAIRS: Readonly<Record<TestServerName, number>> = isLong
  ? {
      "sqlite file": 100,
      "sqlite memory": 4_000,
      "postgres 18": 1_000,
      "postgres 15": 200,
      mariadb: 1_000,
    }
  : { "sqlite file": 5, "sqlite memory": 300, "postgres 18": 40, "postgres 15": 5, mariadb: 25 };

/** How often the law must have held for each kind of change, on each database. */
const LEAST = isLong ? 50 : 0;

/** Every kind of change that a comparison finds. */
const KINDS_OF_CHANGES: readonly Change["kind"][] = [
  "addCheck",
  "addColumn",
  "addForeignKey",
  "addPrimaryKey",
  "addUnique",
  "alterColumn",
  "alterEnum",
  "backfill",
  "createEnum",
  "createIndex",
  "createTable",
  "dropCheck",
  "dropColumn",
  "dropEnum",
  "dropForeignKey",
  "dropIndex",
  "dropPrimaryKey",
  "dropTable",
  "dropUnique",
  "renameColumn",
  "renameConstraint",
  "renameEnum",
  "renameIndex",
  "renameTable",
  "setComment",
];

/** Where a kind that never comes is given up. */
const LAST_SEED = 50_000;

const ROWS = 3;

async function fill(db: Database, spec: SchemaSpec, { tables }: Declared): Promise<void> {
  for (const own of spec.tables) {
    const rows = Array.from({ length: ROWS }, (_, at) => {
      const row: Record<string, unknown> = { id: at + 1 };
      for (const column of own.columns) {
        if (column.twice !== undefined) continue;
        if (column.references !== undefined)
          row[`c${column.id}`] = column.notNull ? undefined : null;
        else row[`c${column.id}`] = at === 2 && !column.notNull ? null : valueOf(spec, column, at);
      }
      return row;
    });
    if (own.columns.some((column) => column.references !== undefined && column.notNull)) continue;
    await db.insert(tables.get(own.id) as never).values(rows as never);
  }
}

async function readRows(
  db: Database,
  { tables }: Declared,
): Promise<Map<number, Record<string, unknown>[]>> {
  const found = new Map<number, Record<string, unknown>[]>();
  for (const [id, own] of tables) {
    const { id: key } = own as unknown as Record<string, never>;
    found.set(
      id,
      await (
        db.from(own as AnyTable) as never as {
          orderBy(key: never): Promise<Record<string, unknown>[]>;
        }
      ).orderBy(key!),
    );
  }
  return found;
}

/** Columns that are of the same type before and after hold the same values, unless the plan says what it loses. */
function expectSame(
  before: SchemaSpec,
  after: SchemaSpec,
  old: ReadonlyMap<number, Record<string, unknown>[]>,
  now: ReadonlyMap<number, Record<string, unknown>[]>,
): void {
  for (const own of after.tables) {
    const was = before.tables.find(({ id }) => id === own.id);
    if (was === undefined) continue;
    const kept = own.columns.filter((column) => {
      const other = was.columns.find(({ id }) => id === column.id);
      return (
        other !== undefined &&
        other.kind === column.kind &&
        typeof column.kind === "string" &&
        column.twice === undefined &&
        other.twice === undefined &&
        (other.notNull || !column.notNull)
      );
    });
    const cut = (rows: readonly Record<string, unknown>[]): unknown[] =>
      rows.map((row) => [row["id"], ...kept.map(({ id }) => row[`c${id}`])]);
    expect(cut(now.get(own.id)!), `rows of ${own.name}`).toEqual(cut(old.get(own.id)!));
  }
}

function mayFail({ hazards }: Plan): boolean {
  return hazards.some(({ kind }) => kind === "failing");
}

function telling<Result>(seed: number, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    (error as Error).message = `seed ${seed}: ${(error as Error).message}`;
    throw error;
  }
}

interface Pair {
  readonly before: SchemaSpec;
  readonly after: SchemaSpec;
}

/** A pair as declarations, and what is different between them. */
interface Comparison extends Pair {
  readonly old: Declared;
  readonly now: Declared;
  readonly first: Snapshot;
  readonly snapshot: Snapshot;
  readonly kinds: ReadonlySet<string>;
}

function makePair(seed: number): Pair {
  const random = randomOf(seed);
  const before = newSchema(random);
  // Those that often find nothing to change come more often.
  const rare = [
    "addCheck",
    "changeKey",
    "dropCheck",
    "dropEnum",
    "dropForeignKey",
    "dropIndex",
    "dropUnique",
    "renameIndex",
  ];
  const names = [...Object.keys(MUTATIONS), ...rare, ...rare, "changeKey"];
  const mutate = (spec: SchemaSpec, count: number): void => {
    for (let at = 0; at < count; at++)
      MUTATIONS[pick(random, names)]!(random, spec, pick(random, spec.tables));
  };
  mutate(before, 12);
  const after = structuredClone(before);
  mutate(after, 1 + Math.floor(random() * 5));
  return { before, after };
}

for (const server of testServers()) {
  describe(server.name, () => {
    let opened: { db: Database; drop: () => Promise<void> } | undefined;
    afterAll(async () => {
      await opened?.db.close();
      await opened?.drop();
    });

    async function open(): Promise<Database> {
      await opened?.db.close();
      if (opened === undefined || server.name.startsWith("sqlite")) {
        await opened?.drop();
        const database = await createTestDatabase(server);
        opened = { db: await connect(database.url), drop: () => database.drop() };
        url = database.url;
      } else opened.db = await connect(url);
      await dropAll(opened.db);
      return opened.db;
    }
    let url = "";
    /** How often the law has held for a kind of change; in brackets what else became of a pair. */
    const counts = new Map<string, number>();
    const countOf = (kind: string): number => counts.get(kind) ?? 0;
    const count = (kind: string): unknown => counts.set(kind, countOf(kind) + 1);

    function compare(seed: number, db: Database): Comparison {
      const { before, after } = makePair(seed);
      const [old, now] = [declare(before), declare(after)];
      const { names } = db["~engine"];
      const dialect = wholeDialect(db);
      const first = matchSnapshot(emptySnapshot, modelOf(old.schema, names, dialect)).snapshot;
      const { snapshot, questions } = matchSnapshot(
        first,
        modelOf(now.schema, names, dialect),
        answersOf(before, after),
      );
      expect(questions).toEqual([]);
      const changes = diff(first, snapshot, { can: dialect.can, family: "" });
      const kinds = new Set(changes.map(({ kind }) => kind));
      return { before, after, old, now, first, snapshot, kinds };
    }

    async function check(seed: number): Promise<void> {
      let db = await open();
      const { before, after, old, now, first, snapshot, kinds } = compare(seed, db);
      const dialect = wholeDialect(db);
      const up = telling(seed, () => planMigration(first, snapshot, dialect));
      const down = planMigration(snapshot, first, dialect, { isFilling: true });
      const files = {
        name: `${seed}_law`,
        up: writeSqlFile(renderPlan(up, dialect)),
        down: writeSqlFile(renderPlan(down, dialect)),
      };
      await createTables(db, now.schema);
      const wanted = await readCatalogue(db);
      const wantedModel = (await inspected(db)).model;
      db = await open();
      await createTables(db, old.schema);
      const original = await readCatalogue(db);
      const originalModel = (await inspected(db)).model;
      await fill(db, before, old);
      const rows = await readRows(db, old);
      try {
        if (!(await run(db, files, "up", up))) return;
        expect(await readCatalogue(db)).toEqual(wanted);
        await expectNoDrift(db, wantedModel, snapshot);
        const kept = await readRows(db, now);
        expectSame(before, after, rows, kept);
        if (!(await run(db, files, "down", down))) return;
        expect(await readCatalogue(db)).toEqual(original);
        await expectNoDrift(db, originalModel, first);
        await applyMigrations(db, registered([files]));
        expect(await readCatalogue(db)).toEqual(wanted);
        for (const kind of kinds) count(kind);
      } catch (error) {
        (error as Error).message =
          `seed ${seed}: ${(error as Error).message}\n${files.up}\n-- down\n${files.down}`;
        throw error;
      }
    }

    /** @param made What is read of a database that was made of the snapshot. */
    async function expectNoDrift(db: Database, made: Model, snapshot: Snapshot): Promise<void> {
      const { model, others } = await inspected(db);
      expect(others).toEqual([]);
      const dialect = wholeDialect(db);
      expect(
        planMending(adopt(model, made, modelOfSnapshot(snapshot)), snapshot, dialect).steps,
      ).toEqual([]);
    }

    /** @returns Whether it succeeded; what may fail leaves everything as it was, where that can be undone. */
    async function run(
      db: Database,
      files: { name: string; up: string; down: string },
      way: "down" | "up",
      plan: Plan,
    ): Promise<boolean> {
      const all = registered([files]);
      const before = await readCatalogue(db);
      try {
        await (way === "up" ? applyMigrations(db, all) : revertMigrations(db, all, 1));
        return true;
      } catch (error) {
        if (!mayFail(plan)) throw error;
        count("(failed)");
        if (db.can.transactionalDdl) expect(await readCatalogue(db)).toEqual(before);
        return false;
      }
    }

    test("what is changed is what would be made, rows stay, and the way back is one", async () => {
      if (only !== undefined) {
        await check(Number(only));
        return;
      }
      let seed = 0;
      let pairs = 0;
      while (pairs < PAIRS[server.name]) {
        await check(++seed);
        pairs++;
      }
      // The rest are pairs with a kind of change that has come too seldom.
      for (;;) {
        const missing = KINDS_OF_CHANGES.filter((kind) => countOf(kind) < LEAST);
        if (missing.length === 0 || seed >= LAST_SEED) break;
        const { kinds } = compare(++seed, opened!.db);
        if (!missing.some((kind) => kinds.has(kind))) continue;
        await check(seed);
        pairs++;
      }
      for (const kind of KINDS_OF_CHANGES)
        expect(countOf(kind), `pairs with ${kind}`).toBeGreaterThanOrEqual(LEAST);
      console.log(`${server.name}: ${pairs} pairs;`, Object.fromEntries(counts));
    }, 3_600_000);
  });
}
