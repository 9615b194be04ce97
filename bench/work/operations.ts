/** The nine pieces of work, and their parameters from a fixed seed. */
import { Random } from "../data/random.ts";
import { sizes } from "../data/rows.ts";

export interface AuditRow {
  readonly account_id: number;
  readonly kind: string;
  readonly message: string;
  readonly amount: number;
  readonly created_at: number;
}

/**
 * What every contender does; synchronously or by a promise. Property names are the column names.
 *
 * A contender writes each the way its documentation shows.
 */
export interface Operations {
  /** The customer of this key: 11 columns. */
  byKey(id: number): unknown;
  /** 50 orders of 13 columns, the newest key first. */
  page(offset: number): unknown;
  /** Suppliers whose company_name holds the term in any case. */
  search(term: string): unknown;
  /** An order with `details`, each with its `product`. */
  tree(orderId: number): unknown;
  /** Orders in (after, upTo] with products_count, quantity_sum and total_price as numbers, by id. */
  aggregate(after: number, upTo: number): unknown;
  update(accountId: number, balance: number, version: number): unknown;
  /** One transaction: read the balance of `from`, take the amount, give it to `to`, write the audit row. */
  transaction(from: number, to: number, amount: number, row: AuditRow): unknown;
  /** Returns the new row's id, a number. */
  insert(row: AuditRow): unknown;
  /** 1,000 rows. */
  bulk(rows: AuditRow[]): unknown;
}

export type OperationName = keyof Operations;

export const operationNames: OperationName[] = [
  "byKey",
  "page",
  "search",
  "tree",
  "aggregate",
  "update",
  "transaction",
  "insert",
  "bulk",
];

export interface Contender {
  readonly operations: Operations;
  close(): unknown;
}

export const parameterCount = 1024;

export type OperationParameters = { [Name in OperationName]: Parameters<Operations[Name]>[] };

export function auditRow(random: Random): AuditRow {
  return {
    account_id: random.integer(1, sizes.accounts),
    kind: random.pick(["debit", "credit", "fee"]),
    message: `transfer number ${random.integer(1, 1e9)} for the books`,
    amount: random.integer(1, 100_000) / 100,
    created_at: random.integer(1_600_000_000, 1_700_000_000),
  };
}

const searchTerms = [
  "branc",
  "dalm",
  "FEN",
  "gorl",
  "linst",
  "Marp",
  "polst",
  "stert",
  "torv",
  "valn",
  "quib",
  "wixa",
];

export function parameters(seed = 7): OperationParameters {
  const random = new Random(seed);
  const many = <T>(make: (index: number) => T): T[] =>
    Array.from({ length: parameterCount }, (_, index) => make(index));
  const bulks = Array.from({ length: 4 }, () =>
    Array.from({ length: 1000 }, () => auditRow(random)),
  );
  // Each comes twice before the list begins again, with other values: SQLite writes no page for what is there already.
  const accounts = Array.from({ length: parameterCount / 2 }, () =>
    random.integer(1, sizes.accounts),
  );
  return {
    byKey: many(() => [random.integer(1, sizes.customers)]),
    page: many(() => [random.integer(0, 19) * 50]),
    search: many(() => [random.pick(searchTerms)]),
    tree: many(() => [random.integer(1, sizes.orders)]),
    aggregate: many(() => {
      const after = random.integer(0, sizes.orders - 60);
      return [after, after + 50];
    }),
    update: many((index) => [
      accounts[index % accounts.length]!,
      random.integer(1, 1_000_000),
      random.integer(1, 1000),
    ]),
    transaction: many(() => {
      // The lower account first: two transactions in flight then never wait for each other in a circle.
      const from = random.integer(1, sizes.accounts - 1);
      return [
        from,
        random.integer(from + 1, sizes.accounts),
        random.integer(1, 100),
        auditRow(random),
      ];
    }),
    insert: many(() => [auditRow(random)]),
    bulk: many((index) => [bulks[index & 3]!]),
  };
}
