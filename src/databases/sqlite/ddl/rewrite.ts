/**
 * A table that must change in a way for which SQLite has no statement is made anew: a new one is created and filled, the
 * old one dropped, and the new one gets its name. Source: sqlite.org/lang_altertable.html, "Making Other Kinds Of Table
 * Schema Changes".
 */

import type {
  ChangedTable,
  MigrationRules,
  RewriteContext,
} from "../../../dialect/server/migration.ts";
import type {
  AddColumn,
  AlterEnum,
  Backfill,
  Change,
  CopiedColumn,
  DropColumn,
} from "../../../schema/change.ts";
import { partsOf } from "../introspect/table-parts.ts";
import type { ColumnModel, IndexModel, TableModel } from "../../../schema/model.ts";

const NEW = "__new";

/** Changes of a table that exists which can't be said. */
const REPLACING: readonly Change["kind"][] = [
  "addCheck",
  "addForeignKey",
  "addPrimaryKey",
  "addUnique",
  "alterColumn",
  "backfill",
  "dropCheck",
  "dropForeignKey",
  "dropPrimaryKey",
  "dropUnique",
  "renameConstraint",
  "replaceValue",
];

/** Types of their own and comments are nothing here. */
const OVERLOOKED: readonly Change["kind"][] = [
  "createEnum",
  "dropEnum",
  "renameEnum",
  "renameEnumValue",
  "setComment",
];

/** Source: sqlite.org/lang_altertable.html, "ALTER TABLE ADD COLUMN". */
function canAdd({ column }: AddColumn): boolean {
  if (column.generated !== undefined) return !column.generated.isStored;
  const isConstant = column.default === undefined || column.default.kind === "value";
  return !column.isAutoIncrement && isConstant && (column.nullable || column.default !== undefined);
}

function tableOf(change: Change): string | undefined {
  if (!("table" in change)) return undefined;
  return typeof change.table === "string" ? change.table : change.table.name;
}

function hasEnum({ columns }: ChangedTable, change: AlterEnum): boolean {
  return columns.some(
    ({ after: { type } }) => type.kind === "enum" && type.name === change.after.name,
  );
}

interface Replaced {
  readonly table: ChangedTable;
  readonly changes: Change[];
}

/** Which table a change is of; those before the renames know it by its old name. */
function tablesOf(changes: readonly Change[], context: RewriteContext): Map<Change, ChangedTable> {
  const last = changes.findLastIndex(({ kind }) => kind === "renameTable");
  const byOld = new Map(context.tables.map((table) => [table.original.name, table]));
  const byNew = new Map(context.tables.map((table) => [table.after.name, table]));
  return new Map(
    changes.flatMap((change, at) => {
      const name = tableOf(change);
      const table = name === undefined ? undefined : (at < last ? byOld : byNew).get(name);
      return table === undefined || change.kind === "createTable" || change.kind === "dropTable"
        ? []
        : [[change, table] as const];
    }),
  );
}

function findReplaced(
  changes: readonly Change[],
  owners: ReadonlyMap<Change, ChangedTable>,
  { tables }: RewriteContext,
): Map<ChangedTable, Replaced> {
  const found = new Set<ChangedTable>();
  for (const change of changes) {
    const table = owners.get(change);
    if (change.kind === "alterEnum") {
      for (const one of tables) if (hasEnum(one, change)) found.add(one);
    } else if (table !== undefined) {
      const isReplacing =
        REPLACING.includes(change.kind) || (change.kind === "addColumn" && !canAdd(change));
      if (isReplacing) found.add(table);
    }
  }
  return new Map([...found].map((table) => [table, { table, changes: [] }]));
}

function copiedColumns(
  { columns, after }: ChangedTable,
  changes: readonly Change[],
): CopiedColumn[] {
  const backfills = changes.filter((change) => change.kind === "backfill");
  const enums = changes.filter((change) => change.kind === "alterEnum");
  const known = new Map(columns.map((pair) => [pair.after.name, pair.before]));
  const added = new Set(
    changes.flatMap((change) => (change.kind === "addColumn" ? [change.column.name] : [])),
  );
  return after.columns.flatMap((column): CopiedColumn[] => {
    if (column.generated !== undefined) return [];
    const source = added.has(column.name) ? undefined : known.get(column.name);
    const { type } = column;
    const renamed =
      (source?.type.kind === "enum" &&
        type.kind === "enum" &&
        enums.find((change) => change.after.name === type.name)?.renamed) ||
      [];
    const fallback = (
      backfills.find((one) => one.column.name === column.name) as Backfill | undefined
    )?.value;
    if (source !== undefined) return [{ column, source, renamed, fallback }];
    const value = fallback ?? column.default;
    return value === undefined ? [] : [{ column, source, renamed, fallback: value }];
  });
}

/** The indexes that no change of the plan creates. */
function keptIndexes({ table }: Replaced, all: readonly Change[]): IndexModel[] {
  const created = new Set(
    all.flatMap((change) => (change.kind === "createIndex" ? [change.index.name] : [])),
  );
  return table.after.indexes.filter(({ name }) => !created.has(name));
}

/** Full-text indexes are tables of their own, which know the rows by numbers that are given anew. */
function staleFullTexts({ table }: Replaced, all: readonly Change[]): IndexModel[] {
  const dropped = new Set(
    all.flatMap((change) => (change.kind === "dropIndex" ? [change.index.name] : [])),
  );
  return table.original.indexes.filter(
    ({ name, fullText }) => fullText !== undefined && !dropped.has(name),
  );
}

function isCounted({ columns }: TableModel): boolean {
  return columns.some((column: ColumnModel) => column.isAutoIncrement);
}

function replaceTable(replaced: Replaced, all: readonly Change[]): Change[] {
  const { after, before } = replaced.table;
  const { name } = after;
  const aside = name + NEW;
  const columns = copiedColumns(replaced.table, replaced.changes);
  const hasCounter = isCounted(before) && isCounted(after);
  return [
    ...staleFullTexts(replaced, all).map((index): Change => ({
      kind: "dropIndex",
      table: name,
      index,
    })),
    { kind: "createTable", table: { ...after, name: aside }, hasForeignKeys: true },
    ...(columns.length > 0
      ? [{ kind: "copyRows", from: name, to: aside, columns, hasCounter } as const]
      : []),
    { kind: "dropTable", table: name, isReplaced: true },
    { kind: "renameTable", from: aside, to: name, replacing: after.columns[0]!.name },
    ...keptIndexes(replaced, all).map((index): Change => ({
      kind: "createIndex",
      table: after,
      index,
    })),
  ];
}

/** What stands in the way of a name goes by another one, until the table is made anew without it. */
function moveAside(change: DropColumn, { changes }: Replaced): Change[] {
  const { name } = change.column;
  return changes.some((other) => other.kind === "renameColumn" && other.to === name)
    ? [{ kind: "renameColumn", table: change.table, from: name, to: `${name}__dropped` }]
    : [];
}

type RenameIndex = Change & { readonly kind: "renameIndex" };

function dropRenamed({ from, table }: RenameIndex, { original }: ChangedTable): Change[] {
  const old = original.indexes.filter(({ name }) => name === from);
  return old.map((index) => ({ kind: "dropIndex", table, index }));
}

function createRenamed({ to }: RenameIndex, { after }: ChangedTable): Change[] {
  const now = after.indexes.filter(({ name }) => name === to);
  return now.map((index) => ({ kind: "createIndex", table: after, index }));
}

export const sqliteMigration: MigrationRules = {
  storedTable: (table) => table,
  partsOf,

  rewrite(given, context) {
    const changes = given.filter(({ kind }) => !OVERLOOKED.includes(kind));
    const owners = tablesOf(changes, context);
    const replaced = findReplaced(changes, owners, context);
    const enums = changes.filter((change) => change.kind === "alterEnum");
    for (const one of replaced.values())
      one.changes.push(...enums, ...changes.filter((change) => owners.get(change) === one.table));
    const recreated: Change[] = [];
    const kept = changes.flatMap((change): Change[] => {
      if (change.kind === "alterEnum") return [];
      const table = owners.get(change);
      // Of a table that is dropped.
      if (table === undefined) return change.kind === "dropForeignKey" ? [] : [change];
      const own = replaced.get(table);
      const isReplaced = own !== undefined;
      switch (change.kind) {
        case "renameColumn":
        case "createIndex":
        case "dropIndex":
          return [change];
        case "renameIndex":
          // Two may change names with one another, so that all are gone before one comes.
          if (!isReplaced) recreated.push(...createRenamed(change, table));
          return dropRenamed(change, table);
        case "dropColumn":
          return isReplaced ? moveAside(change, own) : [change];
        default:
          return isReplaced ? [] : [change];
      }
    });
    const at = kept.findLastIndex(
      ({ kind }) =>
        kind === "renameTable" ||
        kind === "renameColumn" ||
        kind === "createTable" ||
        kind === "dropIndex",
    );
    const made = [...replaced.values()].flatMap((one) => replaceTable(one, kept));
    return [...kept.slice(0, at + 1), ...recreated, ...made, ...kept.slice(at + 1)];
  },

  locksOf: (change) =>
    change.kind === "dropTable" && change.isReplaced === true
      ? [
          {
            id: "LT102",
            kind: "locking",
            message: `makes table ${change.table} anew, which takes as long as its rows are many`,
          },
        ]
      : [],
};
