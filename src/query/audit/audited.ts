/** What of a table's rows an audit trail holds. */

import { isSealed } from "../../ast/sealed.ts";
import { ConfigError } from "../../core/error.ts";
import type { RowOf, TableInfo, WritableTable } from "../../schema/table.ts";
import { toJson } from "../rows/json.ts";
import type { AnyRow } from "../watch/watchers.ts";
import { tableOfWrite } from "../write/write.ts";

/** What stands for a value that isn't told. */
const MASK = "***";

export interface AuditedOptions<Key extends string> {
  /** Columns that the trail says nothing of, as if they weren't there. */
  readonly except?: readonly Key[];
  /** Columns of which the trail tells that they have or change a value, and not which. Encrypted ones are among them. */
  readonly mask?: readonly Key[];
  /** Encrypted columns whose values the trail tells, in the clear. Default: none, they are masked. */
  readonly reveal?: readonly Key[];
}

/** A table whose writes are audited, and how its columns are told. */
export class AuditedTable {
  readonly table: TableInfo;
  readonly #told: readonly (readonly [key: string, isMasked: boolean])[];

  constructor(table: TableInfo, { except = [], mask = [], reveal = [] }: AuditedOptions<string>) {
    const unknown = [...except, ...mask, ...reveal].find((key) => table.column(key) === undefined);
    if (unknown !== undefined) {
      throw new ConfigError(`Table "${table.table}" has no column "${unknown}" to leave out.`, {
        code: "E_SCHEMA",
      });
    }
    if (table.primaryKey.length === 0) {
      throw new ConfigError(
        `Table "${table.table}" has no primary key, by which an audit trail knows rows.`,
        { code: "E_SCHEMA", hint: "Declare one." },
      );
    }
    this.table = table;
    this.#told = table.columns
      .filter(({ key }) => !except.includes(key))
      .map(({ key, type }) => {
        const isMasked = mask.includes(key) || (isSealed(type) && !reveal.includes(key));
        return [key, isMasked] as const;
      });
  }

  /** All that is told of a row. */
  wholeRow(row: AnyRow): AnyRow {
    return this.#values(row, () => true);
  }

  /** What is told of a change: the columns that differ; undefined where none does. */
  changesOf(before: AnyRow, after: AnyRow): readonly [before: AnyRow, after: AnyRow] | undefined {
    const isOther = new Set(
      this.#told.filter(([key]) => !isSame(before[key], after[key])).map(([key]) => key),
    );
    if (isOther.size === 0) return undefined;
    const has = (key: string): boolean => isOther.has(key);
    return [this.#values(before, has), this.#values(after, has)];
  }

  #values(row: AnyRow, isTold: (key: string) => boolean): AnyRow {
    return Object.fromEntries(
      this.#told.flatMap(([key, isMasked]) => {
        if (!isTold(key)) return [];
        const value = row[key];
        return [[key, isMasked && value !== null ? MASK : toJson(value)]];
      }),
    );
  }
}

/** Of two values that were read from one column. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  return JSON.stringify(toJson(one)) === JSON.stringify(toJson(other));
}

/**
 * A table whose writes are audited, with columns that the trail leaves out or masks.
 *
 * @throws {ConfigError} `E_SCHEMA` for a table without a primary key, or a column that it doesn't have.
 * @example
 * audit: { table: log, tables: [posts, audited(users, { except: ["passwordHash"], mask: ["phone"] })] }
 */
export function audited<T extends WritableTable>(
  table: T,
  options: AuditedOptions<keyof RowOf<T> & string> = {},
): AuditedTable {
  return new AuditedTable(tableOfWrite(table), options);
}
