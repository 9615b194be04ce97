/** A plan as SQL: for a database to run, and for people to read. */

import { renderChange, type Dialect, type RenderOptions } from "../dialect/dialect.ts";
import type { Hazard } from "../dialect/server/migration.ts";
import type { Plan, Step } from "./diff/plan.ts";

export interface PlannedStatement {
  /** Without a semicolon. */
  readonly text: string;
  readonly hazards: readonly Hazard[];
}

export interface RenderedPlan {
  readonly statements: readonly PlannedStatement[];
  readonly hazards: readonly Hazard[];
  /** Whether foreign keys must rest while it runs, as tables are made anew. */
  readonly isRebuild: boolean;
  /** Whether each statement must stand alone, as one of them is refused in a transaction. */
  readonly isOutsideTransaction: boolean;
}

function renderStep(dialect: Dialect, step: Step, options: RenderOptions): PlannedStatement[] {
  return renderChange(dialect, step.change, options).map((text, at) => ({
    text,
    hazards: at === 0 ? step.hazards : [],
  }));
}

export function renderPlan(
  { steps, hazards }: Plan,
  dialect: Dialect,
  options: RenderOptions = {},
): RenderedPlan {
  const has = (...kinds: readonly string[]): boolean =>
    steps.some(({ change }) => kinds.includes(change.kind));
  const isConcurrent = dialect.can.concurrentIndexes && options.hasConcurrentIndexes === true;
  return {
    statements: steps.flatMap((step) => renderStep(dialect, step, options)),
    hazards,
    isRebuild: dialect.migrations.rebuild !== undefined && has("dropTable"),
    isOutsideTransaction: isConcurrent && has("createIndex", "dropIndex"),
  };
}

export interface FileOptions {
  /** What the way here lost, of which this is the way back. */
  readonly lost?: readonly Hazard[];
}

const WORDS = {
  lossy: "LOSSY",
  failing: "MAY FAIL",
  breaking: "BREAKING",
  locking: "LOCKS",
} as const;

/** A comment of one line, whatever names stand in it. */
function comment(text: string): string {
  return `-- ${text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")}`;
}

function hazardLine({ id, kind, message }: Hazard): string {
  return comment(`${WORDS[kind]} ${id}: ${message}`);
}

/** The text of a file for people to review: formatted, with what there is to know as comments. */
export function writeSqlFile(plan: RenderedPlan, { lost = [] }: FileOptions = {}): string {
  const told = new Set(plan.statements.flatMap(({ hazards }) => hazards));
  const head = [
    ...(plan.isRebuild ? ["-- plinth: rebuild"] : []),
    ...(plan.isOutsideTransaction ? ["-- plinth: no-transaction"] : []),
    ...lost.map(({ id, message }) =>
      comment(`IRREVERSIBLE ${id}: the way here ${message}; they do not come back`),
    ),
    ...plan.hazards.filter((hazard) => !told.has(hazard)).map(hazardLine),
  ];
  const parts = plan.statements.map(({ hazards, text }) =>
    [...hazards.map(hazardLine), `${text};`].join("\n"),
  );
  if (parts.length === 0) return "";
  return `${[...(head.length > 0 ? [head.join("\n")] : []), ...parts].join("\n\n")}\n`;
}
