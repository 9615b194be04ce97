/** Rows with names, for tests: each may point at another by its name. */

import { ConfigError } from "../core/error.ts";
import {
  infoOf,
  type KeyNameOf,
  type NewRowOf,
  type RowOf,
  type TableInfo,
  type WritableTable,
} from "../schema/table.ts";

/** Stands for a value of a row that is written before. */
export class RowReference<Value> {
  /** Type-level only; never set. */
  declare readonly "~value": Value;
  readonly fixture: Fixture;
  readonly name: string;
  /** The key of the column; undefined for the primary key. */
  readonly column: string | undefined;

  constructor(fixture: Fixture, name: string, column: string | undefined) {
    this.fixture = fixture;
    this.name = name;
    this.column = column;
  }
}

type Referring<New> = {
  [Key in keyof New]: New[Key] | RowReference<NonNullable<New[Key]>>;
};

/** A row of a fixture: values, or references to other rows. */
export type FixtureRow<T extends WritableTable> = Referring<NewRowOf<T>>;

type Refer<T extends WritableTable, Name extends string> = <
  Key extends keyof RowOf<T> & string = KeyNameOf<T> & keyof RowOf<T> & string,
>(
  name: Name,
  column?: Key,
) => RowReference<NonNullable<RowOf<T>[Key]>>;

type Rows<T extends WritableTable, Name extends string> = Readonly<Record<Name, FixtureRow<T>>>;

/** Rows of one table, each with a name. */
export class Fixture<T extends WritableTable = WritableTable, out Name extends string = string> {
  /** Type-level only; never set. */
  declare readonly "~name": Name;
  readonly table: T;
  readonly info: TableInfo;
  readonly rows: ReadonlyMap<string, Readonly<Record<string, unknown>>>;

  constructor(table: T, makeRows: (refer: Refer<T, string>) => Rows<T, string>) {
    this.table = table;
    this.info = infoOf(table);
    const rows = makeRows(this.#refer);
    this.rows = new Map(Object.entries(rows));
  }

  readonly #refer: Refer<T, string> = (name, column) => new RowReference(this, name, column);

  /**
   * Stands for a value of one of the rows in a row of another fixture.
   *
   * @param column The key of the column. Default: the primary key.
   */
  ref<Key extends keyof RowOf<T> & string = KeyNameOf<T> & keyof RowOf<T> & string>(
    this: Fixture<T, Name>,
    name: Name,
    column?: Key,
  ): RowReference<NonNullable<RowOf<T>[Key]>> {
    if (!this.rows.has(name)) throw unknownRow(this.info, name);
    return new RowReference(this as unknown as Fixture, name, column);
  }
}

export function unknownRow({ table }: TableInfo, name: string): ConfigError {
  return new ConfigError(`The fixture of "${table}" has no row "${name}".`, {
    hint: "Write the name of one of its rows.",
  });
}

/**
 * Rows of a table for tests, each under a name. Columns that are left out take their default.
 *
 * @param rows The rows by their names, or a function that gets `ref`, for rows that point at others of the same table.
 * @example
 * const people = fixture(users, { ada: { name: "Ada" }, grace: { name: "Grace" } });
 * const notes = fixture(posts, { first: { authorId: people.ref("ada"), title: "First" } });
 */
export function fixture<T extends WritableTable, const Name extends string>(
  table: T,
  rows:
    | Readonly<Record<Name, FixtureRow<T>>>
    | ((ref: Refer<T, string>) => Readonly<Record<Name, FixtureRow<T>>>),
): Fixture<T, Name> {
  const make = typeof rows === "function" ? rows : () => rows;
  return new Fixture<T, Name>(table, make);
}
