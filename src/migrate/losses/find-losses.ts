/** What tables lose that a migration makes anew: what the migration doesn't know of them, and doesn't have either. */

import type { MigrationRules } from "../../dialect/server/migration.ts";
import type { TablePart } from "../../dialect/server/migration-facts.ts";
import type { ScriptStatement } from "../../dialect/text/split-script.ts";
import { isAllowed } from "../lint/allowed.ts";
import type { Remade, TableText, TableTexts } from "./table-texts.ts";

/** What is lost and may be meant so: the rule that comments allow it by. */
export const LOSS = "LT105";

export interface Loss {
  /** As it is called before. */
  readonly table: string;
  /** Each in a few words. */
  readonly parts: readonly string[];
  /** What makes the table anew. */
  readonly line: number;
}

export interface LossSource {
  readonly migration: MigrationRules;
  readonly statements: readonly Pick<ScriptStatement, "lead" | "line" | "text">[];
  /** The tables that are there; the statements are applied to them. */
  readonly tables: TableTexts;
  /**
   * What makes a table as the migration expects it, by its name in small letters. Where nobody knows, what a declaration can say
   * is taken for meant.
   */
  expected(table: string): string | undefined;
}

interface Known {
  has(part: TablePart): boolean;
  hasKey(key: string): boolean;
}

function knownOf(parts: readonly TablePart[]): Known {
  const keys = new Set(parts.flatMap((part) => part.keys));
  return { has: (part) => part.keys.some((key) => keys.has(key)), hasKey: (key) => keys.has(key) };
}

function partsLost(
  { before, after }: Remade,
  { expected, migration, tables }: LossSource,
): TablePart[] {
  const partsOf = (text: string, { columns }: TableText): readonly TablePart[] =>
    migration.partsOf!(text, {
      table: tables.nameOf,
      column: (name) => columns.get(name) ?? name,
    });
  const made = knownOf(partsOf(after.text, after));
  const text = expected(before.origin);
  const known = text === undefined ? undefined : knownOf(partsOf(text, before));
  return partsOf(before.text, before).filter((part) => {
    if (made.has(part)) return false;
    // It goes with what it belongs to.
    if (part.of !== undefined && !made.hasKey(part.of)) return false;
    return known === undefined ? !part.isDeclarable : !known.has(part);
  });
}

/** Those that a comment before the statement or at the head of the file allows are left out. */
export function findLosses(source: LossSource): Loss[] {
  const { statements, tables } = source;
  const head = statements[0]?.lead ?? "";
  return statements.flatMap(({ text }): Loss[] => {
    const remade = tables.apply(text);
    if (remade === undefined) return [];
    const { lead, line } = statements[remade.after.madeBy!]!;
    if (isAllowed(LOSS, lead) || isAllowed(LOSS, head)) return [];
    const lost = partsLost(remade, source);
    if (lost.length === 0) return [];
    const parts = new Set(lost.map((part) => part.text));
    return [{ table: remade.before.origin, parts: [...parts], line }];
  });
}
