/** Keys, checks and indexes of a table that is there before and after, by name or, where only that differs, by content. */

import type { RenameConstraint } from "../../schema/change.ts";
import type { CheckModel, ForeignKeyModel, IndexModel, KeyModel } from "../../schema/model.ts";
import { columnsOfSql } from "../../schema/sql-model.ts";
import type { ColumnChanges, DiffContext } from "./diff-context.ts";
import { keyOf } from "../../schema/moves.ts";
import { placeOf, type TablePair } from "./names.ts";
import { isSame } from "../../schema/same.ts";

interface Named {
  readonly name: string;
}

interface NamedChanges<Item extends Named> {
  /** As they are before. */
  readonly dropped: readonly Item[];
  readonly added: readonly Item[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

/**
 * @param before As they are, and at the same place of `moved` with the names of after.
 * @param isTouched Whether one that stays the same must be made anew.
 */
function diffNamed<Item extends Named>(
  before: readonly Item[],
  moved: readonly Item[],
  after: readonly Item[],
  isTouched: (item: Item) => boolean,
): NamedChanges<Item> {
  const left = new Set(before.keys());
  const byName = new Map(moved.map((item, at) => [item.name, at]));
  const renamed: { from: string; to: string }[] = [];
  const added: Item[] = [];
  const dropped: Item[] = [];
  const unknown: Item[] = [];
  for (const item of after) {
    const at = byName.get(item.name);
    if (at === undefined) {
      unknown.push(item);
      continue;
    }
    left.delete(at);
    if (isSame(moved[at], item) && !isTouched(item)) continue;
    dropped.push(before[at]!);
    added.push(item);
  }
  for (const item of unknown) {
    const at = [...left].find((place) => isSame({ ...moved[place], name: item.name }, item));
    if (at === undefined || isTouched(item)) {
      added.push(item);
      continue;
    }
    left.delete(at);
    renamed.push({ from: before[at]!.name, to: item.name });
  }
  return { dropped: [...dropped, ...[...left].map((at) => before[at]!)], added, renamed };
}

function columnsOfIndex({ columns, included = [], terms, where }: IndexModel): string[] {
  const inner = terms.flatMap((term) => ("sql" in term ? columnsOfSql(term.sql) : []));
  return [...columns, ...included, ...inner, ...(where === undefined ? [] : columnsOfSql(where))];
}

function isPlain(index: IndexModel): boolean {
  return index.where === undefined && index.terms.every((term) => "column" in term);
}

/** Tells what leans on a column in a way that no database carries over. */
function touching({ recreated, retyped, renames }: ColumnChanges, canRename: boolean) {
  const moved = canRename ? [] : renames.map(({ to }) => to);
  return {
    key: ({ columns }: KeyModel) => columns.some((name) => recreated.has(name)),
    check: ({ condition }: CheckModel) =>
      columnsOfSql(condition).some(
        (name) => recreated.has(name) || retyped.has(name) || moved.includes(name),
      ),
    index: (index: IndexModel) =>
      columnsOfIndex(index).some(
        (name) =>
          recreated.has(name) || (!isPlain(index) && (retyped.has(name) || moved.includes(name))),
      ),
  };
}

/** @returns The keys, with the columns of after, that are dropped or made anew: what points at them must let go. */
export function diffKeys(pair: TablePair, { can, columns, out }: DiffContext): KeyModel[] {
  const { before, renamed: moved, after } = pair;
  const is = touching(columns.get(after.id)!, can.renameDependents);
  const rename = (
    of: RenameConstraint["of"],
    steps: readonly { readonly from: string; readonly to: string }[],
  ): void =>
    out.add(
      "renames",
      ...steps.map(
        (step) => ({ kind: "renameConstraint", ...placeOf(after), of, ...step }) as const,
      ),
    );
  const listOf = (key: KeyModel | undefined): KeyModel[] => (key === undefined ? [] : [key]);
  const primary = diffNamed(
    listOf(before.primaryKey),
    listOf(moved.primaryKey),
    listOf(after.primaryKey),
    is.key,
  );
  const uniques = diffNamed(before.uniques, moved.uniques, after.uniques, is.key);
  const checks = diffNamed(before.checks, moved.checks, after.checks, is.check);
  const indexes = diffNamed(before.indexes, moved.indexes, after.indexes, is.index);
  rename("primaryKey", primary.renamed);
  rename("unique", uniques.renamed);
  rename("check", checks.renamed);
  const place = placeOf(before);
  const now = placeOf(after);
  for (const index of indexes.dropped)
    out.add("dropConstraints", { kind: "dropIndex", ...place, index });
  for (const check of checks.dropped)
    out.add("dropConstraints", { kind: "dropCheck", ...place, check });
  for (const key of uniques.dropped)
    out.add("dropConstraints", { kind: "dropUnique", ...place, key });
  for (const key of primary.dropped)
    out.add("dropConstraints", { kind: "dropPrimaryKey", ...place, key });
  for (const step of indexes.renamed) out.add("renames", { kind: "renameIndex", ...now, ...step });
  for (const key of primary.added) out.add("constraints", { kind: "addPrimaryKey", ...now, key });
  for (const key of uniques.added) out.add("constraints", { kind: "addUnique", table: after, key });
  for (const check of checks.added) out.add("constraints", { kind: "addCheck", ...now, check });
  for (const index of indexes.added)
    out.add("constraints", { kind: "createIndex", table: after, index });
  const places = new Map(
    [...listOf(before.primaryKey), ...before.uniques].map((key, at) => [key, at]),
  );
  const all = [...listOf(moved.primaryKey), ...moved.uniques];
  return [...primary.dropped, ...uniques.dropped].map((key) => all[places.get(key)!]!);
}

function hasEqualColumns(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}

/** They let go of keys and columns that change, on either side. */
export function diffForeignKeys(
  { pairs, columns, out }: DiffContext,
  droppedKeys: ReadonlyMap<string, readonly KeyModel[]>,
): void {
  const ids = new Map(pairs.map(({ after }) => [keyOf(after), after.id]));
  const changes = (table: string, names: readonly string[]): boolean => {
    const found = columns.get(ids.get(table) ?? "");
    return (
      found !== undefined &&
      names.some((name) => found.retyped.has(name) || found.recreated.has(name))
    );
  };
  for (const { before, renamed, after } of pairs) {
    const isTouched = (key: ForeignKeyModel): boolean => {
      const target = keyOf({ schema: key.targetSchema, name: key.target });
      return (
        changes(keyOf(after), key.columns) ||
        changes(target, key.targetColumns) ||
        (droppedKeys.get(target) ?? []).some((dropped) =>
          hasEqualColumns(dropped.columns, key.targetColumns),
        )
      );
    };
    const found = diffNamed(before.foreignKeys, renamed.foreignKeys, after.foreignKeys, isTouched);
    for (const foreignKey of found.dropped)
      out.add("dropForeignKeys", { kind: "dropForeignKey", ...placeOf(before), foreignKey });
    for (const step of found.renamed)
      out.add("renames", {
        kind: "renameConstraint",
        ...placeOf(after),
        of: "foreignKey",
        ...step,
      });
    for (const foreignKey of found.added)
      out.add("foreignKeys", { kind: "addForeignKey", ...placeOf(after), foreignKey });
  }
}
