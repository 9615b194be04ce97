/**
 * What a statement means, told by SQLite itself: the columns by its own statements, and whether they can be NULL by the
 * program that it makes of the text, which is run here without data.
 *
 * A column's values are taken to be of its declared type: SQLite itself would keep anything anywhere.
 */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { QueryError, UnsupportedError } from "../../../core/error.ts";
import type {
  DescribeContext,
  DescribedColumn,
  Description,
  OpenDescribe,
} from "../../../dialect/server/description.ts";
import type { CatalogueRow } from "../../../dialect/server/introspector.ts";
import {
  parseParameters,
  withPlaceholders,
  type ParameterText,
} from "../../../dialect/text/parameters.ts";
import { splitScript } from "../../../dialect/text/split-script.ts";
import { SqliteConnection, type StatementColumn } from "../connection/driver-node.ts";
import { SQLITE_LEXIS } from "../lexis.ts";
import { UnknownInstructionError } from "./cursors.ts";
import { interpret, type Outcome } from "./interpret.ts";
import { readProgram } from "./program.ts";
import { refusedBySqlite } from "./refusal.ts";
import { readTables, type Tables } from "./tables.ts";
import { touchedTables } from "./touched.ts";
import { BLOB, INTEGER, NULL, NUMERIC, TEXT, type Value } from "./values.ts";

const placeholder = (at: number): string => `?${at + 1}`;

const NOTHING_KNOWN: Outcome = { columns: undefined, meanings: new Map() };

function typeOfKinds(kinds: number): LogicalType | undefined {
  const own = kinds & ~NULL;
  if (own === INTEGER) return { kind: "bigint", mode: "number" };
  if (own !== 0 && (own & ~NUMERIC) === 0) return { kind: "double" };
  if (own === TEXT) return { kind: "text", length: undefined };
  return own === BLOB ? { kind: "bytes", length: undefined } : undefined;
}

function typeOfValue({ kinds, type }: Value): LogicalType | undefined {
  return type === "unclear" ? undefined : (type ?? typeOfKinds(kinds));
}

class Describer {
  readonly #connection: SqliteConnection;
  readonly #ask: DescribeContext["ask"];
  readonly #tables: Tables;

  constructor(connection: SqliteConnection, ask: DescribeContext["ask"], tables: Tables) {
    this.#connection = connection;
    this.#ask = ask;
    this.#tables = tables;
  }

  async describe(written: string): Promise<Description> {
    // SQLite leaves out what follows the first statement.
    if (splitScript(written, SQLITE_LEXIS).length !== 1)
      throw new QueryError("E_SYNTAX", "The text isn't one statement.");
    const parsed = parseParameters(written, SQLITE_LEXIS);
    const text = withPlaceholders(parsed, placeholder);
    const columns = this.#columnsOf(text, parsed);
    const rows = await this.#ask(`explain ${text}`);
    const { columns: values, meanings } = this.#run(rows);
    return {
      parameters: parsed.names.map((name, at) => ({
        name,
        type: meanings.get(at + 1),
      })),
      columns: columns.map((column, at) => this.#describeColumn(column, values?.[at])),
      ...touchedTables(rows, this.#tables),
    };
  }

  #columnsOf(text: string, parsed: ParameterText): readonly StatementColumn[] {
    const prepare = (changed: string): readonly StatementColumn[] =>
      this.#connection.describe(changed);
    try {
      return prepare(text);
    } catch (error) {
      throw refusedBySqlite(error, text, prepare, parsed, placeholder);
    }
  }

  #run(rows: readonly CatalogueRow[]): Outcome {
    try {
      return interpret(readProgram(rows), this.#tables);
    } catch (error) {
      if (error instanceof UnknownInstructionError) return NOTHING_KNOWN;
      throw error;
    }
  }

  #describeColumn(
    { name, table, column }: StatementColumn,
    value: Value | undefined,
  ): DescribedColumn {
    const origin =
      table === null || column === null ? undefined : { schema: undefined, table, column };
    const declared = origin && this.#tables.types.get(`${origin.table}.${origin.column}`);
    return {
      name,
      type: declared ?? (value && typeOfValue(value)),
      isNullable: value === undefined || (value.kinds & NULL) !== 0,
      origin,
    };
  }
}

export const openDescribe: OpenDescribe = async ({ connection, ask, model }) => {
  if (!(connection instanceof SqliteConnection)) {
    throw new UnsupportedError({
      dialect: "SQLite",
      feature: "describing statements over another driver",
      instead: "Describe them on a connection of this package.",
    });
  }
  const describer = new Describer(connection, ask, await readTables(ask, model));
  return (text) => describer.describe(text);
};
