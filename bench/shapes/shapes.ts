/** Twelve further shapes of work, which the nine operations don't have, and their parameters from a fixed seed. */
import { Random } from "../data/random.ts";
import { sizes } from "../data/rows.ts";
import { parameterCount } from "../work/operations.ts";

/** What the orders of a customer are searched by; each other part may be missing. */
export interface OrderFilter {
  readonly customerId: number;
  readonly employeeId?: number;
  readonly shipVia?: number;
  readonly minFreight?: number;
  readonly maxFreight?: number;
}

export interface Balance {
  readonly id: number;
  readonly balance: number;
}

export interface Shapes {
  /** 50 rows of 60 columns behind the key, in its order. */
  wide(after: number): unknown;
  /** The 20 newest orders that the filter lets through: 16 texts from one place in the program. */
  filters(filter: OrderFilter): unknown;
  /** The orders of these keys, 1 to 100 of them, in the order of their keys. */
  inList(ids: number[]): unknown;
  /** An order's details, each with the names of product, supplier, customer and employee: six tables. */
  joins(orderId: number): unknown;
  /** Reads 100,000 details bit by bit, the first by key. Returns the sum of their quantities. */
  stream(): unknown;
  /** Inserts a counter, or adds 1 to the one that is there. */
  upsert(id: number, name: string): unknown;
  /** Gives each of 100 accounts a balance of its own; all or none. */
  updateMany(rows: Balance[]): unknown;
  /** Three pages of 20 orders, the newest first, one after the other by the last row's place. */
  keyset(minFreight: number): unknown;
  /** The first 20 customers behind the key who have some order above this freight. */
  related(after: number, minFreight: number): unknown;
  /** As `inList`, by SQL that was checked where the contender has that. */
  checkedList(ids: number[]): unknown;
  /** The 50 orders behind the key, in its order, each with `details`, each of these with its `product`. */
  trees(after: number): unknown;
  /** The 1,000 orders behind the key, in its order: 13 columns, of which three are dates, as `Date` on SQLite too. */
  rows(after: number): unknown;
}

export type ShapeName = keyof Shapes;

export const shapeNames: readonly ShapeName[] = [
  "wide",
  "filters",
  "inList",
  "joins",
  "stream",
  "upsert",
  "updateMany",
  "keyset",
  "related",
  "checkedList",
  "trees",
  "rows",
];

export interface ShapesContender {
  readonly shapes: Shapes;
  close(): unknown;
}

export const streamedRows = 100_000;
export const counters = 5_000;

/** 20 of each of three types. */
export const wideColumns: readonly (readonly [
  name: string,
  kind: "integer" | "number" | "text",
])[] = Array.from({ length: 60 }, (_, at) => [
  `c${at + 1}`,
  (["integer", "number", "text"] as const)[at % 3]!,
]);

export const wideRows = 2_000;

export type ShapeParameters = { [Name in ShapeName]: Parameters<Shapes[Name]>[] };

export function shapeParameters(seed = 11): ShapeParameters {
  const random = new Random(seed);
  const many = <T>(make: (index: number) => T): T[] =>
    Array.from({ length: parameterCount }, (_, index) => make(index));
  const ids = (count: number): number[] =>
    Array.from({ length: count }, () => random.integer(1, sizes.orders));
  const lists = many(() => ids(random.integer(1, 100)));
  const batches = Array.from({ length: 8 }, () => {
    const first = random.integer(1, sizes.accounts - 100);
    return Array.from({ length: 100 }, (_, at) => ({
      id: first + at,
      balance: random.integer(1, 1_000_000),
    }));
  });
  return {
    wide: many(() => [random.integer(0, wideRows - 50)]),
    filters: many((index) => [
      {
        customerId: random.integer(1, sizes.customers),
        ...(index & 1 ? { employeeId: random.integer(1, sizes.employees) } : {}),
        ...(index & 2 ? { shipVia: random.integer(1, 3) } : {}),
        ...(index & 4 ? { minFreight: random.integer(1, 100) } : {}),
        ...(index & 8 ? { maxFreight: random.integer(200, 400) } : {}),
      },
    ]),
    inList: lists.map((list) => [list]),
    joins: many(() => [random.integer(1, sizes.orders)]),
    stream: many(() => []),
    upsert: many(() => [random.integer(1, counters), "a counter"]),
    updateMany: many((index) => [batches[index & 7]!]),
    keyset: many(() => [random.integer(1, 50)]),
    related: many(() => [random.integer(1, sizes.customers - 100), random.integer(1, 50)]),
    checkedList: lists.map((list) => [list]),
    trees: many(() => [random.integer(0, sizes.orders - 50)]),
    rows: many(() => [random.integer(0, sizes.orders - 1_000)]),
  };
}
