/** Writes the rows of fixtures in an order in which each finds what it points at. */

import { ConfigError, InvalidValueError } from "../core/error.ts";
import type { Executor } from "../query/client.ts";
import { insertRows } from "./insert-rows.ts";
import { referencesOf } from "../schema/reference.ts";
import type { RowOf, TableInfo, WritableTable } from "../schema/table.ts";
import { RowReference, unknownRow, type Fixture } from "./fixture.ts";

type Row = Readonly<Record<string, unknown>>;

/** The rows of fixtures as the database has them. */
export class LoadedRows {
  readonly #rows: Map<string, Row>;

  constructor(before?: LoadedRows) {
    this.#rows = new Map(before?.entries());
  }

  static key({ schema, table }: TableInfo, name: string): string {
    return JSON.stringify([schema ?? null, table, name]);
  }

  set(info: TableInfo, name: string, row: Row): void {
    this.#rows.set(LoadedRows.key(info, name), row);
  }

  find(info: TableInfo, name: string): Row | undefined {
    return this.#rows.get(LoadedRows.key(info, name));
  }

  entries(): Iterable<[string, Row]> {
    return this.#rows;
  }
}

/** Gives a row of a fixture as it was written, with its key and its defaults. */
export type RowFinder = <T extends WritableTable, Name extends string>(
  fixture: Fixture<T, Name>,
  name: NoInfer<Name>,
) => RowOf<T>;

export function finderOf(loaded: LoadedRows): RowFinder {
  return <T extends WritableTable, Name extends string>(given: Fixture<T, Name>, name: Name) => {
    const row = loaded.find(given.info, name);
    if (row === undefined) throw unknownRow(given.info, name);
    return row as RowOf<T>;
  };
}

function referencesIn(row: Row): RowReference<unknown>[] {
  return Object.values(row).filter((value) => value instanceof RowReference);
}

/** Those that were named, and those that they point at. */
export function withTargets(fixtures: readonly Fixture[]): Fixture[] {
  const all = new Set<Fixture>();
  const add = (fixture: Fixture): void => {
    if (all.has(fixture)) return;
    all.add(fixture);
    for (const row of fixture.rows.values())
      for (const reference of referencesIn(row)) add(reference.fixture);
  };
  for (const fixture of fixtures) add(fixture);
  return [...all];
}

/** Tables before those whose foreign keys point at them, as far as there are no circles. */
function inOrder(fixtures: readonly Fixture[]): Fixture[] {
  const ordered = new Set<Fixture>();
  const begun = new Set<Fixture>();
  const add = (fixture: Fixture): void => {
    if (begun.has(fixture)) return;
    begun.add(fixture);
    for (const { target } of referencesOf(fixture.info))
      for (const other of fixtures) if (isSameTable(other.info, target)) add(other);
    ordered.add(fixture);
  };
  for (const fixture of fixtures) add(fixture);
  return [...ordered];
}

function isSameTable(left: TableInfo, right: TableInfo): boolean {
  return left.table === right.table && left.schema === right.schema;
}

class Loader {
  readonly loaded: LoadedRows;
  readonly #db: Executor;
  readonly #underWay = new Set<string>();

  constructor(db: Executor, loaded: LoadedRows) {
    this.#db = db;
    this.loaded = loaded;
  }

  async load(fixture: Fixture, name: string): Promise<Row> {
    const { info, table } = fixture;
    const known = this.loaded.find(info, name);
    if (known !== undefined) return known;
    const given = fixture.rows.get(name);
    if (given === undefined) throw unknownRow(info, name);
    const key = LoadedRows.key(info, name);
    if (this.#underWay.has(key)) {
      throw new ConfigError(
        `The row "${name}" of the fixture of "${info.table}" points at itself.`,
        {
          hint: "Rows that point at one another are written by a function: fixtures take one too.",
        },
      );
    }
    this.#underWay.add(key);
    const values: Record<string, unknown> = {};
    for (const [column, value] of Object.entries(given))
      values[column] = value instanceof RowReference ? await this.#valueOf(value) : value;
    const [row] = await insertRows(this.#db, table, [values]);
    this.#underWay.delete(key);
    this.loaded.set(info, name, row as Row);
    return row as Row;
  }

  async #valueOf({ fixture, name, column }: RowReference<unknown>): Promise<unknown> {
    const row = await this.load(fixture, name);
    const [only, second] = fixture.info.primaryKey;
    const key = column ?? (second === undefined ? only?.key : undefined);
    if (key !== undefined) return row[key];
    throw new InvalidValueError(
      `A reference to a row of "${fixture.info.table}" names no column, and its key isn't one.`,
      { hint: 'Name it: ref("name", "column").' },
    );
  }
}

/** @param before Rows that are written already, which references may point at. */
export async function loadInto(
  db: Executor,
  fixtures: readonly Fixture[],
  before?: LoadedRows,
): Promise<LoadedRows> {
  return db.transaction(async (tx) => {
    const loader = new Loader(tx, new LoadedRows(before));
    for (const fixture of inOrder(withTargets(fixtures)))
      for (const name of fixture.rows.keys()) await loader.load(fixture, name);
    return loader.loaded;
  });
}

/**
 * Writes fixtures into a database, and all that they point at, in one transaction.
 *
 * @returns A function that gives each row as it was written.
 * @example
 * const row = await loadFixtures(db, [people, notes]);
 * row(people, "ada").id;
 */
export async function loadFixtures(db: Executor, fixtures: readonly Fixture[]): Promise<RowFinder> {
  return finderOf(await loadInto(db, fixtures));
}
