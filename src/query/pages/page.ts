/** Pages by their numbers. */

import { nodeOf, SubqueryNode } from "../../ast/expression.ts";
import type { SelectStatement } from "../../ast/statement.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { PlanNode } from "../../dialect/server/explain.ts";
import { explain, type ExplainOptions } from "../read/explain.ts";
import { runRow, type RowsBeside, type Scope } from "../run.ts";
import { Runnable } from "../runnable.ts";
import { toSql, type SqlText } from "../read/sql-text.ts";
import { countOf } from "../read/count.ts";
import { rowCount } from "../statement.ts";
import { stableOrder } from "./key-terms.ts";

/** A page of a query's rows. */
export interface Page<Row> {
  readonly items: Row[];
  /** How many rows the query has. */
  readonly total: number;
  /** The number of this page, from 1. */
  readonly page: number;
  /** How many pages there are; 0 where there is no row. */
  readonly pages: number;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Whose pages they are. */
export interface PageSource {
  readonly scope: Scope;
  readonly statement: SelectStatement;
  /** Reads rows, and what belongs to them. */
  readonly read: (scope: Scope, statement: SelectStatement) => Promise<RowsBeside>;
}

export interface PageOptions {
  /** How many rows a page has, 1 or more. */
  readonly size: number;
}

/** @throws {InvalidValueError} */
export function requireSize(size: unknown, method: string): asserts size is number {
  if (Number.isSafeInteger(size) && (size as number) >= 1) return;
  throw new InvalidValueError(`The size of ${method}() is a whole number of rows, 1 or more.`);
}

function countOfValue(clause: SelectStatement["limit"]): number | undefined {
  const node = clause && nodeOf(clause);
  return node?.kind === "value" ? Number(node.value) : undefined;
}

/** One page, or, iterated, that page and those that follow. */
export class PageRead<Row> extends Runnable<Page<Row>> implements AsyncIterable<Page<Row>> {
  readonly #source: PageSource;
  readonly #page: number;
  readonly #size: number;

  constructor(source: PageSource, page: number, { size }: PageOptions) {
    super();
    requireSize(size, "page");
    const isNumber = Number.isSafeInteger(page) && page >= 1;
    if (!isNumber || !Number.isSafeInteger(page * size)) {
      throw new InvalidValueError("The number of a page is a whole number, 1 or more.", {
        hint: "Pages count from 1.",
      });
    }
    this.#source = source;
    this.#page = page;
    this.#size = size;
  }

  /** How many rows of the query stand before the page. */
  get #before(): number {
    return (this.#page - 1) * this.#size;
  }

  /** The rows of the page, and beside each how many there are in all: one statement sees one state of the database. */
  get #statement(): SelectStatement {
    const query = this.#source.statement;
    const size = Math.max(
      0,
      Math.min(this.#size, (countOfValue(query.limit) ?? Infinity) - this.#before),
    );
    return {
      ...query,
      orderBy: stableOrder(query),
      limit: rowCount(size),
      offset: rowCount((countOfValue(query.offset) ?? 0) + this.#before),
      beside: [new SubqueryNode("value", countOf(query))],
    };
  }

  protected override async answer(): Promise<Page<Row>> {
    const { read, scope } = this.#source;
    const { beside, rows } = await read(scope, this.#statement);
    const total = rows.length > 0 ? Number(beside(0)[0]) : await this.#countApart();
    const pages = Math.ceil(total / this.#size);
    return {
      items: rows as Row[],
      total,
      page: this.#page,
      pages,
      hasNextPage: this.#page < pages,
      hasPreviousPage: this.#page > 1 && pages > 0,
    };
  }

  /** For a page behind the last. */
  async #countApart(): Promise<number> {
    if (this.#page === 1) return 0;
    const row = await runRow(this.#source.scope, countOf(this.#source.statement));
    return (row as { count: number }).count;
  }

  /** The pages from this one on, each read when it is asked for. Rows that come and go meanwhile shift the pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Page<Row>, void, undefined> {
    for (let number = this.#page; ; number++) {
      const page = await new PageRead<Row>(this.#source, number, { size: this.#size });
      if (page.items.length > 0) yield page;
      if (!page.hasNextPage) return;
    }
  }

  /** How the database goes about reading the page. */
  explain(options: ExplainOptions = {}): Promise<PlanNode> {
    return explain(this.#source.scope, this.#statement, options);
  }

  /** The SQL and the values that the driver gets. */
  toSql(): SqlText {
    return toSql(this.#source.scope, this.#statement);
  }
}
