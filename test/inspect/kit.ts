// Databases for the tests of reading a catalogue, and what is read from them.
import { connect, sql, type Database, type Naming, type Schema } from "plinth";
import { inspect } from "../../src/connect/inspect.ts";
import { Session } from "../../src/connect/session.ts";
import type { Dialect } from "../../src/dialect/dialect.ts";
import type { Inspection, InspectOptions } from "../../src/dialect/server/introspector.ts";
import { adopt } from "../../src/migrate/adopt.ts";
import { createTables } from "../../src/migrate/create-tables.ts";
import { renderTables } from "../../src/migrate/render-tables.ts";
import { planMending } from "../../src/migrate/drift/mending.ts";
import { modelOf } from "../../src/migrate/model-of.ts";
import { familyOf } from "../../src/migrate/diff/plan.ts";
import { renderPlan } from "../../src/migrate/render.ts";
import { matchSnapshot } from "../../src/migrate/diff/rename.ts";
import { emptySnapshot, type Snapshot } from "../../src/migrate/snapshot/snapshot.ts";
import type { Model } from "../../src/schema/model.ts";
import { isSame } from "../../src/schema/same.ts";
import { createTestDatabase, type TestServer } from "../servers/databases.ts";
import { wholeDialect } from "../servers/whole-dialect.ts";

/** An empty database of its own for `work`. */
export async function onDatabase<Result>(
  server: TestServer,
  work: (db: Database) => Promise<Result>,
  naming?: Naming,
): Promise<Result> {
  const database = await createTestDatabase(server);
  try {
    await using db = await connect(database.url, naming === undefined ? {} : { naming });
    return await work(db);
  } finally {
    await database.drop();
  }
}

export async function read(db: Database, options?: InspectOptions): Promise<Inspection> {
  const session = await Session.open(db["~engine"]);
  try {
    return await inspect(session, options);
  } finally {
    session.release();
  }
}

export const dialectOf: (db: Database) => Dialect = wholeDialect;

export async function script(db: Database, text: string): Promise<void> {
  const session = await Session.open(db["~engine"]);
  try {
    await session.script(text);
  } finally {
    session.release();
  }
}

export function declaredModel(schema: Schema, db: Database): Model {
  const { dialect, names } = db["~engine"];
  return modelOf(schema, names, dialect);
}

function snapshotOf(model: Model, dialect: Dialect): Snapshot {
  const views = { [familyOf(dialect)]: model.views ?? [] };
  return matchSnapshot(emptySnapshot, model, { views }).snapshot;
}

/** The statements that would make the database what the model says. */
export function mending(live: Model, declared: Model, dialect: Dialect): string[] {
  const plan = planMending(live, snapshotOf(declared, dialect), dialect);
  return renderPlan(plan, dialect).statements.map(({ text }) => text);
}

/** The same, where the server has told how it writes the declaration. */
export async function mendingBeside(
  server: TestServer,
  live: Model,
  declared: Model,
): Promise<string[]> {
  return onDatabase(server, async (db) => {
    for (const text of renderTables(declared, dialectOf(db)))
      await db.execute(sql.raw(text) as never);
    const { model: made } = await read(db);
    return mending(adopt(live, made, declared), declared, dialectOf(db));
  });
}

interface Difference {
  /** With the names of what is named. */
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/** Where two models differ. */
export function differences(one: unknown, other: unknown, path = ""): Difference[] {
  if (isSame(one, other)) return [];
  const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
  if (!isObject(one) || !isObject(other)) return [{ path, one, other }];
  const membersOf = (value: object): Map<string, unknown> =>
    new Map(
      Object.entries(value).map(([key, item]) => [
        Array.isArray(value) && isObject(item) && "name" in item ? String(item.name) : key,
        item,
      ]),
    );
  const left = membersOf(one);
  const right = membersOf(other);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(left.get(key), right.get(key), `${path}/${key}`),
  );
}

export { createTables };
