import type { LogicalType } from "../../ast/logical-type.ts";
import type { TableInfo } from "../../schema/table.ts";
import type { StatementKind } from "./kind.ts";
import type { CheckedText } from "./text.ts";

/** What a statement is, whatever its values. */
export interface CheckedSource {
  readonly text: CheckedText;
  readonly kind: StatementKind;
  /** By the places of the text's parameters; undefined where only JavaScript tells. */
  readonly types: readonly (LogicalType | undefined)[];
  /** The keys of its rows, and their types. */
  readonly columns: readonly (readonly [key: string, type: LogicalType | undefined])[];
  /** The tables that it writes, of those that are declared. */
  readonly tables: readonly TableInfo[];
  /** By their names in the database; undefined where nobody can tell. */
  readonly reads: readonly string[] | undefined;
  readonly writes: readonly string[] | undefined;
}

/** What reads by its words may call a function that writes. */
export function mayWrite({ kind, writes }: CheckedSource): boolean {
  return kind !== "read" || (writes !== undefined && writes.length > 0);
}
