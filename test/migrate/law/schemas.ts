// Schemas that are made at random, and changed at random: what the law of migrations is held against.
import {
  bigint,
  boolean,
  bytes,
  check,
  date,
  decimal,
  defineSchema,
  double,
  enumType,
  fullTextIndex,
  index,
  integer,
  json,
  real,
  smallint,
  softDelete,
  sql,
  table,
  text,
  time,
  timestamp,
  unique,
  uuid,
  varchar,
  type AnyTable,
  type Schema,
} from "plinth";

export type Random = () => number;

/** A small generator (mulberry32), so that a seed tells the whole run. */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}

// oxlint-disable-next-line typescript/no-explicit-any -- builders of any type stand in one table here.
type Builder = any;

interface Kind {
  readonly make: () => Builder;
  /** A value for a row, told apart by its number. */
  readonly value: (row: number) => unknown;
  readonly isKey: boolean;
  /** Kinds that it may become. */
  readonly becomes: readonly string[];
}

export const KINDS: Readonly<Record<string, Kind>> = {
  smallint: kind(
    () => smallint(),
    (n) => n,
    true,
    ["integer"],
  ),
  integer: kind(
    () => integer(),
    (n) => n * 7,
    true,
    ["bigint", "decimal12", "text", "double", "smallint"],
  ),
  bigint: kind(
    () => bigint(),
    (n) => BigInt(n) * 11n,
    true,
    ["integer", "text"],
  ),
  double: kind(
    () => double(),
    (n) => n + 0.5,
    false,
    [],
  ),
  real: kind(
    () => real(),
    (n) => n + 0.25,
    false,
    ["double"],
  ),
  decimal10: kind(
    () => decimal({ precision: 10, scale: 2 }),
    (n) => `-${n}.25`,
    true,
    ["decimal12", "text"],
  ),
  decimal12: kind(
    () => decimal({ precision: 12, scale: 3 }),
    (n) => `${n}.125`,
    true,
    ["decimal10"],
  ),
  decimal30: kind(
    () => decimal({ precision: 30, scale: 3 }),
    (n) => `${n}.125`,
    false,
    ["text"],
  ),
  boolean: kind(
    () => boolean(),
    (n) => n % 2 === 0,
    false,
    ["integer"],
  ),
  text: kind(
    () => text(),
    (n) => `it's "${n}" \\`,
    false,
    [],
  ),
  varchar40: kind(
    () => varchar({ length: 40 }),
    (n) => `forty ${n}`,
    true,
    ["varchar20", "text"],
  ),
  varchar20: kind(
    () => varchar({ length: 20 }),
    (n) => `twenty ${n}`,
    true,
    ["varchar40"],
  ),
  uuid: kind(
    () => uuid(),
    (n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    true,
    ["text"],
  ),
  timestamp3: kind(
    () => timestamp(),
    (n) => new Date(Date.UTC(1969, 11, 31, 23, 59, n, 250)),
    true,
    ["timestamp6", "timestamp0"],
  ),
  timestamp6: kind(
    () => timestamp({ precision: 6 }),
    (n) => new Date(Date.UTC(2026, 1, 2, 3, 4, n, 999)),
    true,
    ["timestamp3", "timestamp0"],
  ),
  timestamp0: kind(
    () => timestamp({ precision: 0 }),
    (n) => new Date(Date.UTC(2026, 1, 2, 3, 4, n)),
    true,
    ["timestamp3"],
  ),
  date: kind(
    () => date(),
    (n) => `2024-02-${String(n + 10)}`,
    true,
    ["timestamp3", "text"],
  ),
  time: kind(
    () => time(),
    (n) => `07:08:${String(n + 10)}`,
    true,
    ["time3"],
  ),
  time3: kind(
    () => time({ precision: 3 }),
    (n) => `07:08:${String(n + 10)}.750`,
    true,
    ["time"],
  ),
  json: kind(
    () => json(),
    (n) => ({ n, text: "x" }),
    false,
    ["text"],
  ),
  bytes: kind(
    () => bytes({ length: 9 }),
    (n) => Uint8Array.of(1, n),
    true,
    ["bytes20"],
  ),
  bytes20: kind(
    () => bytes({ length: 20 }),
    (n) => Uint8Array.of(2, n),
    true,
    ["bytes"],
  ),
};

function kind(
  make: () => Builder,
  value: (row: number) => unknown,
  isKey: boolean,
  becomes: readonly string[],
): Kind {
  return { make, value, isKey, becomes };
}

export interface ColumnSpec {
  readonly id: number;
  name: string;
  /** Of `KINDS`, or an enum by its id. */
  kind: string | number;
  notNull: boolean;
  /** The number of the value. */
  default: number | undefined;
  unique: boolean;
  /** The id of a table. */
  references: number | undefined;
  onDelete: "cascade" | "no action" | "set null";
  /** The id of a column of numbers. */
  twice: number | undefined;
  comment: string | undefined;
}

export interface TableSpec {
  readonly id: number;
  name: string;
  columns: ColumnSpec[];
  indexes: {
    columns: number[];
    isUnique: boolean;
    name: string | undefined;
    isFullText?: boolean;
  }[];
  uniques: number[][];
  /** Whether rows are deleted softly, and which columns are unique among those that aren't. */
  isSoft: boolean;
  liveUniques: number[][];
  checks: number[];
  comment: string | undefined;
  hasCounter: boolean;
  /** A column that is part of the primary key. */
  key: number | undefined;
}

export interface EnumSpec {
  readonly id: number;
  name: string;
  values: { id: number; name: string }[];
}

export interface SchemaSpec {
  enums: EnumSpec[];
  tables: TableSpec[];
  next: number;
}

const WORDS = [
  "alpha",
  "Beta two",
  "gamma",
  "delta's",
  "order",
  "group",
  'ze"ta',
  "eta",
  "theta",
  "iota",
];

export function newName(random: Random, spec: SchemaSpec): string {
  return `${pick(random, WORDS)}_${spec.next}`;
}

export function newColumn(random: Random, spec: SchemaSpec): ColumnSpec {
  const name = newName(random, spec);
  const isEnum = spec.enums.length > 0 && random() < 0.15;
  return {
    id: spec.next++,
    name,
    kind: isEnum
      ? pick(random, spec.enums).id
      : random() < 0.3
        ? "integer"
        : pick(random, Object.keys(KINDS)),
    notNull: random() < 0.3,
    default: random() < 0.4 ? Math.floor(random() * 3) : undefined,
    unique: false,
    references: undefined,
    onDelete: pick(random, ["cascade", "no action"] as const),
    twice: undefined,
    comment: random() < 0.1 ? 'it\'s a "comment"' : undefined,
  };
}

export function newTable(random: Random, spec: SchemaSpec): TableSpec {
  const name = newName(random, spec);
  const id = spec.next++;
  const columns = Array.from({ length: 2 + Math.floor(random() * 3) }, () =>
    newColumn(random, spec),
  );
  return {
    id,
    name,
    columns,
    indexes: [],
    uniques: [],
    isSoft: false,
    liveUniques: [],
    checks: [],
    comment: random() < 0.2 ? "a table" : undefined,
    hasCounter: random() < 0.3,
    key: undefined,
  };
}

export function newEnum(random: Random, spec: SchemaSpec): EnumSpec {
  const name = `enum_${newName(random, spec)}`;
  const id = spec.next++;
  const values = Array.from({ length: 3 }, () => ({ id: spec.next, name: `v${spec.next++}'s` }));
  return { id, name, values };
}

export function newSchema(random: Random): SchemaSpec {
  const spec: SchemaSpec = { enums: [], tables: [], next: 1 };
  if (random() < 0.7) spec.enums.push(newEnum(random, spec));
  const count = 1 + Math.floor(random() * 3);
  for (let at = 0; at < count; at++) spec.tables.push(newTable(random, spec));
  return spec;
}

export function isKeyable(column: ColumnSpec): boolean {
  return typeof column.kind === "string" && KINDS[column.kind]!.isKey && column.twice === undefined;
}

/** Whether its words can be in an index. */
export function isWordy({ kind, twice }: ColumnSpec): boolean {
  return twice === undefined && ["text", "varchar20", "varchar40"].includes(String(kind));
}

export function valueOf(spec: SchemaSpec, column: ColumnSpec, row: number): unknown {
  if (typeof column.kind === "string") return KINDS[column.kind]!.value(row);
  const { values } = spec.enums.find(({ id }) => id === column.kind)!;
  return values[row % values.length]!.name;
}

/** The tables of a schema by the ids of the specification, and their columns by keys that never change. */
export interface Declared {
  readonly schema: Schema;
  readonly tables: ReadonlyMap<number, AnyTable>;
}

export function declare(spec: SchemaSpec): Declared {
  const enums = new Map(
    spec.enums.map(({ id, name, values }) => [
      id,
      enumType(name, values.map((value) => value.name) as [string, ...string[]]),
    ]),
  );
  const tables = new Map<number, AnyTable>();
  for (const one of spec.tables) {
    const columns: Record<string, Builder> = {
      id: one.hasCounter ? integer("id").primaryKey().autoIncrement() : integer("id").primaryKey(),
    };
    for (const column of one.columns) columns[`c${column.id}`] = declareColumn(spec, one, column);
    if (one.isSoft) Object.assign(columns, softDelete());
    const extras = (t: Builder): never[] => extrasOf(one, t) as never[];
    const declare_: Builder = table;
    tables.set(one.id, declare_(one.name, columns, extras));
  }

  function declareColumn(all: SchemaSpec, own: TableSpec, column: ColumnSpec): Builder {
    const made =
      typeof column.kind === "string" ? KINDS[column.kind]!.make() : enums.get(column.kind)!();
    let builder: Builder = made;
    builder = new builder.constructor({ ...builder.spec, givenName: column.name });
    if (column.comment !== undefined) builder = builder.comment(column.comment);
    if (column.twice !== undefined) {
      const key = `c${column.twice}`;
      return builder.generatedAs(() => sql`${(tables.get(own.id) as Builder)[key]} * 2`);
    }
    if (own.key === column.id) builder = builder.primaryKey();
    if (column.notNull) builder = builder.notNull();
    if (column.default !== undefined)
      builder = builder.default(valueOf(all, column, column.default));
    if (column.unique) builder = builder.unique();
    if (column.references !== undefined) {
      const target = column.references;
      builder = builder.references(() => (tables.get(target) as Builder).id, {
        onDelete: column.onDelete,
      });
    }
    return builder;
  }

  const byKey = Object.fromEntries([...tables].map(([id, made]) => [`t${id}`, made]));
  return { schema: defineSchema(byKey), tables };
}

function extrasOf(spec: TableSpec, t: Builder): unknown[] {
  const of = (ids: readonly number[]): Builder[] => ids.map((id) => t[`c${id}`]);
  const more: Builder = { fullTextIndex, index, unique };
  return [
    ...spec.indexes.map(({ columns, name, isFullText }) =>
      (isFullText === true ? more.fullTextIndex : more.index)(name).on(...of(columns)),
    ),
    ...spec.uniques.map((columns) => more.unique().on(...of(columns))),
    ...spec.liveUniques.map((columns) =>
      more.unique({ among: "live", name: `live_${columns.join("_")}` }).on(...of(columns)),
    ),
    ...spec.checks.map((id) => check(sql`${t[`c${id}`]} is null or ${t[`c${id}`]} < ${1000}`)),
  ];
}
