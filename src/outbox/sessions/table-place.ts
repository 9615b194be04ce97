/** Sessions as rows of a table. */

import type { Executor } from "../../query/client.ts";
import { and, eq, inArray, lte } from "../../query/expression.ts";
import type { AnyTable, AnyTableColumn } from "../../schema/table.ts";
import type {
  AddedSession,
  HeldSession,
  HeldSessions,
  SessionChange,
  SessionPlace,
} from "../../services/session/place.ts";
import type { SessionRecord, SessionTimes } from "../../services/session/record.ts";
import { clock } from "../instants.ts";
import type { SessionFields } from "./columns.ts";
import type { DatabaseClock } from "./database-clock.ts";
import { idsOf, userKeyOf, type SessionIds } from "./ids.ts";

type Cells = Readonly<Record<string, unknown>>;
type FieldName = keyof SessionFields;

/** What reads rows by their keys from a cache: `createRowCache(db, cache)`. */
export interface SessionRows {
  find(table: AnyTable, key: never): Promise<object | undefined>;
}

export interface TableOfSessions {
  readonly table: AnyTable;
  readonly fields: SessionFields;
  readonly times: SessionTimes;
  readonly clock: DatabaseClock;
}

const NOWHERE: HeldSessions = { nowMs: 0, sessions: [] };

function instantMs(value: unknown): number | undefined {
  return value instanceof Date ? value.getTime() : undefined;
}

/** What a column of less than milliseconds can hold. */
function instantFor({ type }: AnyTableColumn, ms: number): Date {
  const digits = type.kind === "timestamp" ? Math.min(type.precision, 3) : 3;
  const step = 10 ** (3 - digits);
  return new Date(Math.floor(ms / step) * step);
}

export class TablePlace implements SessionPlace {
  readonly #of: TableOfSessions;
  readonly #client: Executor;
  /** Undefined: the client itself. */
  readonly #finder: SessionRows | undefined;
  readonly #isTransaction: boolean;
  readonly #ids: SessionIds;

  constructor(
    of: TableOfSessions,
    client: Executor,
    finder: SessionRows | undefined,
    isTransaction: boolean,
  ) {
    this.#of = of;
    this.#client = client;
    this.#finder = finder;
    this.#isTransaction = isTransaction;
    this.#ids = idsOf(of.fields.id.type);
  }

  isId(sessionId: unknown): sessionId is string {
    return this.#ids.is(sessionId);
  }

  #userKey(userId: string): ReturnType<typeof userKeyOf> {
    return userKeyOf(this.#of.fields.userId.type, userId);
  }

  #nowMs(): Promise<number> {
    return this.#of.clock.nowMs(this.#client, this.#of.table);
  }

  /** Cells by what they are for, of those that the table has. */
  #cells(values: Partial<Record<FieldName, unknown>>): Record<string, unknown> {
    const cells: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      const column = this.#of.fields[name as FieldName];
      if (column === undefined || value === undefined) continue;
      const isInstant = column.type.kind === "timestamp";
      cells[column.key] = isInstant ? instantFor(column, Number(value)) : value;
    }
    return cells;
  }

  #held(row: object): HeldSession {
    const { fields, times } = this.#of;
    const cell = (column: AnyTableColumn | undefined): unknown =>
      column === undefined ? undefined : (row as Cells)[column.key];
    const text = (column: AnyTableColumn | undefined): string => {
      const value = cell(column);
      return typeof value === "string" ? value : "";
    };
    const endMs = instantMs(cell(fields.expiresAt)) ?? 0;
    // What isn't written down follows from the end, as it was written by these rules.
    const createdMs = instantMs(cell(fields.createdAt)) ?? endMs - times.maxMs;
    const usedMs = instantMs(cell(fields.usedAt)) ?? Math.max(createdMs, endMs - times.idleMs);
    const former = text(fields.formerHashes);
    const record: SessionRecord = {
      createdMs,
      usedMs,
      rotatedMs: instantMs(cell(fields.rotatedAt)) ?? usedMs,
      secretHash: text(fields.tokenHash),
      formerHashes: former === "" ? [] : former.split(","),
      endMs,
    };
    return { id: text(fields.id), record, data: text(fields.data), mark: record.secretHash };
  }

  async read(userId: string, sessionId: string, forChange: boolean): Promise<HeldSessions> {
    if (this.#userKey(userId) === undefined) return NOWHERE;
    const row = await this.#find(sessionId, forChange);
    if (row === undefined) return NOWHERE;
    const nowMs = await this.#nowMs();
    const isTheirs = String((row as Cells)[this.#of.fields.userId.key]) === userId;
    return { nowMs, sessions: isTheirs ? [this.#held(row)] : [] };
  }

  async #find(sessionId: string, forChange: boolean): Promise<object | undefined> {
    const { fields, table } = this.#of;
    if (this.#finder !== undefined && !forChange)
      return await this.#finder.find(table, sessionId as never);
    const query = this.#client.from(table).where(eq(fields.id, sessionId));
    // A transaction would see what was, and try in vain to change it.
    const isLocked =
      forChange && this.#isTransaction && this.#client["~engine"].dialect.can.rowLocks;
    return (await (isLocked ? query.forUpdate() : query).first()) as object | undefined;
  }

  async readAll(userId: string): Promise<HeldSessions> {
    const key = this.#userKey(userId);
    if (key === undefined) return NOWHERE;
    const { fields, table } = this.#of;
    const rows: readonly object[] = await this.#client.from(table).where(eq(fields.userId, key));
    if (rows.length === 0) return NOWHERE;
    return { nowMs: await this.#nowMs(), sessions: rows.map((row) => this.#held(row)) };
  }

  async add({ data, gone, secretHash, ttlMs, userId }: AddedSession): Promise<{
    readonly id: string;
    readonly nowMs: number;
  }> {
    const id = this.#ids.make();
    const nowMs = await this.#nowMs();
    if (gone.length > 0) await this.remove(userId, gone);
    const cells = this.#cells({
      id,
      // What isn't the key of any user is for the column to refuse.
      userId: this.#userKey(userId) ?? userId,
      tokenHash: secretHash,
      formerHashes: "",
      data,
      createdAt: nowMs,
      usedAt: nowMs,
      rotatedAt: nowMs,
      expiresAt: nowMs + ttlMs,
    });
    await this.#client.insert(this.#of.table).values(cells as never);
    return { id, nowMs };
  }

  async replace(
    userId: string,
    { id, mark }: HeldSession,
    { data, record, ttlMs }: SessionChange,
  ): Promise<boolean> {
    const { fields, table } = this.#of;
    const key = this.#userKey(userId);
    if (key === undefined) return false;
    const cells = this.#cells({
      tokenHash: record.secretHash === mark ? undefined : record.secretHash,
      formerHashes: record.secretHash === mark ? undefined : record.formerHashes.join(","),
      data,
      usedAt: record.usedMs,
      rotatedAt: record.secretHash === mark ? undefined : record.rotatedMs,
      expiresAt: record.usedMs + ttlMs,
    });
    const { affectedRows } = await this.#client
      .update(table)
      .set(cells as never)
      .where(and(eq(fields.id, id), eq(fields.tokenHash, mark), eq(fields.userId, key)));
    return affectedRows > 0;
  }

  async remove(userId: string, ids: readonly string[]): Promise<number> {
    const { fields, table } = this.#of;
    const key = this.#userKey(userId);
    if (key === undefined) return 0;
    const { affectedRows } = await this.#client
      .delete(table)
      .where(and(inArray(fields.id, [...ids]), eq(fields.userId, key)));
    return affectedRows;
  }

  async removeAll(userId: string): Promise<number> {
    const { sessions } = await this.readAll(userId);
    const ids = sessions.map(({ id }) => id);
    // By their ids, so that a cache needn't forget those of all users.
    return ids.length === 0 ? 0 : await this.remove(userId, ids);
  }

  async removeExpired(): Promise<number> {
    const { fields, table } = this.#of;
    const { affectedRows } = await this.#client.delete(table).where(lte(fields.expiresAt, clock));
    return affectedRows;
  }
}
