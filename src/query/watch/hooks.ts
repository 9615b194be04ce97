/** What a program does before and behind the writes of a table. */

import { transactionOf } from "../../connect/transaction/local-settings.ts";
import { ConfigError, InvalidValueError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { AnyTable, KeyOf, RowOf, TableInfo, WritableTable } from "../../schema/table.ts";
import type { Actor } from "../actor.ts";
import { Transaction } from "../client.ts";
import type { Database } from "../database.ts";
import type { Scope } from "../run.ts";
import type { InsertRow, UpdateSet } from "../types.ts";
import { tableOfWrite } from "../write/write.ts";
import type { AnyRow, WriteAction, Watcher, Written } from "./watchers.ts";

/** What every hook gets. */
export interface HookContext {
  /** The transaction of the write: what a hook does by it is done or undone with the write. */
  readonly tx: Transaction;
  /** Who acts, as `db.as()` said. */
  readonly actor: Actor | undefined;
}

export interface InsertEvent<T extends AnyTable> extends HookContext {
  /** All rows of the write, as they were given, with the defaults that the program makes. */
  readonly rows: readonly InsertRow<T>[];
}

export interface InsertedEvent<T extends AnyTable> extends HookContext {
  readonly keys: readonly KeyOf<T>[];
  /** As they are stored. */
  readonly rows: readonly RowOf<T>[];
}

/** Rows that are to get the same values. */
export interface RowsUpdate<T extends AnyTable> {
  readonly keys: readonly KeyOf<T>[];
  /** Values and expressions, without what every update keeps by itself. */
  readonly set: UpdateSet<T>;
}

export interface UpdateEvent<T extends AnyTable> extends HookContext {
  /** One for an update by a condition; one for each row of `updateMany()`. */
  readonly updates: readonly RowsUpdate<T>[];
  readonly action: "restore" | "update";
}

export interface RowChange<T extends AnyTable> {
  readonly key: KeyOf<T>;
  readonly before: RowOf<T>;
  readonly after: RowOf<T>;
}

export interface UpdatedEvent<T extends AnyTable> extends HookContext {
  readonly changes: readonly RowChange<T>[];
  readonly action: "restore" | "update";
}

export interface DeleteEvent<T extends AnyTable> extends HookContext {
  readonly keys: readonly KeyOf<T>[];
  readonly action: "delete" | "soft delete";
}

export interface DeletedEvent<T extends AnyTable> extends DeleteEvent<T> {
  /** As they were. */
  readonly rows: readonly RowOf<T>[];
}

/**
 * Each is called once for a write, whatever the number of its rows, and not at all where it meets none. What it throws
 * undoes the write, and is what the write throws.
 */
export interface Hooks<T extends AnyTable> {
  /** @returns the rows to insert instead, as many in the same order; nothing where they are to stay as they are. */
  beforeInsert?(event: InsertEvent<T>): MaybePromise<readonly InsertRow<T>[] | void>;
  afterInsert?(event: InsertedEvent<T>): MaybePromise<void>;
  /** @returns what to set instead, one for each of `updates`; nothing where it is to stay as it is. */
  beforeUpdate?(event: UpdateEvent<T>): MaybePromise<readonly UpdateSet<T>[] | void>;
  afterUpdate?(event: UpdatedEvent<T>): MaybePromise<void>;
  beforeDelete?(event: DeleteEvent<T>): MaybePromise<void>;
  afterDelete?(event: DeletedEvent<T>): MaybePromise<void>;
}

const NAMES: readonly (keyof Hooks<AnyTable>)[] = [
  "beforeInsert",
  "afterInsert",
  "beforeUpdate",
  "afterUpdate",
  "beforeDelete",
  "afterDelete",
];

/** The hooks of one table, for `connect(url, { hooks: [ … ] })`. */
export class TableHooks {
  readonly #table: TableInfo;
  readonly #hooks: Hooks<AnyTable>;

  constructor(table: TableInfo, given: Hooks<AnyTable>) {
    this.#table = table;
    this.#hooks = given;
  }

  /** Of a database that is being connected. */
  register(db: Database): void {
    db["~watch"](this.#table, watcherOf(this.#table, this.#hooks));
  }
}

/**
 * Declares what is to be done before and behind the writes of a table, whichever way they are written. What hooks do by
 * `tx` is part of the write's transaction, which is run again where another one is in the way: what can't be undone belongs
 * into `tx.afterCommit()`.
 *
 * SQL by hand, and what the database does by itself, such as `on delete cascade`, come by no hook.
 *
 * @throws {ConfigError} `E_SCHEMA` for a table without a primary key.
 * @example
 * const db = await connect(url, {
 *   hooks: [
 *     hooks(users, {
 *       beforeInsert: ({ rows }) => rows.map((row) => ({ ...row, name: row.name.trim() })),
 *     }),
 *   ],
 * });
 */
export function hooks<T extends WritableTable>(table: T, given: Hooks<T>): TableHooks {
  const info = tableOfWrite(table);
  if (info.primaryKey.length === 0) {
    throw new ConfigError(`Table "${info.table}" has no primary key, by which hooks know rows.`, {
      code: "E_SCHEMA",
      hint: "Declare one.",
    });
  }
  for (const [name, hook] of Object.entries(given) as [keyof Hooks<T>, unknown][]) {
    if (NAMES.includes(name) && (hook === undefined || typeof hook === "function")) continue;
    throw new ConfigError(`"${name}" of the hooks of "${info.table}" is no hook.`, {
      hint: `There are ${NAMES.join(", ")}, which are functions.`,
    });
  }
  // Events are made of the table's own rows.
  return new TableHooks(info, given as Hooks<AnyTable>);
}

function contextOf(scope: Scope): HookContext {
  const { context, runner } = scope;
  // A watched write is always in one.
  return { tx: new Transaction(scope, transactionOf(runner)!), actor: context?.actor };
}

function checkCount<Item>(
  hook: string,
  table: TableInfo,
  wanted: number,
  given: readonly Item[] | void,
): readonly Item[] | undefined {
  if (given === undefined) return undefined;
  if (Array.isArray(given) && given.length === wanted) return given as readonly Item[];
  throw new InvalidValueError(
    `${hook} of "${table.table}" returns as many as it is given, or nothing.`,
    { hint: "Throw an error to refuse the write." },
  );
}

function watcherOf(table: TableInfo, given: Hooks<AnyTable>): Watcher {
  const { primaryKey } = table;
  const single = primaryKey.length === 1 ? primaryKey[0]!.key : undefined;
  const keysOf = (keys: readonly AnyRow[]): never[] =>
    (single === undefined ? keys : keys.map((key) => key[single])) as never[];
  const { beforeDelete, beforeInsert, beforeUpdate } = given;
  const behind = {
    delete: given.afterDelete,
    insert: given.afterInsert,
    restore: given.afterUpdate,
    "soft delete": given.afterDelete,
    update: given.afterUpdate,
  };
  return {
    interestIn: (action) => (behind[action] === undefined ? "nothing" : "rows"),
    ...(beforeInsert !== undefined && {
      beforeInsert: async (scope: Scope, rows: readonly AnyRow[]) =>
        checkCount(
          "beforeInsert",
          table,
          rows.length,
          await beforeInsert.call(given, { ...contextOf(scope), rows: rows as never }),
        ) as readonly AnyRow[] | undefined,
    }),
    ...(beforeUpdate !== undefined && {
      beforeUpdate: async (scope, updates, action) => {
        const planned = updates.map(({ keys, set }) => ({ keys: keysOf(keys), set }));
        const event = { ...contextOf(scope), updates: planned, action };
        const sets = await beforeUpdate.call(given, event as never);
        return checkCount("beforeUpdate", table, updates.length, sets) as readonly AnyRow[];
      },
    }),
    ...(beforeDelete !== undefined && {
      beforeDelete: async (scope, keys, action) =>
        beforeDelete.call(given, { ...contextOf(scope), keys: keysOf(keys), action }),
    }),
    after: (scope, written) => tell(scope, written),
  };

  async function tell(scope: Scope, { action, rows }: Written): Promise<void> {
    const keys = keysOf(rows.map(({ key }) => key));
    const is = (...actions: WriteAction[]): boolean => actions.includes(action);
    if (is("insert")) {
      const stored = rows.map(({ after }) => after) as never[];
      await given.afterInsert?.({ ...contextOf(scope), keys, rows: stored });
    } else if (is("delete", "soft delete")) {
      const old = rows.map(({ before }) => before) as never[];
      const event = { ...contextOf(scope), keys, rows: old, action };
      await given.afterDelete?.(event as DeletedEvent<AnyTable>);
    } else {
      const changes = rows.map(({ before, after }, index) => ({ key: keys[index], before, after }));
      const event = { ...contextOf(scope), changes, action };
      await given.afterUpdate?.(event as UpdatedEvent<AnyTable>);
    }
  }
}
