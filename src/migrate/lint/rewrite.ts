/** SQL that does the same in a safe way, for rules that can tell it. */

import type { Lexis } from "../../dialect/text/split-script.ts";
import { constraintName } from "../../schema/model.ts";
import type { KnownTables } from "./catalog-state.ts";
import type { RuleId } from "./catalogue.ts";
import { statementTokens } from "./cursor.ts";
import type { Action, Ddl } from "./ddl.ts";
import type { ConstraintDefinition } from "./definitions.ts";

/** A migration of its own. */
export interface RewriteStep {
  /** When it is its turn. */
  readonly note?: string;
  readonly sql: string;
}

interface RewriteContext {
  readonly known: KnownTables;
  readonly lexis: Lexis;
}

interface Given {
  readonly text: string;
  readonly ddl: Ddl;
}

const ALONE = "-- plinth: no-transaction\n";
const NEXT = "in the next migration:";

/** As it was written, where that needs no quotes. */
function named(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** `alter table users`, and what is behind it. */
function splitAlter({ text }: Given, lexis: Lexis): { head: string; tail: string } | undefined {
  const tokens = statementTokens(text, lexis);
  let at = tokens[0]?.value === "alter" && tokens[1]?.value === "table" ? 2 : 0;
  if (at === 0) return undefined;
  if (tokens[at]?.value === "if") at += 2;
  if (tokens[at]?.value === "only" && tokens[at]?.kind === "word") at++;
  while (tokens[at + 1]?.value === ".") at += 2;
  const end = tokens[at]?.end;
  return end === undefined ? undefined : { head: text.slice(0, end), tail: text.slice(end).trim() };
}

/** The action of a statement that has no other. */
function onlyAction({ ddl }: Given): Action | undefined {
  return ddl.kind === "alterTable" && ddl.actions.length === 1 ? ddl.actions[0] : undefined;
}

function withWord({ text }: Given, lexis: Lexis, behind: string, word: string): string {
  const token = statementTokens(text, lexis).find(
    ({ kind, value }) => kind === "word" && value === behind,
  );
  return token === undefined ? text : `${text.slice(0, token.end)} ${word}${text.slice(token.end)}`;
}

function plainTable({ ddl }: Given): string {
  return "table" in ddl ? ddl.table.split(".").at(-1)! : "";
}

/** Without looking at the rows first, and by the name by which they are looked at then. */
function validatedLater(given: Given, { lexis }: RewriteContext): RewriteStep[] | undefined {
  const action = onlyAction(given);
  const parts = splitAlter(given, lexis);
  if (action?.kind !== "addConstraint" || parts === undefined) return undefined;
  const { columns, name, of } = action.constraint;
  const own = name ?? constraintName(plainTable(given), columns, suffixOf(action.constraint));
  const body = parts.tail.replace(/^add\s+/i, "");
  const constraint = name === undefined ? `constraint ${named(own)} ${body}` : body;
  if (of !== "check" && of !== "foreign key") return undefined;
  return [
    { sql: `${parts.head} add ${constraint} not valid;` },
    { note: NEXT, sql: `${parts.head} validate constraint ${named(own)};` },
  ];
}

function suffixOf({ of }: ConstraintDefinition): string {
  return of === "foreign key" ? "fkey" : of === "unique" ? "unique" : "check";
}

function notNullByCheck(given: Given, { lexis }: RewriteContext): RewriteStep[] | undefined {
  const action = onlyAction(given);
  const parts = splitAlter(given, lexis);
  if (action?.kind !== "setNotNull" || parts === undefined) return undefined;
  const column = named(action.column);
  const check = named(constraintName(plainTable(given), [action.column], "not_null"));
  const { head } = parts;
  return [
    { sql: `${head} add constraint ${check} check (${column} is not null) not valid;` },
    { note: NEXT, sql: `${head} validate constraint ${check};` },
    {
      note: "and in the one behind it, which need not look at the rows again:",
      sql: `${head} alter column ${column} set not null;\n${head} drop constraint ${check};`,
    },
  ];
}

function uniqueByIndex(given: Given, { lexis }: RewriteContext): RewriteStep[] | undefined {
  const action = onlyAction(given);
  const parts = splitAlter(given, lexis);
  if (action?.kind !== "addConstraint" || parts === undefined) return undefined;
  const { columns, name } = action.constraint;
  const own = named(name ?? constraintName(plainTable(given), columns, "unique"));
  const table = parts.head.replace(/^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?/i, "");
  return [
    {
      sql: `${ALONE}create unique index concurrently ${own} on ${table} (${columns.map(named).join(", ")});`,
    },
    { note: NEXT, sql: `${parts.head} add constraint ${own} unique using index ${own};` },
  ];
}

/** Programs of before and after run beside one another while it lasts. */
function expandAndContract(given: Given, context: RewriteContext): RewriteStep[] | undefined {
  const action = onlyAction(given);
  const parts = splitAlter(given, context.lexis);
  if (parts === undefined || given.ddl.kind !== "alterTable") return undefined;
  const known = context.known.get(given.ddl.table)?.columns;
  const [from, to, type] =
    action?.kind === "renameColumn"
      ? [action.column, action.to, known?.get(action.column)?.type]
      : action?.kind === "changeColumn"
        ? [action.from, action.column.name, action.column.type]
        : [];
  if (from === undefined || to === undefined || type === undefined) return undefined;
  const { head } = parts;
  const table = head.replace(/^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?/i, "");
  return [
    { note: "for programs that write both:", sql: `${head} add column ${named(to)} ${type};` },
    {
      note: "once all of them do, in batches:",
      sql: `update ${table} set ${named(to)} = ${named(from)} where ${named(to)} is null;`,
    },
    {
      note: "once none reads the old one:",
      sql: `${head} drop column ${named(from)};`,
    },
  ];
}

function viewOfOldName(given: Given, { lexis }: RewriteContext): RewriteStep[] | undefined {
  const action = onlyAction(given);
  const parts = splitAlter(given, lexis);
  if (action?.kind !== "renameTable" || parts === undefined) return undefined;
  const old = parts.head.replace(/^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?/i, "");
  const [schema] = old.includes(".") ? [old.slice(0, old.lastIndexOf(".") + 1)] : [""];
  return [
    {
      note: "with the old name for programs that know it:",
      sql: `${given.text};\ncreate view ${old} as select * from ${schema}${named(action.to)};`,
    },
    { note: "once none does:", sql: `drop view ${old};` },
  ];
}

const REWRITES: Partial<
  Record<RuleId, (given: Given, context: RewriteContext) => readonly RewriteStep[] | undefined>
> = {
  BC101: viewOfOldName,
  BC102: expandAndContract,
  PG101: (given, { lexis }) => [
    { sql: `${ALONE}${withWord(given, lexis, "index", "concurrently")};` },
  ],
  PG102: (given, { lexis }) => [
    { sql: `${ALONE}${withWord(given, lexis, "index", "concurrently")};` },
  ],
  PG103: ({ text }) => [{ sql: `${ALONE}${text};` }],
  PG205: notNullByCheck,
  PG206: validatedLater,
  PG207: validatedLater,
  PG208: ({ text }) => [{ note: NEXT, sql: `${text};` }],
  PG209: uniqueByIndex,
  PG213: ({ text }) => [{ sql: `${ALONE}set lock_timeout = '5s';\n${text};` }],
};

/** Undefined where a person has to say how. */
export function rewriteOf(
  id: RuleId,
  given: Given,
  context: RewriteContext,
): readonly RewriteStep[] | undefined {
  return REWRITES[id]?.(given, context);
}
