/** Views, which hold nothing: what changes, or reads something that changes, is dropped first and made anew last. */

import type { Change, CreateIndex } from "../../schema/change.ts";
import type { TableModel, ViewModel } from "../../schema/model.ts";
import { isSame } from "../../schema/same.ts";
import type { DiffContext } from "./diff-context.ts";
import { keyOf } from "../../schema/moves.ts";
import { placeOf } from "./names.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

function viewsOf({ views }: Snapshot, family: string): readonly ViewModel[] {
  return views?.[family] ?? [];
}

/** What a view may read and doesn't keep as it is, by the names of before. */
function changedSources({ before, pairs, columns }: DiffContext): Set<string> {
  const kept = new Set<string>();
  for (const { before: table, after } of pairs) {
    const { renames, altered, dropped, droppedEarly } = columns.get(after.id)!;
    const count = renames.length + altered.length + dropped.length + droppedEarly.length;
    if (count === 0 && keyOf(table) === keyOf(after)) kept.add(keyOf(table));
  }
  return new Set(before.tables.map(keyOf).filter((key) => !kept.has(key)));
}

function createView(view: ViewModel, canComment: boolean): Change[] {
  const table: TableModel = {
    ...view,
    primaryKey: undefined,
    uniques: [],
    checks: [],
    foreignKeys: [],
  };
  const on = view.isMaterialized ? "materialized view" : "view";
  const comments = [
    { column: undefined, comment: view.comment },
    ...view.columns.map(({ name, comment }) => ({ column: name, comment })),
  ].filter(({ comment }) => comment !== undefined);
  return [
    { kind: "createView", view },
    ...view.indexes.map((index): CreateIndex => ({ kind: "createIndex", table, index })),
    ...(canComment ? comments : []).map((one): Change => ({
      kind: "setComment",
      on,
      ...placeOf(view),
      ...one,
    })),
  ];
}

/** What a view is made of: the types of its columns follow from its text, and so does what it reads. */
function definition(view: ViewModel | undefined): object | undefined {
  if (view === undefined) return undefined;
  const { reads: _reads, columns, ...rest } = view;
  return { ...rest, columns: columns.map(({ name, comment }) => ({ name, comment })) };
}

export function diffViews(context: DiffContext): void {
  const { after, before, can, family, out } = context;
  const old = viewsOf(before, family);
  const now = viewsOf(after, family);
  if (old.length + now.length === 0) return;
  const changed = changedSources(context);
  const next = new Map(now.map((view) => [keyOf(view), view]));
  const dropped = new Set<string>();
  // Those that others read come before them.
  for (const view of old) {
    const isRead = view.reads.some((source) => changed.has(keyOf(source)));
    if (!isRead && isSame(definition(view), definition(next.get(keyOf(view))))) continue;
    dropped.add(keyOf(view));
    changed.add(keyOf(view));
  }
  for (const view of old.toReversed()) {
    const { schema, name, isMaterialized } = view;
    if (dropped.has(keyOf(view)))
      out.add("dropViews", { kind: "dropView", schema, name, isMaterialized });
  }
  const known = new Set(old.map(keyOf));
  for (const view of now) {
    if (dropped.has(keyOf(view)) || !known.has(keyOf(view)))
      out.add("createViews", ...createView(view, can.commentStatements));
  }
}
