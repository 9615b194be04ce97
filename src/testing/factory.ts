/** Rows made by the number, for tests and seeds: a test says only what it is about. */

import { ConfigError, InvalidValueError } from "../core/error.ts";
import type { Executor } from "../query/client.ts";
import { insertRows } from "./insert-rows.ts";
import { count } from "../query/expression.ts";
import {
  infoOf,
  type KeyNameOf,
  type NewRowOf,
  type RowOf,
  type WritableTable,
} from "../schema/table.ts";
import { Fake, seedOf } from "./fake.ts";

/** Stands for the key of a row that another factory is to make. */
export class RelatedRow<Value> {
  /** Type-level only; never set. */
  declare readonly "~value": Value;
  readonly make: (db: Executor) => Promise<unknown>;

  constructor(make: (db: Executor) => Promise<unknown>) {
    this.make = make;
  }
}

/** What the making of a row is given. */
export interface FactoryTools<Faker> {
  /** Counts the rows of the factory in a database, from 1, or from behind the rows that are there. For what is to be unique. */
  readonly number: number;
  /** The same data for the same number. */
  readonly fake: Fake;
  /** The faker that the factory was given, seeded for this row. */
  readonly faker: Faker;
  /**
   * The key of a row that another factory makes, unless the column's value is given.
   *
   * @param overrides Of that row.
   */
  related<T extends WritableTable>(
    factory: Pick<Factory<T, never>, "create" | "table">,
    overrides?: FactoryOverrides<T>,
  ): RelatedRow<NonNullable<RowOf<T>[KeyNameOf<T> & keyof RowOf<T>]>>;
}

type Relating<New> = {
  [Key in keyof New]: New[Key] | RelatedRow<NonNullable<New[Key]>>;
};

/** A row that a factory makes: values, or rows of other factories. */
export type FactoryRow<T extends WritableTable> = Relating<NewRowOf<T>>;

/** What a row is to have instead of what its factory makes. */
export type FactoryOverrides<T extends WritableTable> = Partial<FactoryRow<T>>;

type MakeRow<T extends WritableTable, Faker> = (tools: FactoryTools<Faker>) => FactoryRow<T>;
type MakeTrait<T extends WritableTable, Faker> =
  | FactoryOverrides<T>
  | ((tools: FactoryTools<Faker>) => FactoryOverrides<T>);

/** What is seeded before each row: `faker` of `@faker-js/faker`, or another library's. */
export interface SeededFaker {
  seed(seed: number): unknown;
}

export interface FactoryOptions<T extends WritableTable, Trait extends string, Faker> {
  /** Variants of the row by name, for `with()`. */
  readonly traits?: Readonly<Record<Trait, MakeTrait<T, Faker>>>;
  /** A library that makes data, such as `faker` of `@faker-js/faker`. It must have `seed()`. */
  readonly faker?: Faker;
  /** Another one gives other data. Default 0. */
  readonly seed?: number;
}

type Row = Readonly<Record<string, unknown>>;

interface Recipe {
  readonly make: (tools: FactoryTools<unknown>) => Row;
  readonly traits: Readonly<Record<string, MakeTrait<WritableTable, unknown>>>;
  readonly faker: unknown;
  readonly seed: number;
}

/** Which number is next, in each database and outside of any. */
class Numbers {
  readonly #inDatabases = new WeakMap<object, Promise<{ next: number }>>();
  #next = 1;

  take(rowCount: number): number {
    const first = this.#next;
    this.#next += rowCount;
    return first;
  }

  async takeIn(db: Executor, table: WritableTable, rowCount: number): Promise<number> {
    const engine = db["~engine"];
    let state = this.#inDatabases.get(engine);
    if (state === undefined) {
      state = countRows(db, table).then((before) => ({ next: before + 1 }));
      this.#inDatabases.set(engine, state);
      state.catch(() => this.#inDatabases.delete(engine));
    }
    const settled = await state;
    const first = settled.next;
    settled.next += rowCount;
    return first;
  }
}

async function countRows(db: Executor, table: WritableTable): Promise<number> {
  const [row] = await db.select({ rows: count() }).from(table);
  return row?.rows ?? 0;
}

/** Makes rows of one table. */
export class Factory<T extends WritableTable, Trait extends string> {
  readonly table: T;
  readonly #recipe: Recipe;
  readonly #numbers: Numbers;
  readonly #used: readonly MakeTrait<WritableTable, unknown>[];

  constructor(
    table: T,
    recipe: Recipe,
    numbers: Numbers,
    used: readonly MakeTrait<WritableTable, unknown>[],
  ) {
    this.table = table;
    this.#recipe = recipe;
    this.#numbers = numbers;
    this.#used = used;
  }

  /** The same factory with traits, the later of which win. */
  with(...traits: readonly Trait[]): Factory<T, Trait> {
    const known = this.#recipe.traits;
    const more = traits.map((name) => {
      if (Object.hasOwn(known, name)) return known[name]!;
      throw new ConfigError(
        `The factory of "${infoOf(this.table).table}" has no trait "${name}".`,
        {
          hint: `It has ${Object.keys(known).join(", ") || "none"}.`,
        },
      );
    });
    return new Factory(this.table, this.#recipe, this.#numbers, [...this.#used, ...more]);
  }

  /** Writes a row, and before it the rows that it belongs to. */
  async create(db: Executor, overrides?: FactoryOverrides<T>): Promise<RowOf<T>> {
    const [row] = await this.createMany(db, 1, overrides);
    return row!;
  }

  /** @param overrides Of all rows, or a function that gives those of each, counted from 0. */
  async createMany(
    db: Executor,
    rowCount: number,
    overrides?: FactoryOverrides<T> | ((at: number) => FactoryOverrides<T>),
  ): Promise<RowOf<T>[]> {
    if (rowCount === 0) return [];
    const first = await this.#numbers.takeIn(db, this.table, rowCount);
    const rows: Record<string, unknown>[] = [];
    for (let at = 0; at < rowCount; at++) {
      const own = typeof overrides === "function" ? overrides(at) : overrides;
      const values: Record<string, unknown> = {};
      for (const [key, value] of Object.entries(this.#make(first + at, own)))
        values[key] = value instanceof RelatedRow ? await value.make(db) : value;
      rows.push(values);
    }
    return (await insertRows(db, this.table, rows)) as RowOf<T>[];
  }

  /**
   * A row that isn't written.
   *
   * @throws {InvalidValueError} for a column whose row another factory would have to write.
   */
  build(overrides?: FactoryOverrides<T>): NewRowOf<T> {
    const row = this.#make(this.#numbers.take(1), overrides);
    const related = Object.keys(row).find((key) => row[key] instanceof RelatedRow);
    if (related === undefined) return row as NewRowOf<T>;
    throw new InvalidValueError(`"${related}" is the key of a row that isn't there.`, {
      hint: `Give it: build({ ${related}: … }), or write the row with create(db).`,
    });
  }

  #make(number: number, overrides: Row = {}): Row {
    const { make, faker, seed } = this.#recipe;
    const own = seedOf(infoOf(this.table).table, seed, number);
    if (faker !== undefined) (faker as SeededFaker).seed(own);
    const tools: FactoryTools<unknown> = {
      number,
      fake: new Fake(own),
      get faker() {
        if (faker !== undefined) return faker;
        throw new ConfigError("The factory was given no faker.", {
          hint: "Pass it: defineFactory(table, make, { faker }), or use `fake`, which is built in.",
        });
      },
      related: (factory, more) =>
        new RelatedRow(async (db) => keyOf(factory.table, await factory.create(db, more))),
    };
    const row = { ...make(tools) };
    for (const trait of this.#used)
      Object.assign(row, typeof trait === "function" ? trait(tools) : trait);
    return { ...row, ...overrides };
  }
}

function keyOf(table: WritableTable, row: unknown): unknown {
  const { primaryKey, table: name } = infoOf(table);
  const [only, second] = primaryKey;
  if (only !== undefined && second === undefined) return (row as Row)[only.key];
  throw new ConfigError(`The key of "${name}" isn't one column, so that no column can hold it.`, {
    hint: "Create the row first, and give its columns as overrides.",
  });
}

/**
 * Says how rows of a table are made.
 *
 * @param make Makes a row; it gets the row's number and deterministic data.
 * @example
 * const makeUser = defineFactory(users, ({ number, fake }) => ({
 *   name: fake.fullName(), email: `user${number}@example.org`,
 * }), { traits: { admin: { role: "admin" } } });
 * const ada = await makeUser.with("admin").create(db, { name: "Ada" });
 */
export function defineFactory<
  T extends WritableTable,
  const Trait extends string = never,
  Faker extends SeededFaker = never,
>(
  table: T,
  make: MakeRow<T, Faker>,
  options: FactoryOptions<T, Trait, Faker> = {},
): Factory<T, Trait> {
  const recipe: Recipe = {
    // Its tools have the type of its own faker.
    make: make as unknown as Recipe["make"],
    traits: (options.traits ?? {}) as Recipe["traits"],
    faker: options.faker,
    seed: options.seed ?? 0,
  };
  return new Factory<T, Trait>(table, recipe, new Numbers(), []);
}
