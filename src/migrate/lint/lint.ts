/** Looks at the SQL of migrations for what may lose data, stop others, or fail on the rows that are there. */

import type { Dialect } from "../../dialect/dialect.ts";
import { splitScript, type ScriptStatement } from "../../dialect/text/split-script.ts";
import { findLosses, LOSS } from "../losses/find-losses.ts";
import { TableTexts } from "../losses/table-texts.ts";
import { directivesOf, type Migration } from "../migration.ts";
import { allowedIn } from "./allowed.ts";
import { KnownTables } from "./catalog-state.ts";
import { isRuleId, RULES, type RuleId } from "./catalogue.ts";
import { ddlOf, type Ddl } from "./ddl.ts";
import { rewriteOf, type RewriteStep } from "./rewrite.ts";
import { checkStatement } from "./rules.ts";

export interface Finding {
  readonly migration: string;
  readonly id: RuleId;
  /** In the SQL of its way up, counted from 1. */
  readonly line: number;
  readonly message: string;
  readonly safe: string;
  /** The same in steps that are safe, each a migration of its own. None where it takes a person to say. */
  readonly rewrite?: readonly RewriteStep[];
}

export interface LintOptions {
  readonly dialect: Dialect;
  /** Whether a migration is to be looked at; the others tell what is there already. Default: all. */
  readonly isWanted?: (name: string) => boolean;
  /** Those that were edited after they were applied. */
  readonly edited?: readonly string[];
}

interface Statement extends ScriptStatement {
  readonly ddl: Ddl;
}

function statementsOf(sql: string | undefined, { lexis }: Dialect): Statement[] {
  return splitScript(sql ?? "", lexis).map((statement) => ({
    ...statement,
    ddl: ddlOf(statement.text, lexis),
  }));
}

const isDdl = ({ kind }: Ddl): boolean =>
  !["harmless", "pragma", "rows", "set", "unknown"].includes(kind);

/** Whether it makes a table, or is about one that the migration makes. */
function isOfNew(ddl: Ddl, created: ReadonlySet<string>): boolean {
  if (ddl.kind === "createTable") return true;
  return "table" in ddl && created.has(ddl.table);
}

export function lossMessage(table: string, parts: readonly string[]): string {
  return `makes ${table} anew without what it has: ${parts.join(", ")}`;
}

class MigrationLinter<Tx> {
  readonly #migration: Migration<Tx>;
  readonly #options: LintOptions;
  readonly #findings: Finding[] = [];
  readonly #statements: readonly Statement[];
  readonly #allowed: ReadonlySet<string>;

  constructor(migration: Migration<Tx>, options: LintOptions) {
    this.#migration = migration;
    this.#options = options;
    this.#statements = statementsOf(migration.up.sql, options.dialect);
    // Before the first statement a comment is about the whole file.
    this.#allowed = allowedIn(this.#statements[0]?.lead ?? "");
  }

  /** @param texts What made the tables that are there before. */
  lint(known: KnownTables, texts: TableTexts): Finding[] {
    const { name, up } = this.#migration;
    const family = this.#options.dialect.migrations.lintFamily;
    const created = new Set<string>();
    const added = new Set<string | undefined>();
    const all = this.#statements.map(({ ddl }) => ddl);
    const directives = directivesOf(up.sql, name);
    for (const statement of this.#statements) {
      const { ddl } = statement;
      const context = { ...directives, added, all, created, family, known };
      checkStatement(ddl, context, (id) => this.#report(id, statement, known));
      known.apply(ddl);
      if (ddl.kind === "createTable") created.add(ddl.table);
      if (ddl.kind !== "alterTable") continue;
      for (const action of ddl.actions) {
        if (action.kind === "addConstraint") added.add(action.constraint.name);
        if (action.kind === "renameTable" && created.has(ddl.table)) created.add(action.to);
      }
    }
    this.#lintLosses(texts);
    this.#lintWhole(created);
    return this.#findings;
  }

  /** What a declaration can say may be meant to go, as far as SQL alone tells. */
  #lintLosses(tables: TableTexts): void {
    const { migration } = this.#options.dialect;
    if (migration.partsOf === undefined) return;
    const statements = this.#statements;
    const losses = findLosses({ migration, statements, tables, expected: () => undefined });
    for (const { line, parts, table } of losses) {
      const statement = statements.find((one) => one.line === line);
      this.#report(LOSS, statement, undefined, lossMessage(table, parts));
    }
  }

  #lintWhole(created: ReadonlySet<string>): void {
    const { dialect, edited = [] } = this.#options;
    const statements = this.#statements;
    const [first] = statements;
    const { down, name } = this.#migration;
    if (edited.includes(name)) this.#report("GN105", first);
    if (first === undefined) return;
    const changes = statements.filter(({ ddl }) => isDdl(ddl));
    // What is made anew can be dropped and made again.
    const undone = changes.filter(({ ddl }) => !isOfNew(ddl, created));
    const rows = statements.find(({ ddl }) => ddl.kind === "rows" && !created.has(ddl.table));
    if (
      rows !== undefined &&
      changes.length > 0 &&
      !directivesOf(this.#migration.up.sql, name).isRebuild
    )
      this.#report("GN102", rows);
    const { isOutsideTransaction } = directivesOf(this.#migration.up.sql, name);
    const altered = statements.find(({ ddl }) => ddl.kind === "alterTable");
    const isLimited = statements.some(
      ({ ddl }) => ddl.kind === "set" && ddl.name === "lock_timeout",
    );
    // Inside a transaction Plinth limits it.
    if (dialect.migrations.lintFamily === "PG" && isOutsideTransaction && altered && !isLimited)
      this.#report("PG213", altered, new KnownTables());
    if (!dialect.can.transactionalDdl && undone.length > 0 && changes.length > 1)
      this.#report("MY108", changes[1]);
    const isLossyBack = down === undefined || /^-- (?:IRREVERSIBLE|LOSSY)\b/m.test(down.sql ?? "");
    // A way back that drops what this migration made loses nothing that was there before.
    const dropsOthers = statementsOf(down?.sql, dialect).some(
      ({ ddl }) => ddl.kind === "dropTable" && !ddl.tables.every((table) => created.has(table)),
    );
    if (
      down === undefined ||
      (isLossyBack && (dropsOthers || /^-- IRREVERSIBLE/m.test(down.sql ?? "")))
    )
      this.#report("GN104", first);
  }

  #report(
    id: RuleId,
    statement: Statement | undefined,
    known?: KnownTables,
    message: string = RULES[id].what,
  ): void {
    const isAllowed = this.#allowed.has(id) || allowedIn(statement?.lead ?? "").has(id);
    const isTold = this.#findings.some(
      (found) => found.id === id && found.line === (statement?.line ?? 1),
    );
    if (isAllowed || isTold) return;
    const rewrite =
      statement && known && rewriteOf(id, statement, { known, lexis: this.#options.dialect.lexis });
    this.#findings.push({
      migration: this.#migration.name,
      id,
      line: statement?.line ?? 1,
      message,
      safe: RULES[id].safe,
      ...(rewrite !== undefined && { rewrite }),
    });
  }
}

/**
 * What the migrations have that a person should look at, in their order. Objects that a migration makes itself are left in
 * peace, and so is what `-- lint:allow ID reason` stands before.
 */
export function lintMigrations<Tx>(
  migrations: readonly Migration<Tx>[],
  options: LintOptions,
): Finding[] {
  const known = new KnownTables();
  let texts = new TableTexts();
  return migrations.flatMap((migration) => {
    const findings = new MigrationLinter(migration, options).lint(known, texts);
    texts = texts.asTheyAre();
    return options.isWanted?.(migration.name) === false ? [] : findings;
  });
}

/** The ids that stand behind `lint:allow` and are none. */
export function unknownAllowances<Tx>(migrations: readonly Migration<Tx>[]): string[] {
  return migrations.flatMap(({ up }) => [...allowedIn(up.sql ?? "")].filter((id) => !isRuleId(id)));
}
