/** What the family says otherwise: enums and comments stand in their column, and every foreign key has an index. */

import type { EnumType } from "../../../ast/logical-type.ts";
import { isCaseInsensitive } from "../../../ast/folding.ts";
import { UnsupportedError } from "../../../core/error.ts";
import {
  columnsOfEnum,
  type MigrationRules,
  type RewriteContext,
} from "../../../dialect/server/migration.ts";
import type { AddColumn, AlterEnum, Change, SetComment } from "../../../schema/change.ts";
import type { ColumnModel, IndexModel, TableModel } from "../../../schema/model.ts";
import { foldedName, withFolded } from "../query/folded.ts";
import { liveColumns, withLiveTerm } from "../query/live.ts";
import { wordsColumns, withWordsTerm } from "../query/full-text.ts";
import { refuseCounted } from "./column.ts";
import { locksOf } from "./locks.ts";
import type { Variant } from "../variant.ts";

interface Place {
  readonly schema?: string | undefined;
  readonly table: string;
}

function placeOf({ schema, name }: TableModel): Place {
  return schema === undefined ? { table: name } : { schema, table: name };
}

function isAt(change: Change, { schema, name }: TableModel): boolean {
  if (!("table" in change) || typeof change.table !== "string") return false;
  const { schema: own, table } = change as Place;
  return table === name && own === schema;
}

/** In the same order: the server takes no other. */
function begins(columns: readonly string[], first: readonly string[]): boolean {
  return first.every((name, at) => columns[at] === name);
}

/** Those up to the first that goes down, is computed or is cut, in an index that sorts. */
function risingColumns({ method, terms }: IndexModel): string[] {
  if (method !== undefined) return [];
  const end = terms.findIndex(
    (term) => "sql" in term || term.direction === "desc" || term.prefix !== undefined,
  );
  return terms
    .slice(0, end === -1 ? terms.length : end)
    .flatMap((term) => ("column" in term ? [term.column] : []));
}

/**
 * A foreign key needs an index. The server would make one unseen, and keep it when the key goes; so it is made by us, by
 * the key's name, unless another one begins with the key's columns.
 */
export function indexesOfForeignKeys(
  table: Pick<TableModel, "foreignKeys" | "indexes" | "primaryKey" | "uniques">,
): IndexModel[] {
  const keys = [
    ...table.uniques.map(({ columns }) => columns),
    ...table.indexes.map(risingColumns),
    table.primaryKey?.columns ?? [],
  ];
  return table.foreignKeys
    .filter(({ columns }) => !keys.some((key) => begins(key, columns)))
    .map(({ name, columns }) => ({
      name,
      columns,
      isUnique: false,
      terms: columns.map((column) => ({ column, direction: "asc" })),
      where: undefined,
    }));
}

function withFoldedTerms(index: IndexModel, table: TableModel): IndexModel {
  const folded = new Set(
    table.columns.filter(({ type }) => isCaseInsensitive(type)).map(({ name }) => name),
  );
  const place = (name: string): string => (folded.has(name) ? foldedName(name) : name);
  return {
    ...index,
    columns: index.columns.map(place),
    terms: index.terms.map((term) => {
      if (!("column" in term)) return term;
      const { isFolded: _, ...rest } = term;
      return { ...rest, column: place(term.column) };
    }),
  };
}

function storedTable(table: TableModel, variant: Variant): TableModel {
  const indexes = table.indexes.map((index) =>
    index.fullText === undefined
      ? withLiveTerm(withFoldedTerms(index, table))
      : withWordsTerm(index),
  );
  const folded = withFolded(table, variant);
  return {
    ...folded,
    columns: [...folded.columns, ...liveColumns(table), ...wordsColumns(table, variant)],
    indexes: [...indexes, ...indexesOfForeignKeys({ ...table, indexes })],
  };
}

function findAlter(changes: readonly Change[], table: TableModel, column: string): boolean {
  return changes.some(
    (change) =>
      ((change.kind === "alterColumn" && change.after.name === column) ||
        (change.kind === "addColumn" && change.column.name === column)) &&
      isAt(change, table),
  );
}

/** A value of another name is among the labels beside the old one while rows change to it. */
function alterEnum(
  change: AlterEnum,
  changes: readonly Change[],
  context: RewriteContext,
): Change[] {
  return columnsOfEnum(change, context, false).flatMap(({ table, before, after }): Change[] => {
    if (after.generated !== undefined) return [];
    const place = placeOf(table);
    const isLater = findAlter(changes, table, after.name);
    const values = new Set([...change.before.values, ...change.after.values]);
    const wide: EnumType = { ...change.after, values: [...values] };
    const loose: ColumnModel = { ...before, type: wide };
    const steps: Change[] = [];
    if (change.renamed.length > 0) {
      steps.push({ kind: "alterColumn", ...place, before, after: loose });
      for (const { from, to } of change.renamed)
        steps.push({ kind: "replaceValue", ...place, column: after.name, from, to });
    }
    return isLater ? steps : [...steps, { kind: "alterColumn", ...place, before: loose, after }];
  });
}

function setComment(
  change: SetComment,
  changes: readonly Change[],
  { tables }: RewriteContext,
): Change[] {
  const pair = tables.find(({ after }) => isAt(change, after));
  // A new table or column bears it already.
  if (pair === undefined) return [];
  if (change.column === undefined) return [change];
  const column = pair.columns.find(({ after }) => after.name === change.column);
  if (column === undefined || findAlter(changes, pair.after, change.column)) return [];
  return [{ kind: "alterColumn", ...placeOf(pair.after), ...column }];
}

/** The server would give the rows an empty value, whatever its mode; as it is, it fails where there are rows. */
function addRequired(change: AddColumn): Change[] {
  const { column } = change;
  const isFilled =
    column.nullable ||
    column.default !== undefined ||
    column.isAutoIncrement ||
    column.generated !== undefined;
  if (isFilled) return [change];
  const loose = { ...column, nullable: true };
  const { kind: _kind, column: _column, ...place } = change;
  return [
    { ...change, column: loose },
    { kind: "alterColumn", ...place, before: loose, after: column },
  ];
}

/** Foreign keys and checks can't be renamed. All are gone before one comes, as two may change names with one another. */
function renameConstraints(changes: readonly Change[], { tables }: RewriteContext): Change[] {
  const added: Change[] = [];
  const dropped = changes.map((change): Change | undefined => {
    if (change.kind !== "renameConstraint") return change;
    const { after } = tables.find((table) => isAt(change, table.after))!;
    const place = placeOf(after);
    const check = after.checks.find(({ name }) => name === change.to);
    const foreignKey = after.foreignKeys.find(({ name }) => name === change.to);
    if (change.of === "check" && check !== undefined) {
      added.push({ kind: "addCheck", ...place, check });
      return { kind: "dropCheck", ...place, check: { ...check, name: change.from } };
    }
    if (change.of === "foreignKey" && foreignKey !== undefined) {
      added.push({ kind: "addForeignKey", ...place, foreignKey });
      return {
        kind: "dropForeignKey",
        ...place,
        foreignKey: { ...foreignKey, name: change.from },
      };
    }
    // A primary key has no name of its own.
    return change.of === "unique" ? change : undefined;
  });
  const kept = dropped.filter((change) => change !== undefined);
  const at = kept.findLastIndex(
    ({ kind }) => kind.startsWith("rename") || kind === "dropCheck" || kind === "dropForeignKey",
  );
  return [...kept.slice(0, at + 1), ...added, ...kept.slice(at + 1)];
}

/** What is counted up must be a key all the time, so it is counted up again only behind the new key. */
function countBehindKey(changes: readonly Change[], { tables }: RewriteContext): Change[] {
  const before: Change[] = [];
  const behind: Change[] = [];
  const out = changes.flatMap((change): Change[] => {
    if (change.kind === "alterColumn" && change.after.isAutoIncrement) {
      const isKept = change.before.isAutoIncrement;
      if (isKept) return [change];
      const plain = { ...change.after, isAutoIncrement: false };
      behind.push({ ...change, before: plain });
      return [{ ...change, after: plain }];
    }
    return [change];
  });
  for (const drop of changes.filter((change) => change.kind === "dropPrimaryKey")) {
    const pair = tables.find(({ original }) => isAt(drop, original));
    const at = pair?.before.primaryKey?.columns.findIndex(
      (name) => pair.before.columns.find((column) => column.name === name)?.isAutoIncrement,
    );
    if (pair === undefined || at === undefined || at === -1) continue;
    const now = pair.before.columns.find(
      ({ name }) => name === pair.before.primaryKey!.columns[at],
    )!;
    const old = { ...now, name: drop.key.columns[at]! };
    const { kind: _kind, key: _key, ...place } = drop;
    before.push({
      kind: "alterColumn",
      ...place,
      before: old,
      after: { ...old, isAutoIncrement: false },
    });
    const after = pair.after.columns.find(({ name }) => name === now.name);
    if (after?.isAutoIncrement === true)
      behind.push({
        kind: "alterColumn",
        ...placeOf(pair.after),
        before: { ...after, isAutoIncrement: false },
        after,
      });
  }
  const key = out.findLastIndex(({ kind }) => kind === "addPrimaryKey");
  return [...before, ...out.slice(0, key + 1), ...behind, ...out.slice(key + 1)];
}

/** A column that is counted up comes as the key. */
function addCounted(changes: readonly Change[], variant: Variant): Change[] {
  const counted = changes.filter(
    (change) => change.kind === "addColumn" && change.column.isAutoIncrement,
  ) as AddColumn[];
  const loose = counted.find(
    (one) =>
      !changes.some(
        (change) =>
          change.kind === "addPrimaryKey" &&
          change.table === one.table &&
          change.schema === one.schema,
      ),
  );
  if (loose !== undefined) refuseCounted(loose.column, variant);
  return changes.filter((change) => {
    if (change.kind !== "addPrimaryKey") return true;
    const own = counted.find(
      ({ schema, table }) => table === change.table && schema === change.schema,
    );
    if (own === undefined) return true;
    if (change.key.columns.length === 1) return false;
    throw new UnsupportedError({
      dialect: variant.name,
      feature: `adding a counted column to a table with a key of several columns ("${change.table}")`,
      instead: "Make it the only column of the primary key.",
    });
  });
}

/** An index can't go while a foreign key leans on it, even when another one is there at the end. */
function releaseIndexes(changes: readonly Change[], { tables }: RewriteContext): Change[] {
  const released: Change[] = [];
  const restored: Change[] = [];
  const gone = new Set(
    changes.flatMap((change) =>
      change.kind === "dropIndex"
        ? [change.index.name]
        : change.kind === "dropUnique" || change.kind === "dropPrimaryKey"
          ? [change.key.name]
          : [],
    ),
  );
  const free = new Set(
    changes.flatMap((change) => (change.kind === "dropForeignKey" ? [change.foreignKey.name] : [])),
  );
  for (const { original, before, after } of gone.size === 0 ? [] : tables) {
    const keys = [
      ...before.uniques,
      ...before.indexes,
      ...(before.primaryKey ? [before.primaryKey] : []),
    ];
    const dropped = keys.filter(({ name }) => gone.has(name));
    for (const old of before.foreignKeys) {
      const isHeld = dropped.some((key) => begins(key.columns, old.columns));
      if (!isHeld || free.has(old.name)) continue;
      const renamed = changes.find(
        (change) =>
          change.kind === "renameConstraint" && change.from === old.name && isAt(change, after),
      );
      const name = renamed?.kind === "renameConstraint" ? renamed.to : old.name;
      const foreignKey = after.foreignKeys.find((key) => key.name === name);
      if (foreignKey === undefined) continue;
      released.push({ kind: "dropForeignKey", ...placeOf(original), foreignKey: old });
      restored.push({ kind: "addForeignKey", ...placeOf(after), foreignKey });
    }
  }
  if (released.length === 0) return [...changes];
  const names = new Set(
    released.map((change) => ("foreignKey" in change ? change.foreignKey.name : "")),
  );
  const kept = changes.filter(
    (change) => change.kind !== "renameConstraint" || !names.has(change.from),
  );
  const last = kept.findLastIndex(
    ({ kind }) =>
      kind === "createIndex" ||
      kind === "addUnique" ||
      kind === "addPrimaryKey" ||
      kind === "addForeignKey",
  );
  const at =
    Math.max(
      last,
      kept.findLastIndex(({ kind }) => kind.startsWith("rename") || kind.startsWith("alter")),
    ) + 1;
  return [...released, ...kept.slice(0, at), ...restored, ...kept.slice(at)];
}

export function mysqlMigration(variant: Variant): MigrationRules {
  return {
    storedTable: (table) => storedTable(table, variant),

    rewrite(changes, context) {
      const plain = changes.flatMap((change): Change[] => {
        switch (change.kind) {
          case "createEnum":
          case "dropEnum":
          case "renameEnum":
            return [];
          case "alterEnum":
            return alterEnum(change, changes, context);
          case "setComment":
            return setComment(change, changes, context);
          case "addColumn":
            return addRequired(change);
          default:
            return [change];
        }
      });
      const released = releaseIndexes(plain, context);
      const renamed = renameConstraints(released, context);
      return countBehindKey(addCounted(renamed, variant), context);
    },

    locksOf,
  };
}
