/**
 * Who takes part in the writes of a table: hooks, the audit trail, and whatever follows a commit. The write of a table that
 * nobody watches asks once, and goes its usual way.
 */

import { HookLoopError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { TableInfo } from "../../schema/table.ts";
import { scopeFor } from "../context.ts";
import type { Scope } from "../run.ts";

export type AnyRow = Readonly<Record<string, unknown>>;

/** What became of the rows. A soft delete and a restore are updates of the table, and mean more. */
export type WriteAction = "delete" | "insert" | "restore" | "soft delete" | "update";

export interface WrittenRow {
  /** The columns of the primary key. */
  readonly key: AnyRow;
  /** The row as it was; undefined of an insert, and where nobody wants rows. */
  readonly before: AnyRow | undefined;
  /** The row as it is stored; undefined of a delete, and where nobody wants rows. */
  readonly after: AnyRow | undefined;
}

/** What a write did. An insert that meets rows which exist tells two: of inserts, and of updates. */
export interface Written {
  readonly table: TableInfo;
  readonly action: WriteAction;
  readonly rows: readonly WrittenRow[];
}

/** Rows that are to get the same values: those of a condition, or one of an update of many rows. */
export interface PlannedUpdate {
  readonly keys: readonly AnyRow[];
  readonly set: AnyRow;
}

/** What is to become of rows that exist. */
export type Removal = "delete" | "soft delete";

/** What somebody wants to know of rows that were written: as they were and as they are, their keys, or nothing. */
export type Interest = "keys" | "nothing" | "rows";

/** All of it is part of the write's transaction, which is undone by what it throws. */
export interface Watcher {
  /** Rows are read for it, which keys mostly aren't. */
  interestIn(action: WriteAction): Interest;
  /** @returns the rows to insert instead, as many. */
  beforeInsert?(scope: Scope, rows: readonly AnyRow[]): MaybePromise<readonly AnyRow[] | void>;
  /** @returns what to set instead, as many. */
  beforeUpdate?(
    scope: Scope,
    updates: readonly PlannedUpdate[],
    action: WriteAction,
  ): MaybePromise<readonly AnyRow[] | void>;
  beforeDelete?(scope: Scope, keys: readonly AnyRow[], action: Removal): MaybePromise<void>;
  after?(scope: Scope, written: Written): MaybePromise<void>;
}

const PRECEDING = {
  delete: "beforeDelete",
  insert: "beforeInsert",
  restore: "beforeUpdate",
  "soft delete": "beforeDelete",
  update: "beforeUpdate",
} as const satisfies Record<WriteAction, keyof Watcher>;

/** Writes that watchers make are watched, too; beyond these inside of one another they never end. */
const MAX_DEPTH = 16;

/** Those who watch one table, in the order in which they came. */
export class TableWatch {
  readonly table: TableInfo;
  readonly #watchers: Watcher[] = [];

  constructor(table: TableInfo) {
    this.table = table;
  }

  add(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** Whether anybody wants to know what was written. */
  follows(action: WriteAction): boolean {
    return this.#watchers.some((watcher) => watcher.interestIn(action) !== "nothing");
  }

  wantsRows(action: WriteAction): boolean {
    return this.#watchers.some((watcher) => watcher.interestIn(action) === "rows");
  }

  /** Whether anybody has a say before the rows are written. */
  precedes(action: WriteAction): boolean {
    const name = PRECEDING[action];
    return this.#watchers.some((watcher) => watcher[name] !== undefined);
  }

  /** Whether anybody takes part in such writes. */
  isOf(action: WriteAction): boolean {
    return this.precedes(action) || this.follows(action);
  }

  /**
   * The scope of what is done inside of the write.
   *
   * @throws {HookLoopError} for a write inside of too many others.
   */
  enter(scope: Scope): Scope {
    const depth = (scope.context?.depth ?? 0) + 1;
    if (depth > MAX_DEPTH) throw new HookLoopError(this.table.table, MAX_DEPTH);
    return scopeFor(scope, { depth });
  }

  async beforeInsert(scope: Scope, given: readonly AnyRow[]): Promise<readonly AnyRow[]> {
    let rows = given;
    for (const watcher of this.#watchers)
      rows = (await watcher.beforeInsert?.(scope, rows)) ?? rows;
    return rows;
  }

  /** @returns what to set, in the order of the updates; the same objects where nobody changed them. */
  async beforeUpdate(
    scope: Scope,
    updates: readonly PlannedUpdate[],
    action: WriteAction = "update",
  ): Promise<readonly AnyRow[]> {
    let sets = updates.map(({ set }) => set);
    for (const watcher of this.#watchers) {
      if (watcher.beforeUpdate === undefined) continue;
      const planned = updates.map(({ keys }, index) => ({ keys, set: sets[index]! }));
      sets = [...((await watcher.beforeUpdate(scope, planned, action)) ?? sets)];
    }
    return sets;
  }

  async beforeDelete(scope: Scope, keys: readonly AnyRow[], action: Removal): Promise<void> {
    for (const watcher of this.#watchers) await watcher.beforeDelete?.(scope, keys, action);
  }

  async after(scope: Scope, action: WriteAction, rows: readonly WrittenRow[]): Promise<void> {
    if (rows.length === 0) return;
    const written = { table: this.table, action, rows };
    for (const watcher of this.#watchers) await watcher.after?.(scope, written);
  }
}

/** Those who watch a table, where somebody does. */
export function watchOf({ plans }: Scope, table: TableInfo): TableWatch | undefined {
  const { watches } = plans;
  // Only `watchTable` puts one there. Most programs watch nothing, and are spared the search.
  return watches.size === 0 ? undefined : (watches.get(table) as TableWatch | undefined);
}

/** Lets somebody take part in all writes of a table, by whichever client of the database. */
export function watchTable(scope: Scope, table: TableInfo, watcher: Watcher): void {
  let watch = watchOf(scope, table);
  if (watch === undefined) scope.plans.watches.set(table, (watch = new TableWatch(table)));
  watch.add(watcher);
}
