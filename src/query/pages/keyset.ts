/** Pages that go on from a row. */

import { LogicNode, type AnyExpression } from "../../ast/expression.ts";
import type { SelectStatement } from "../../ast/statement.ts";
import { crypto } from "../../core/crypto.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { PlanNode } from "../../dialect/server/explain.ts";
import type { Plan } from "../plan.ts";
import { explain, type ExplainOptions } from "../read/explain.ts";
import { toSql, type SqlText } from "../read/sql-text.ts";
import type { Scope } from "../run.ts";
import { Runnable } from "../runnable.ts";
import { rowCount } from "../statement.ts";
import { asRows } from "./as-rows.ts";
import {
  QUERY_BYTES,
  readCursor,
  secretsOf,
  writeCursor,
  type CursorFormat,
  type CursorSecret,
} from "./cursor.ts";
import { keysetSegments } from "./key-condition.ts";
import { keyTermsOf, orderOf, readTerm, reversedTerms, type KeyTerm } from "./key-terms.ts";
import { requireSize, type PageSource } from "./page.ts";

/** A page of a query's rows, and the way to those beside it. */
export interface KeysetPage<Row> {
  readonly items: Row[];
  readonly hasNextPage: boolean;
  /** On the side that the cursor came from this is taken to be so: the cursor was a row's there. */
  readonly hasPreviousPage: boolean;
  /** For `after`; null where there is no next page. */
  readonly nextCursor: string | null;
  /** For `before`; null where there is no previous page. */
  readonly previousCursor: string | null;
}

export interface KeysetOptions {
  /** How many rows a page has, 1 or more. */
  readonly size: number;
  /** The `nextCursor` of a page; null and undefined begin at the first row. */
  readonly after?: string | null | undefined;
  /** The `previousCursor` of a page: the rows before it, in the same order. */
  readonly before?: string | null | undefined;
  /**
   * Signs cursors, so that none can be made up: 16 characters or more. Of several the first signs, and each is taken.
   * Default: `cursorSecret` of `connect`; without one cursors are not signed.
   */
  readonly secret?: CursorSecret | undefined;
  /** Says that no two rows are equal in the order, so that nothing is put behind it. Default false. */
  readonly unique?: boolean;
}

/** What is known before a cursor is read. */
interface Prepared {
  /** Open to a condition, without its order. */
  readonly query: SelectStatement;
  readonly format: CursorFormat;
}

const fingerprints = new WeakMap<Plan, Uint8Array>();

/** Tells queries apart by their text: the tables, the conditions and the order, whatever the values and what is selected. */
function fingerprintOf(
  scope: Scope,
  query: SelectStatement,
  terms: readonly KeyTerm[],
): Uint8Array {
  const statement: SelectStatement = {
    ...query,
    selection: {
      keys: terms.map((_, place) => `k${place}`),
      values: terms.map(({ expression }) => expression),
      source: undefined,
    },
    orderBy: orderOf(terms),
    lock: undefined,
    comment: undefined,
  };
  const plan = scope.plans.planOf(statement, []);
  let found = fingerprints.get(plan);
  if (found === undefined) {
    const hash = crypto().hash("sha256", plan.statement.text, "buffer");
    found = hash.subarray(0, QUERY_BYTES);
    fingerprints.set(plan, found);
  }
  return found;
}

/** One page, or, iterated, that page and those that follow it; with `before`, those that go before it. */
export class KeysetRead<Row>
  extends Runnable<KeysetPage<Row>>
  implements AsyncIterable<KeysetPage<Row>>
{
  readonly #source: PageSource;
  readonly #options: KeysetOptions;

  /** @param source With its order. */
  constructor(source: PageSource, options: KeysetOptions) {
    super();
    requireSize(options.size, "keyset");
    if (typeof options.after === "string" && typeof options.before === "string")
      throw new InvalidValueError("keyset() takes `after` or `before`, not both.");
    this.#source = source;
    this.#options = options;
  }

  get #isBackward(): boolean {
    return typeof this.#options.before === "string";
  }

  #prepare(): Prepared {
    const { secret, unique = false } = this.#options;
    const { scope, statement } = this.#source;
    const query = asRows(statement);
    const terms = keyTermsOf(query, unique);
    const own = secret === undefined ? undefined : secretsOf(secret);
    const secrets = own ?? scope.plans.engine.cursorSecrets;
    return { query, format: { terms, secrets, query: fingerprintOf(scope, query, terms) } };
  }

  /** What is read, one after the other, until the page is full. */
  #statements({ format, query }: Prepared): readonly SelectStatement[] {
    const { after, before, size } = this.#options;
    const terms = this.#isBackward ? reversedTerms(format.terms) : format.terms;
    const cursor = before ?? after ?? undefined;
    const segments =
      cursor === undefined ? [undefined] : keysetSegments(terms, readCursor(format, cursor));
    return segments.map((segment) => ({
      ...query,
      where: both(query.where, segment),
      orderBy: orderOf(terms),
      // One more tells whether there are others behind them.
      limit: rowCount(size + 1),
      beside: terms.map(readTerm),
    }));
  }

  protected override async answer(): Promise<KeysetPage<Row>> {
    const prepared = this.#prepare();
    const { read, scope } = this.#source;
    const { size } = this.#options;
    const rows: unknown[] = [];
    const keys: (() => unknown[])[] = [];
    for (const statement of this.#statements(prepared)) {
      const limit = rowCount(size + 1 - rows.length);
      const found = await read(scope, { ...statement, limit });
      found.rows.forEach((row, index) => {
        rows.push(row);
        keys.push(() => found.beside(index));
      });
      if (rows.length > size) break;
    }
    return this.#pageOf(prepared.format, rows as Row[], keys);
  }

  #pageOf(
    format: CursorFormat,
    rows: readonly Row[],
    keys: readonly (() => unknown[])[],
  ): KeysetPage<Row> {
    const { after, size } = this.#options;
    const items = rows.slice(0, size);
    const hasMore = rows.length > size;
    const cameFrom = items.length > 0 && (this.#isBackward || typeof after === "string");
    const cursor = (place: number): string => writeCursor(format, keys[place]!());
    const onward = hasMore ? cursor(size - 1) : null;
    const back = cameFrom ? cursor(0) : null;
    const [nextCursor, previousCursor] = this.#isBackward ? [back, onward] : [onward, back];
    return {
      items: this.#isBackward ? items.reverse() : items,
      hasNextPage: nextCursor !== null,
      hasPreviousPage: previousCursor !== null,
      nextCursor,
      previousCursor,
    };
  }

  /**
   * The pages from this one on, each read when it is asked for, from its last row on: every row that is there throughout
   * comes once, whatever is written meanwhile.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<KeysetPage<Row>, void, undefined> {
    let options = this.#options;
    for (;;) {
      const page = await new KeysetRead<Row>(this.#source, options);
      if (page.items.length > 0) yield page;
      const cursor = this.#isBackward ? page.previousCursor : page.nextCursor;
      if (cursor === null) return;
      options = { ...options, [this.#isBackward ? "before" : "after"]: cursor };
    }
  }

  /** How the database goes about reading the page. */
  async explain(options: ExplainOptions = {}): Promise<PlanNode> {
    return explain(this.#source.scope, this.#first, options);
  }

  /** The SQL and the values that the driver gets; where a NULL comes next, those of what is read first. */
  toSql(): SqlText {
    return toSql(this.#source.scope, this.#first);
  }

  get #first(): SelectStatement {
    const prepared = this.#prepare();
    const [first = { ...prepared.query, limit: rowCount(0) }] = this.#statements(prepared);
    return first;
  }
}

function both(
  one: AnyExpression | undefined,
  other: AnyExpression | undefined,
): AnyExpression | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return new LogicNode("and", [one, other]);
}
