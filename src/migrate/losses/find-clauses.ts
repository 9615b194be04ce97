/** What columns lose that a migration says anew, as the MySQL family does to change one: clauses that no declaration tells. */

import type { Lexis, ScriptStatement } from "../../dialect/text/split-script.ts";
import { isAllowed } from "../lint/allowed.ts";
import { ddlOf } from "../lint/ddl.ts";
import type { Loss } from "./find-losses.ts";

/** What is lost and may be meant so: the rule that comments allow it by. */
export const CLAUSE_LOSS = "MY109";

export interface ColumnClause {
  readonly table: string;
  readonly column: string;
  /** Such as `on update current_timestamp`. */
  readonly clause: string;
}

/** What a statement takes from the columns that it says anew. */
export function clausesLost(
  text: string,
  clauses: readonly ColumnClause[],
  lexis: Lexis,
): ColumnClause[] {
  const ddl = ddlOf(text, lexis);
  if (ddl.kind !== "alterTable") return [];
  const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  return ddl.actions.flatMap((action) =>
    action.kind === "changeColumn"
      ? clauses.filter(
          ({ clause, column, table }) =>
            isSame(table, ddl.table) &&
            isSame(column, action.from) &&
            !action.column.clauses.includes(clause),
        )
      : [],
  );
}

/** Those that a comment before the statement or at the head of the file allows are left out. */
export function findClauseLosses(
  statements: readonly Pick<ScriptStatement, "lead" | "line" | "text">[],
  clauses: readonly ColumnClause[],
  lexis: Lexis,
): Loss[] {
  const head = statements[0]?.lead ?? "";
  return statements.flatMap(({ lead, line, text }): Loss[] => {
    if (isAllowed(CLAUSE_LOSS, lead) || isAllowed(CLAUSE_LOSS, head)) return [];
    const lost = clausesLost(text, clauses, lexis);
    const parts = lost.map(({ clause, column }) => `${clause} of ${column}`);
    return lost.length === 0 ? [] : [{ table: lost[0]!.table, parts, line }];
  });
}
