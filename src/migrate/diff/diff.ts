/** The changes that make one snapshot of another. What is the same has the same id, so nothing is asked here. */

import type { EnumType } from "../../ast/logical-type.ts";
import type { AlterEnum, Change } from "../../schema/change.ts";
import { diffColumns } from "./diff-columns.ts";
import type { DiffContext, DiffOptions, EnumChanges } from "./diff-context.ts";
import { diffViews } from "./diff-views.ts";
import { diffForeignKeys, diffKeys } from "./diff-constraints.ts";
import { keyOf, orderMoves, type Move } from "../../schema/moves.ts";
import { enumAside, pairTables, placeOf, referencedFirst, type TablePair } from "./names.ts";
import { ChangeList } from "./order.ts";
import { isSame } from "../../schema/same.ts";
import type {
  ColumnSnapshot,
  EnumSnapshot,
  Snapshot,
  TableSnapshot,
} from "../snapshot/snapshot.ts";

export function diff(before: Snapshot, after: Snapshot, options: DiffOptions): Change[] {
  const out = new ChangeList();
  const pairs = pairTables(before, after);
  const enums = diffEnums(before, after, out);
  const columns = new Map(
    pairs.map((pair) => [pair.after.id, diffColumns(pair, { ...options, enums })]),
  );
  const context: DiffContext = { ...options, before, after, pairs, columns, out };
  createSchemas(context);
  renameAll(context);
  createTables(context);
  for (const pair of pairs) addColumnChanges(pair, context);
  const droppedKeys = new Map(
    pairs.map((pair) => [keyOf(pair.after), diffKeys(pair, context)] as const),
  );
  diffForeignKeys(context, droppedKeys);
  dropTables(context);
  diffViews(context);
  return out.ordered();
}

function diffEnums(before: Snapshot, after: Snapshot, out: ChangeList): EnumChanges {
  const known = new Map(before.enums.map((item) => [item.id, item]));
  const kept = new Set<string>();
  const renames: (Move & { readonly type: EnumType })[] = [];
  const altered = new Map<string, AlterEnum>();
  for (const item of after.enums) {
    const old = known.get(item.id);
    if (old === undefined) {
      out.add("enums", { kind: "createEnum", type: item.type });
      continue;
    }
    kept.add(item.id);
    const { schema } = old.type;
    const to = { ...(schema !== undefined && { schema }), name: item.type.name };
    renames.push({ from: old.type, to, type: { ...old.type, ...to } });
    const change = alterEnum(old, item, after);
    if (change !== undefined) altered.set(keyOf(item.type), change);
  }
  for (const { id, type } of before.enums) {
    const aside = enumAside(type, after);
    if (!kept.has(id) && aside !== type) renames.push({ from: type, to: aside, type: aside });
  }
  for (const { from, to, type } of orderMoves(renames)) {
    out.add("renames", { kind: "renameEnum", type, from: from.name, to: to.name });
  }
  out.add("enums", ...altered.values());
  for (const item of before.enums) {
    if (!kept.has(item.id))
      out.add("dropEnums", { kind: "dropEnum", type: enumAside(item.type, after) });
  }
  return altered;
}

function alterEnum(
  before: EnumSnapshot,
  after: EnumSnapshot,
  model: Snapshot,
): AlterEnum | undefined {
  const nameOf = new Map(after.valueIds.map((id, at) => [id, after.type.values[at]!]));
  const renamed = before.valueIds.flatMap((id, at) => {
    const from = before.type.values[at]!;
    const to = nameOf.get(id);
    return to === undefined || to === from ? [] : [{ from, to }];
  });
  const type = { ...before.type, name: after.type.name };
  if (renamed.length === 0 && isSame(type, after.type)) return undefined;
  const kept = after.valueIds.filter((id) => before.valueIds.includes(id));
  const isInOrder =
    kept.length === before.valueIds.length && kept.every((id, at) => before.valueIds[at] === id);
  const added = after.type.values.filter((_, at) => !before.valueIds.includes(after.valueIds[at]!));
  const isUsed = model.tables.some(({ columns }) =>
    columns.some(
      ({ type: own, default: value }) =>
        own.kind === "enum" &&
        keyOf(own) === keyOf(after.type) &&
        value?.kind === "value" &&
        added.includes(String(value.value)),
    ),
  );
  const isReplaced = !isInOrder || isUsed || !isSame(type.storage, after.type.storage);
  return { kind: "alterEnum", before: type, after: after.type, renamed, isReplaced };
}

/** A schema that nothing stands in any more stays: others may have something in it. */
function createSchemas({ before, after, family, out }: DiffContext): void {
  const schemasOf = ({ enums, tables, views }: Snapshot): Set<string> =>
    new Set(
      [...enums.map(({ type }) => type), ...tables, ...(views?.[family] ?? [])].flatMap(
        ({ schema }) => schema ?? [],
      ),
    );
  const known = schemasOf(before);
  for (const name of schemasOf(after)) {
    if (!known.has(name)) out.add("createSchemas", { kind: "createSchema", name });
  }
}

function renameAll({ pairs, columns, out }: DiffContext): void {
  const tables = orderMoves(pairs.map(({ before, after }) => ({ from: before, to: after })));
  for (const { from, to } of tables) {
    const { schema } = from;
    const names = { schema, toSchema: to.schema, from: from.name, to: to.name };
    out.add("renames", { kind: "renameTable", ...names });
  }
  for (const { after } of pairs) {
    const moves = columns
      .get(after.id)!
      .renames.map(({ from, to }) => ({ from: { name: from }, to: { name: to } }));
    for (const { from, to } of orderMoves(moves)) {
      const step = { from: from.name, to: to.name };
      out.add("renames", { kind: "renameColumn", ...placeOf(after), ...step });
    }
  }
}

function createTables({ after, pairs, can, out }: DiffContext): void {
  const kept = new Set(pairs.map((pair) => pair.after.id));
  const created = referencedFirst(after.tables.filter(({ id }) => !kept.has(id)));
  for (const table of created) {
    out.add("createTables", { kind: "createTable", table, hasForeignKeys: !can.addForeignKey });
    for (const index of table.indexes)
      out.add("constraints", { kind: "createIndex", table, index });
    if (can.addForeignKey) {
      for (const foreignKey of table.foreignKeys)
        out.add("foreignKeys", { kind: "addForeignKey", ...placeOf(table), foreignKey });
    }
    addComments(undefined, table, out);
  }
}

function addComments(
  before: TableSnapshot | undefined,
  after: TableSnapshot,
  out: ChangeList,
): void {
  const known = new Map(before?.columns.map(({ id, comment }) => [id, comment]));
  const add = (
    column: string | undefined,
    old: string | undefined,
    comment: string | undefined,
  ) => {
    if (old !== comment)
      out.add("comments", { kind: "setComment", on: "table", ...placeOf(after), column, comment });
  };
  add(undefined, before?.comment, after.comment);
  for (const { id, name, comment } of after.columns) add(name, known.get(id), comment);
}

function addColumnChanges(pair: TablePair, { columns, out }: DiffContext): void {
  const { added, altered, dropped, droppedEarly, generated } = columns.get(pair.after.id)!;
  out.add("columns", ...altered, ...added);
  out.add("generatedColumns", ...generated);
  out.add("dropEarly", ...droppedEarly);
  out.add("dropColumns", ...dropped);
  const recreated = new Set(droppedEarly.map(({ column }) => (column as ColumnSnapshot).id));
  const renamed = {
    ...pair.renamed,
    columns: pair.renamed.columns.filter(({ id }) => !recreated.has(id)),
  };
  addComments(renamed, pair.after, out);
}

/** Their indexes go with them; the names of these are in the way when new ones bear them. */
function dropTables({ before, after, pairs, out }: DiffContext): void {
  const kept = new Set(pairs.map((pair) => pair.before.id));
  const gone = referencedFirst(before.tables.filter(({ id }) => !kept.has(id))).toReversed();
  if (gone.length === 0) return;
  const taken = new Set(after.tables.flatMap(namesOf));
  const early = gone.filter((table) => namesOf(table).some((name) => taken.has(name)));
  const late = gone.filter((table) => !early.includes(table));
  const order = [...early, ...late];
  order.forEach((table, at) => {
    for (const foreignKey of table.foreignKeys) {
      const place = { schema: foreignKey.targetSchema, name: foreignKey.target };
      const target = order.findIndex((other) => keyOf(other) === keyOf(place));
      if (target !== -1 && target < at)
        out.add("dropForeignKeys", { kind: "dropForeignKey", ...placeOf(table), foreignKey });
    }
  });
  for (const table of early) out.add("dropEarly", dropTable(table));
  for (const table of late) out.add("dropTables", dropTable(table));
}

function dropTable(table: TableSnapshot): Change {
  const fullTexts = table.indexes.filter(({ fullText }) => fullText !== undefined);
  const place = placeOf(table);
  return { kind: "dropTable", ...place, ...(fullTexts.length > 0 && { fullTexts }) };
}

function namesOf({ schema, ...table }: TableSnapshot): string[] {
  const { primaryKey, uniques, indexes, checks, foreignKeys } = table;
  const parts = [
    ...uniques,
    ...indexes,
    ...checks,
    ...foreignKeys,
    ...(primaryKey ? [primaryKey] : []),
  ];
  return [table, ...parts].map(({ name }) => keyOf({ schema, name }));
}
