/** A few rows of a table, as the database keeps them. */

import type { LogicalType } from "../../ast/logical-type.ts";
import { ConfigError } from "../../core/error.ts";
import { inspect } from "../../connect/inspect.ts";
import type { Answer, Session } from "../../connect/session.ts";
import { withSession } from "../../connect/with-session.ts";
import { quoteName } from "../../dialect/sql/writer.ts";
import type { Database } from "../../query/database.ts";
import { placeName } from "../../schema/describe.ts";
import { findNamed, schemasFor, sourceText } from "./tables.ts";

export interface RowsOptions {
  readonly limit: number;
  readonly offset: number;
  /** Columns with the texts that they are to equal, which the database reads as values of theirs. */
  readonly where: readonly { readonly column: string; readonly value: string | null }[];
  readonly notNull: readonly string[];
  readonly order: readonly { readonly column: string; readonly isDescending: boolean }[];
  /** Default: all. */
  readonly columns: readonly string[] | undefined;
}

export interface FoundRows {
  readonly columns: readonly string[];
  readonly rows: readonly Answer[];
  /** Whether there are more behind them. */
  readonly hasMore: boolean;
}

function numberOf(cell: bigint | string): unknown {
  if (typeof cell === "bigint" || /^-?\d+$/.test(cell)) {
    const whole = BigInt(cell);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  const value = Number(cell);
  return Number.isFinite(value) ? value : cell;
}

function jsonOf(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

/** What a driver has only as text becomes what it is, and what doesn't fit its type stays what it is. */
function shownAs(cell: unknown, type: LogicalType | undefined): unknown {
  const kind = type?.kind;
  if (kind === "boolean" && /^(?:[tf01]|true|false)$/.test(String(cell)))
    return /^(?:t|1)/.test(String(cell));
  if (typeof cell === "bigint") return numberOf(cell);
  if (typeof cell !== "string") return cell;
  if (kind === "integer" || kind === "bigint" || kind === "double") return numberOf(cell);
  if (kind === "json") return jsonOf(cell);
  // PostgreSQL's own writing of bytes.
  if (kind === "bytes" && /^\\x(?:[\da-f]{2})*$/.test(cell))
    return Buffer.from(cell.slice(2), "hex");
  return cell;
}

function conditionsOf(
  { where, notNull }: RowsOptions,
  quoted: (column: string) => string,
  { dialect }: Session,
): { readonly text: string; readonly values: string[] } {
  const values: string[] = [];
  const parts = where.map(({ column, value }) => {
    if (value === null) return `${quoted(column)} is null`;
    values.push(value);
    return `${quoted(column)} = ${dialect.spelling.placeholder(values.length)}`;
  });
  parts.push(...notNull.map((column) => `${quoted(column)} is not null`));
  return { text: parts.length === 0 ? "" : ` where ${parts.join(" and ")}`, values };
}

/** @throws {ConfigError} for a table or a column that isn't there, before anything else is asked. */
export function readRows(db: Database, name: string, options: RowsOptions): Promise<FoundRows> {
  return withSession(db, async (session) => {
    const { model } = await inspect(session, { hasHistories: true, ...schemasOption(name) });
    const all = [...model.tables, ...(model.views ?? [])].map((one) => ({
      name: placeName(one, one.name),
      model: one,
    }));
    const table = findNamed(all, name, "table or view").model;
    const { quote } = session.dialect.spelling;
    const quoted = (column: string): string =>
      quoteName(findNamed(table.columns, column, `column in ${name}`).name, quote);
    const key = "primaryKey" in table ? table.primaryKey?.columns : undefined;
    const order =
      options.order.length > 0
        ? options.order
        : (key ?? []).map((column) => ({ column, isDescending: false }));
    const columns = options.columns ?? table.columns.map((column) => column.name);
    const condition = conditionsOf(options, quoted, session);
    const sorted = order
      .map(({ column, isDescending }) => `${quoted(column)}${isDescending ? " desc" : ""}`)
      .join(", ");
    const found = await session.cells(
      `select ${columns.map(quoted).join(", ")} from ${sourceText(session, table)}${condition.text}${
        sorted === "" ? "" : ` order by ${sorted}`
      } limit ${options.limit + 1} offset ${options.offset}`,
      condition.values,
    );
    const types = columns.map(
      (column) => table.columns.find(({ name: own }) => own === column)?.type,
    );
    const rows = found
      .slice(0, options.limit)
      .map((cells) =>
        Object.fromEntries(columns.map((column, at) => [column, shownAs(cells[at], types[at])])),
      );
    return { columns, rows, hasMore: found.length > options.limit };
  });
}

function schemasOption(name: string): { schemas?: readonly string[] } {
  const { schemas } = schemasFor(name, {});
  return schemas === undefined ? {} : { schemas };
}

/** Of `column=value`. */
export function conditionOf(text: string): { readonly column: string; readonly value: string } {
  const at = text.indexOf("=");
  if (at > 0) return { column: text.slice(0, at), value: text.slice(at + 1) };
  throw new ConfigError(`--where takes column=value, and not ${JSON.stringify(text)}.`, {
    hint: "For NULL there are --null column and --not-null column.",
  });
}
