/** Which tables change with others, by their foreign keys. */

/** What is done to the rows of a table. */
export interface RowChange {
  readonly kind: "delete" | "insert" | "update";
  /** The columns of an update; undefined where any may be. */
  readonly columns?: readonly string[] | undefined;
}

/** What a foreign key does to its own rows. */
export type Action = "cascade" | "none" | "set";

export interface Cascade {
  /** The table that has the key, and the one that it is to. */
  readonly table: string;
  readonly target: string;
  readonly columns: readonly string[];
  readonly targetColumns: readonly string[];
  readonly onDelete: Action;
  readonly onUpdate: Action;
}

/** `NO ACTION` and `RESTRICT` do nothing to the rows. @param rule As the catalogue has it. */
export function actionOf(rule: unknown): Action {
  const text = String(rule).toLowerCase();
  if (text === "cascade" || text === "c") return "cascade";
  return text.startsWith("set") || text === "n" || text === "d" ? "set" : "none";
}

/** What happens to the rows of a key when those that it is to are changed. */
function changeBy(cascade: Cascade, { kind, columns }: RowChange): RowChange | undefined {
  if (kind === "delete" && cascade.onDelete === "cascade") return { kind };
  const isMet =
    kind === "update"
      ? columns === undefined || cascade.targetColumns.some((column) => columns.includes(column))
      : kind === "delete";
  const action = kind === "delete" ? cascade.onDelete : cascade.onUpdate;
  return isMet && action !== "none" ? { kind: "update", columns: cascade.columns } : undefined;
}

/** Those that are changed, and all that change with them. */
export function withCascades(
  changed: Iterable<readonly [table: string, change: RowChange]>,
  cascades: readonly Cascade[],
): ReadonlySet<string> {
  const pending = [...changed];
  const done = new Set<string>();
  const tables = new Set<string>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [table, change] = next;
    const key = JSON.stringify([table, change.kind, change.columns]);
    if (done.has(key)) continue;
    done.add(key);
    tables.add(table);
    for (const cascade of cascades) {
      const then = cascade.target === table ? changeBy(cascade, change) : undefined;
      if (then !== undefined) pending.push([cascade.table, then]);
    }
  }
  return tables;
}
