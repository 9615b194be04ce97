/** Which rules a statement breaks. */

import { columnList, isKnownNotNull, isServed, type KnownTables } from "./catalog-state.ts";
import type { RuleId } from "./catalogue.ts";
import type { Action, Ddl } from "./ddl.ts";
import type { ColumnDefinition, ConstraintDefinition } from "./definitions.ts";

export interface StatementContext {
  /** Before the statement. */
  readonly known: KnownTables;
  /** Tables that this migration made, of which nobody knows yet. */
  readonly created: ReadonlySet<string>;
  /** Whether the database makes anew what it can't change, or rewrites what it changes. */
  readonly family: "LT" | "MY" | "PG";
  readonly isOutsideTransaction: boolean;
  readonly isRebuild: boolean;
  /** Names of the constraints that this migration added. */
  readonly added: ReadonlySet<string | undefined>;
  /** All statements of the migration. */
  readonly all: readonly Ddl[];
}

type Report = (id: RuleId) => void;

const SIZES: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  integer: 4,
  bigint: 8,
  real: 4,
  "double precision": 8,
  text: Infinity,
  longtext: Infinity,
  mediumtext: 16_777_215,
  tinytext: 255,
};

/** How much a type holds, among those of its kind. */
function sizeOf(type: string): readonly [string, number] | undefined {
  const sized = /^(varchar|character varying|char|character|varbinary|binary)\((\d+)\)$/.exec(type);
  if (sized !== null) return ["text", Number(sized[2])];
  const known = SIZES[type];
  if (known === undefined) return undefined;
  return [
    type.includes("text")
      ? "text"
      : type.startsWith("real") || type.startsWith("double")
        ? "float"
        : "int",
    known,
  ];
}

/** Whether values of one type may not fit the other, as far as their names tell. */
function isNarrower(before: string, after: string): boolean {
  const [from, to] = [sizeOf(before), sizeOf(after)];
  if (from === undefined || to === undefined) return before !== after;
  return from[0] !== to[0] || to[1] < from[1];
}

function valuesOf(type: string): readonly string[] | undefined {
  return /^enum\((.*)\)$/s.exec(type)?.[1]?.split(",");
}

function ofRetyped(before: string, after: string, report: Report): void {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (old === undefined || now === undefined) {
    if (isNarrower(before, after)) report("DS104");
  } else if (old.some((value) => !now.includes(value))) report("DS105");
}

function ofConstraint(
  table: string,
  constraint: ConstraintDefinition,
  context: StatementContext,
  report: Report,
): void {
  const { family, known } = context;
  const { of, columns, isNotValid, usesIndex } = constraint;
  if (of === "unique") {
    report("MF101");
    if (family === "PG" && !usesIndex) report("PG209");
  }
  if (of === "foreign key") {
    if (!isNotValid) report("MF105");
    if (family === "PG" && !isNotValid) report("PG206");
    if (family === "MY") report("MY105");
    lonelyKey(table, columns, context, known, report);
  }
  if (of === "check" && !isNotValid) {
    report("MF106");
    if (family === "PG") report("PG207");
  }
}

/** MySQL makes the index of a foreign key itself. */
function lonelyKey(
  table: string,
  columns: readonly string[],
  { all, family }: StatementContext,
  known: KnownTables,
  report: Report,
): void {
  if (family === "MY") return;
  const state = known.get(table);
  const isMade = all.some(
    (ddl) =>
      ddl.kind === "createIndex" &&
      ddl.table === table &&
      columnList(ddl.columns).startsWith(columnList(columns).slice(0, -1)),
  );
  if (!isMade && !(state !== undefined && isServed(state, columns))) report("GN107");
}

function ofNewColumn(
  table: string,
  column: ColumnDefinition,
  context: StatementContext,
  report: Report,
): void {
  const { family, known } = context;
  const { hasDefault, hasReference, hasVolatileDefault, isRequired, isStored, isUnique, type } =
    column;
  if (isRequired && !hasDefault)
    report(family === "MY" ? "MY101" : family === "LT" ? "LT101" : "MF103");
  if (isUnique) report("MF101");
  if (family === "PG") {
    if (hasVolatileDefault) report("PG201");
    if (isStored) report("PG203");
    if (hasReference) report("PG206");
  }
  ofType(type, hasReference, family, report);
  if (hasReference && !isUnique) lonelyKey(table, [column.name], context, known, report);
}

function ofType(type: string, hasReference: boolean, family: string, report: Report): void {
  if (family === "PG" && type === "json") report("PG211");
  if (family === "MY" && hasReference) report("MY102");
}

function ofAction(table: string, action: Action, context: StatementContext, report: Report): void {
  const { added, family, isOutsideTransaction, known } = context;
  const column =
    "column" in action && typeof action.column === "string"
      ? known.get(table)?.columns.get(action.column)
      : undefined;
  switch (action.kind) {
    case "addColumn":
      return ofNewColumn(table, action.column, context, report);
    case "addConstraint":
      return ofConstraint(table, action.constraint, context, report);
    case "dropColumn":
      return report("DS103");
    case "dropConstraint":
      return report(action.of === "foreign key" ? "CD101" : "CD102");
    case "setNotNull": {
      const state = known.get(table);
      if (state !== undefined && isKnownNotNull(state, action.column)) return;
      report("MF104");
      if (family === "PG") report("PG205");
      return;
    }
    case "setDefault":
      return report("BC105");
    case "alterType":
      if (column === undefined || isNarrower(column.type, action.type)) report("DS104");
      if (family === "PG") report("PG202");
      return;
    case "changeColumn": {
      const before = known.get(table)?.columns.get(action.from);
      if (action.from !== action.column.name) report("BC102");
      if (before !== undefined) ofRetyped(before.type, action.column.type, report);
      if (before?.clauses.some((clause) => !action.column.clauses.includes(clause)) === true)
        report("MY109");
      if (action.column.isRequired && before?.isRequired !== true) {
        report("MF104");
        report("MY107");
      }
      return;
    }
    case "renameColumn":
      return report("BC102");
    case "renameTable":
      return report("BC101");
    case "validate":
      if (added.size > 0 && !isOutsideTransaction) report("PG208");
      return;
    case "other":
      if (family === "LT") report("LT102");
      return;
    case "addIndex":
    case "dropNotNull":
      return;
  }
}

/** Calls `report` for each rule that the statement breaks. */
export function checkStatement(ddl: Ddl, context: StatementContext, report: Report): void {
  const { created, family, isOutsideTransaction, isRebuild, known } = context;
  switch (ddl.kind) {
    case "createTable":
      return ofTable(ddl, context, report);
    case "alterTable":
      if (ddl.isCopy) report("MY103");
      if (created.has(ddl.table)) return;
      for (const action of ddl.actions) ofAction(ddl.table, action, context, report);
      return;
    case "dropTable":
      if (ddl.tables.every((name) => created.has(name))) return;
      // Its rows are in the one that takes its place.
      if (!isRebuild) report("DS102");
      if (family === "LT" && !isRebuild && created.size > 0) report("LT104");
      return;
    case "dropSchema":
      return report("DS101");
    case "truncate":
      if (!ddl.tables.every((name) => created.has(name))) report("DS107");
      return;
    case "createIndex": {
      const table = known.get(ddl.table);
      if (table?.keys.has(columnList(ddl.columns)) === true && !ddl.isPartial) report("GN108");
      if (ddl.isConcurrent && !isOutsideTransaction) report("PG103");
      if (created.has(ddl.table)) return;
      if (ddl.isUnique) report("MF102");
      if (family === "PG" && !ddl.isConcurrent) report("PG101");
      return;
    }
    case "dropIndex":
      if (ddl.isConcurrent && !isOutsideTransaction) report("PG103");
      if (family === "PG" && !ddl.isConcurrent) report("PG102");
      return;
    case "alterType":
      if (ddl.does === "rename") report("BC103");
      return;
    case "createEnum":
      if (known.enumValues(ddl.type).some((value) => !ddl.values.includes(value))) report("DS105");
      return;
    case "pragma":
      if (family === "LT" && !isOutsideTransaction && !isRebuild) report("LT103");
      return;
    case "unknown":
      return report("GN101");
    case "harmless":
    case "rows":
    case "set":
      return;
  }
}

function ofTable(
  ddl: Ddl & { kind: "createTable" },
  context: StatementContext,
  report: Report,
): void {
  const { family, known } = context;
  if (known.get(ddl.table) !== undefined) report("DS106");
  const hasKey =
    ddl.columns.some(({ isKey }) => isKey) ||
    ddl.constraints.some(({ of }) => of === "primary key");
  if (!hasKey && ddl.isWhole) report("GN106");
  const state = context.known;
  for (const { hasReference, name, type } of ddl.columns) {
    ofType(type, hasReference, family, report);
    const served = ddl.columns.some(
      (column) => column.name === name && (column.isKey || column.isUnique),
    );
    if (hasReference && !served) lonelyKey(ddl.table, [name], context, state, report);
  }
  for (const { columns, of } of ddl.constraints) {
    const served = ddl.constraints.some(
      (other) =>
        (other.of === "primary key" || other.of === "unique") &&
        columnList(other.columns).startsWith(columnList(columns).slice(0, -1)),
    );
    const isKeyColumn = ddl.columns.some(
      (column) =>
        columns[0] === column.name && columns.length === 1 && (column.isKey || column.isUnique),
    );
    if (of === "foreign key" && !served && !isKeyColumn)
      lonelyKey(ddl.table, columns, context, state, report);
  }
}
