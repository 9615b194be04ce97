/** The contract of describing: what a database says of a statement that it doesn't run. */

import type { LogicalType } from "../../ast/logical-type.ts";
import { DbError, type ErrorCode } from "../../core/error.ts";
import type { Model } from "../../schema/model.ts";
import type { Connection } from "../driver.ts";
import type { CatalogueRow } from "./introspector.ts";

export interface DescribedParameter {
  /** Without its colon; of `$1` and `?` the number, from 1. */
  readonly name: string;
  /** Undefined where the database can't tell. */
  readonly type: LogicalType | undefined;
}

export interface TableOrigin {
  /** Undefined for the connection's own. */
  readonly schema: string | undefined;
  readonly table: string;
}

/** A column of a table. */
export interface ColumnOrigin extends TableOrigin {
  readonly column: string;
}

export interface DescribedColumn {
  readonly name: string;
  /** Undefined where the database can't tell. */
  readonly type: LogicalType | undefined;
  /** False is certain: no row ever has NULL there. */
  readonly isNullable: boolean;
  /** The column that it is, where it is one and nothing is done to it. */
  readonly origin: ColumnOrigin | undefined;
}

export interface Description {
  /** In the order of their first places. */
  readonly parameters: readonly DescribedParameter[];
  /** Empty for a statement that gives no rows. */
  readonly columns: readonly DescribedColumn[];
  /**
   * The tables whose rows it reads, those behind views and foreign keys among them, sorted; one that it writes too is in
   * `writes` alone. Undefined where the database can't tell.
   */
  readonly reads?: readonly TableOrigin[] | undefined;
  /** The tables whose rows it changes, by triggers and foreign keys, too. Undefined where the database can't tell. */
  readonly writes?: readonly TableOrigin[] | undefined;
}

/** Each once, sorted. */
export function sortedTables(tables: Iterable<TableOrigin>): readonly TableOrigin[] {
  const keyOf = ({ schema = "", table }: TableOrigin): string => `${schema}.${table}`;
  const byKey = new Map([...tables].map((table) => [keyOf(table), table]));
  return [...byKey.keys()].toSorted().map((key) => byKey.get(key)!);
}

/** As the description tells them: what is written isn't among what is read. */
export function readBeside(
  reads: Iterable<TableOrigin>,
  writes: readonly TableOrigin[],
): readonly TableOrigin[] {
  return sortedTables(reads).filter(
    ({ schema, table }) => !writes.some((one) => one.table === table && one.schema === schema),
  );
}

export interface DescribeContext {
  /** What the database holds. */
  readonly model: Model;
  /** Of a database in this process, on which nothing else is under way. */
  readonly connection: Connection;
  /** Runs a query that stands as it is, and gives rows by the names of columns. */
  ask(text: string): Promise<readonly CatalogueRow[]>;
}

/** What a database says of a statement that it refuses. */
export interface Refusal {
  /** In the server's own words. They quote the statement, and no data, as there was none. */
  readonly words: string;
  /** What the server thinks that was meant. */
  readonly advice?: string | undefined;
  /** The piece of the text that is meant, where that is known. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

export class RefusedStatementError extends DbError {
  override readonly code: ErrorCode;
  readonly refusal: Refusal;

  /** @param error Ours for the server's. */
  constructor(error: DbError, refusal: Refusal) {
    super(error.message, { cause: error });
    this.code = error.code;
    this.refusal = refusal;
  }
}

/**
 * @throws {RefusedStatementError} for a statement that the database refuses: it is wrong, then, or of no use to a program.
 */
export type Describe = (text: string) => Promise<Description>;

/** Reads what it needs to know of the tables, which must stay as they are from then on. */
export type OpenDescribe = (context: DescribeContext) => Promise<Describe>;
