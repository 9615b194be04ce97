/** Rows in hand that know what of them has changed. */

import { valueTypeOf } from "../ast/sealed.ts";
import { util } from "../core/builtin.ts";
import { BuildError, NotFoundError } from "../core/error.ts";
import { checkerOf } from "../dialect/values/type-map.ts";
import type {
  AnyTable,
  AnyTableColumn,
  Flat,
  KeyNameOf,
  NewRowOf,
  RowOf,
  TableInfo,
  UpdatableOf,
  WritableTable,
} from "../schema/table.ts";
import type { Executor } from "./client.ts";
import { and, eq } from "./expression.ts";
import { tableOfWrite } from "./write/write.ts";

/** What may be changed of a row that is stored. */
export type EditableOf<T extends AnyTable> = Omit<UpdatableOf<T>, KeyNameOf<T>>;

/** A row whose members may be assigned to, but for its key and what the database computes. */
export type TrackedValues<T extends AnyTable> = Flat<
  EditableOf<T> & Readonly<Omit<RowOf<T>, keyof EditableOf<T>>>
>;

/** Whether a member has a value to write, the one that is stored, or none. */
export type MemberState = "set" | "unchanged" | "unset";

type AnyRow = Record<string, unknown>;

/** A copy that changes with nobody else's: of lists, of objects as JSON has them, of instants and bytes. */
function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(copyOf);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null
    ? copyOfMembers(value as AnyRow)
    : value;
}

function copyOfMembers(row: Readonly<AnyRow>): AnyRow {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, copyOf(value)]));
}

/** Values in one spelling, as a uuid or a decimal has several. What is none of the column is left to the write to refuse. */
function speltOf(column: AnyTableColumn, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  const type = valueTypeOf(column.type);
  if (type.kind === "json" || type.kind === "custom") return value;
  try {
    return checkerOf(type)(value);
  } catch {
    return value;
  }
}

function isSame(column: AnyTableColumn, one: unknown, other: unknown): boolean {
  return (
    Object.is(one, other) || util().isDeepStrictEqual(speltOf(column, one), speltOf(column, other))
  );
}

/**
 * A row in hand. Assign to the members of `row`, also inside of JSON; `save` writes what has changed.
 */
export class Tracked<T extends AnyTable, Values> {
  /** The row as it is to be. */
  readonly row: Values;
  readonly #target: T;
  readonly #table: TableInfo;
  /** As it is stored; undefined of one that isn't. */
  #stored: AnyRow | undefined;
  #isSaving = false;

  constructor(target: T, row: object, isStored: boolean) {
    const table = tableOfWrite(target);
    if (table.primaryKey.length === 0) {
      throw new BuildError("E_UNKNOWN_COLUMN", `Table "${table.table}" has no primary key.`, {
        hint: "Rows are tracked by it; declare one.",
      });
    }
    const known = Object.entries(row).filter(([key]) => table.column(key) !== undefined);
    const [missing] = table.primaryKey.filter(({ key }) => !known.some(([name]) => name === key));
    if (isStored && missing !== undefined) {
      throw new BuildError("E_UNKNOWN_COLUMN", `The row has no "${missing.key}", its key.`, {
        hint: "Track rows as they are read, or with trackNew() those that aren't stored.",
      });
    }
    this.#target = target;
    this.#table = table;
    this.#stored = isStored ? copyOfMembers(Object.fromEntries(known)) : undefined;
    this.row = copyOfMembers(row as AnyRow) as Values;
  }

  get #values(): AnyRow {
    return this.row as AnyRow;
  }

  /** Whether it isn't stored yet. */
  get isNew(): boolean {
    return this.#stored === undefined;
  }

  /** Whether `save` has anything to write. */
  get isChanged(): boolean {
    return this.isNew || this.#table.columns.some(({ key }) => this.#stateOf(key) === "set");
  }

  /** What `save` would write. */
  get changes(): Partial<UpdatableOf<T>> {
    const entries = this.#table.columns
      .filter(({ key }) => this.#stateOf(key) === "set")
      .map(({ key }) => [key, this.#values[key]] as const);
    return Object.fromEntries(entries) as Partial<UpdatableOf<T>>;
  }

  /** A value that is assigned and equal to the one that is stored is unchanged. */
  stateOf(key: keyof RowOf<T> & string): MemberState {
    return this.#stateOf(key);
  }

  #stateOf(key: string): MemberState {
    const value = this.#values[key];
    if (value === undefined) return "unset";
    const stored = this.#stored;
    if (stored === undefined || !Object.hasOwn(stored, key)) return "set";
    return isSame(this.#table.column(key)!, value, stored[key]) ? "unchanged" : "set";
  }

  /** Takes back what was assigned: to these members, or to all. */
  reset(...keys: readonly (keyof RowOf<T> & string)[]): void {
    const stored = this.#stored ?? {};
    const values = this.#values;
    for (const { key } of this.#table.columns) {
      if (keys.length > 0 && !(keys as readonly string[]).includes(key)) continue;
      if (Object.hasOwn(stored, key)) values[key] = copyOf(stored[key]);
      else delete values[key];
    }
  }

  /**
   * Inserts a new row, and of one that is stored updates what has changed. Where nothing has, nothing is sent. Hooks, times
   * and audit trails take part as in every write, and a table with `version()` is written only while the row has the
   * version that was read.
   *
   * @returns the row as it is stored, which is what `row` holds then. A rollback behind it isn't noticed: read the row again.
   * @throws {StaleRowError} `E_STALE` when somebody else has changed the row.
   * @throws {NotFoundError} `E_NOT_FOUND` when it is gone.
   */
  async save(db: Executor): Promise<RowOf<T>> {
    if (this.#isSaving)
      throw new BuildError("E_WRITE_TWICE", "save() was called while it was under way.");
    if (!this.isChanged) return copyOfMembers(this.#stored!) as RowOf<T>;
    this.#isSaving = true;
    try {
      const sent = copyOfMembers(this.#values);
      const stored = await (this.isNew ? this.#insert(db) : this.#update(db, this.#stored!));
      this.#take(stored, sent);
      return copyOfMembers(stored) as RowOf<T>;
    } finally {
      this.#isSaving = false;
    }
  }

  /** What was assigned while the row was written is left for the next time. */
  #take(stored: AnyRow, sent: AnyRow): void {
    const values = this.#values;
    for (const column of this.#table.columns) {
      const { key } = column;
      if (isSame(column, values[key], sent[key])) values[key] = copyOf(stored[key]);
    }
    this.#stored = copyOfMembers(stored);
  }

  async #insert(db: Executor): Promise<AnyRow> {
    const rows = await db
      .insert(this.#target as WritableTable)
      .values(this.changes as NewRowOf<WritableTable>)
      .returning();
    return rows[0] as AnyRow;
  }

  async #update(db: Executor, stored: AnyRow): Promise<AnyRow> {
    const { kept, primaryKey, table } = this.#table;
    const moved = primaryKey.find(({ key }) => this.#stateOf(key) !== "unchanged");
    if (moved !== undefined) {
      throw new BuildError(
        "E_UNKNOWN_COLUMN",
        `"${moved.key}" is the key of a row of "${table}".`,
        {
          hint: "Insert a row with the new key, and delete the old one.",
        },
      );
    }
    const update = db
      .update(this.#target as WritableTable)
      .set(this.changes as object)
      .where(and(...primaryKey.map((column) => eq(column, stored[column.key] as {}))));
    const version = kept.find(({ key, spec }) => spec.keeps === "version" && key in stored);
    const write = version === undefined ? update : update.version(stored[version.key] as never);
    const [row] = await write.returning();
    if (row === undefined) throw new NotFoundError(table, "It was deleted since it was read.");
    return row as AnyRow;
  }
}

/**
 * A row that was read, to change and to save. It is copied: the one that is given stays as it is.
 *
 * @example
 * const user = track(users, await db.from(users).where(eq(users.id, 1)).one());
 * user.row.email = "ada@example.com";
 * if (user.isChanged) await user.save(db);
 */
export function track<T extends WritableTable>(
  table: T,
  row: RowOf<T>,
): Tracked<T, TrackedValues<T>> {
  return new Tracked(table, row as object, true);
}

/**
 * A row that isn't stored yet, which the first `save` inserts.
 *
 * @example
 * const user = trackNew(users, { name: "Ada" });
 * user.row.email = "ada@example.com";
 * await user.save(db);
 */
export function trackNew<T extends WritableTable>(
  table: T,
  values: Partial<NewRowOf<T>> = {},
): Tracked<T, Partial<NewRowOf<T>>> {
  return new Tracked(table, values, false);
}
