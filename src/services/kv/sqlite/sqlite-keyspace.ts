import type { DatabaseSync, StatementSync } from "node:sqlite";
import { numberOf, otherKindError } from "../check.ts";
import type { ScoredMember } from "../member-list.ts";
import type { Datum, Fields, Keyspace, MemberRange } from "../store.ts";
import { Kind } from "./tables.ts";

interface Entry {
  readonly id: number;
  readonly kind: Kind;
  readonly value: Datum | null;
  readonly expires_ms: number | null;
}

/** Node 22 reads a text only up to its first NUL; bytes come back whole, and are read as text again. */
function asCell(datum: Datum | number): Datum {
  if (typeof datum !== "string") return typeof datum === "number" ? String(datum) : datum;
  return datum.includes("\0") ? Buffer.from(datum) : datum;
}

export function asText(cell: Datum): string {
  return typeof cell === "string"
    ? cell
    : Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString();
}

/** Inside of a transaction, or for one statement. */
export class SqliteKeyspace implements Keyspace {
  nowMs = 0;
  /** Whether the last transaction wrote a message; its reader sets it back. */
  hasPublished = false;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  #prepare(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** @returns How many rows changed. */
  run(text: string, ...parameters: (Datum | number | null)[]): number {
    return Number(this.#prepare(text).run(...parameters).changes);
  }

  #find(key: string): Entry | undefined {
    const entry = this.#prepare(
      "select id, kind, value, expires_ms from plinth_entry where key = ?",
    ).get(key) as Entry | undefined;
    return entry === undefined || (entry.expires_ms ?? Infinity) <= this.nowMs ? undefined : entry;
  }

  #findKind(key: string, kind: Kind): Entry | undefined {
    const entry = this.#find(key);
    if (entry !== undefined && entry.kind !== kind) throw otherKindError();
    return entry;
  }

  get(key: string): string | undefined {
    const value = this.#findKind(key, Kind.datum)?.value;
    return value === undefined || value === null ? undefined : asText(value);
  }

  getBytes(key: string): Uint8Array | undefined {
    const value = this.#findKind(key, Kind.datum)?.value;
    return value === undefined || value === null ? undefined : Buffer.from(value as Uint8Array);
  }

  number(key: string): number | undefined {
    return numberOf(this.get(key));
  }

  set(key: string, value: Datum | number, ttlMs?: number): void {
    const entry = this.#find(key);
    if (entry?.kind === Kind.datum) {
      this.run(
        "update plinth_entry set value = ?, expires_ms = ? where id = ?",
        asCell(value),
        this.#endOf(ttlMs),
        entry.id,
      );
    } else this.#create(key, Kind.datum, asCell(value), this.#endOf(ttlMs));
  }

  #endOf(ttlMs: number | undefined): number | null {
    return ttlMs === undefined || ttlMs === Infinity ? null : this.nowMs + Math.ceil(ttlMs);
  }

  /** In the place of what is over, or of another kind. @returns Its id. */
  #create(key: string, kind: Kind, value: Datum | null, expiresMs: number | null): number {
    this.run("delete from plinth_entry where key = ?", key);
    const { lastInsertRowid } = this.#prepare(
      "insert into plinth_entry (key, kind, value, expires_ms) values (?, ?, ?, ?)",
    ).run(key, kind, value, expiresMs);
    return Number(lastInsertRowid);
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  delete(key: string): boolean {
    const entry = this.#find(key);
    return entry !== undefined && this.run("delete from plinth_entry where id = ?", entry.id) > 0;
  }

  ttlMs(key: string): number | undefined {
    const entry = this.#find(key);
    if (entry === undefined) return undefined;
    return entry.expires_ms === null ? Infinity : entry.expires_ms - this.nowMs;
  }

  expire(key: string, ttlMs: number | undefined): boolean {
    const entry = this.#find(key);
    if (entry === undefined) return false;
    this.run("update plinth_entry set expires_ms = ? where id = ?", this.#endOf(ttlMs), entry.id);
    return true;
  }

  field(key: string, name: string): string | undefined {
    const entry = this.#findKind(key, Kind.fields);
    if (entry === undefined) return undefined;
    const row = this.#prepare("select value from plinth_field where entry_id = ? and name = ?").get(
      entry.id,
      asCell(name),
    ) as { value: Datum } | undefined;
    return row === undefined ? undefined : asText(row.value);
  }

  fields(key: string): Fields | undefined {
    const entry = this.#findKind(key, Kind.fields);
    if (entry === undefined) return undefined;
    const rows = this.#prepare("select name, value from plinth_field where entry_id = ?").all(
      entry.id,
    ) as { name: Datum; value: Datum }[];
    const fields: Record<string, Datum> = Object.create(null);
    for (const { name, value } of rows) fields[asText(name)] = value;
    return fields;
  }

  setFields(key: string, fields: Readonly<Record<string, Datum | number | undefined>>): void {
    const id = this.#findKind(key, Kind.fields)?.id ?? this.#create(key, Kind.fields, null, null);
    let hasRemoved = false;
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) {
        hasRemoved = true;
        this.run("delete from plinth_field where entry_id = ? and name = ?", id, asCell(name));
      } else {
        this.run(
          "insert into plinth_field (entry_id, name, value) values (?, ?, ?)" +
            " on conflict (entry_id, name) do update set value = excluded.value",
          id,
          asCell(name),
          asCell(value),
        );
      }
    }
    if (hasRemoved) {
      this.run(
        "delete from plinth_entry where id = ? and not exists" +
          " (select 1 from plinth_field where entry_id = id)",
        id,
      );
    }
  }

  score(key: string, member: string): number | undefined {
    const entry = this.#findKind(key, Kind.members);
    if (entry === undefined) return undefined;
    const row = this.#prepare(
      "select score from plinth_member where entry_id = ? and name = ?",
    ).get(entry.id, asCell(member)) as { score: number } | undefined;
    return row?.score;
  }

  addMember(key: string, member: string, score: number): boolean {
    const isNew = this.score(key, member) === undefined;
    const id = this.#findKind(key, Kind.members)?.id ?? this.#create(key, Kind.members, null, null);
    this.run(
      "insert into plinth_member (entry_id, name, score) values (?, ?, ?)" +
        " on conflict (entry_id, name) do update set score = excluded.score",
      id,
      asCell(member),
      score,
    );
    return isNew;
  }

  removeMember(key: string, member: string): boolean {
    const entry = this.#findKind(key, Kind.members);
    if (entry === undefined) return false;
    const removed = this.run(
      "delete from plinth_member where entry_id = ? and name = ?",
      entry.id,
      asCell(member),
    );
    this.#dropIfEmpty(entry.id);
    return removed > 0;
  }

  removeMembers(key: string, max: number): number {
    const entry = this.#findKind(key, Kind.members);
    if (entry === undefined) return 0;
    const removed = this.run(
      "delete from plinth_member where entry_id = ? and score <= ?",
      entry.id,
      max,
    );
    this.#dropIfEmpty(entry.id);
    return removed;
  }

  #dropIfEmpty(id: number): void {
    this.run(
      "delete from plinth_entry where id = ? and not exists" +
        " (select 1 from plinth_member where entry_id = id)",
      id,
    );
  }

  countMembers(
    key: string,
    { min = -Infinity, max = Infinity }: Pick<MemberRange, "min" | "max"> = {},
  ): number {
    const entry = this.#findKind(key, Kind.members);
    if (entry === undefined) return 0;
    const row = this.#prepare(
      "select count(*) as count from plinth_member where entry_id = ? and score between ? and ?",
    ).get(entry.id, min, max) as { count: number };
    return row.count;
  }

  members(
    key: string,
    { min = -Infinity, max = Infinity, isReversed = false, limit, offset = 0 }: MemberRange = {},
  ): ScoredMember[] {
    const entry = this.#findKind(key, Kind.members);
    if (entry === undefined) return [];
    const order = isReversed ? "score desc, name desc" : "score, name";
    const rows = this.#prepare(
      `select name, score from plinth_member where entry_id = ? and score between ? and ? order by ${order} limit ? offset ?`,
    ).all(entry.id, min, max, limit ?? -1, offset) as { name: Datum; score: number }[];
    return rows.map(({ name, score }) => [asText(name), score] as const);
  }

  membersBetween(key: string, from: string, to: string, limit: number): string[] {
    const entry = this.#findKind(key, Kind.members);
    if (entry === undefined) return [];
    const rows = this.#prepare(
      "select name from plinth_member where entry_id = ? and name >= ? and name < ? order by name limit ?",
    ).all(entry.id, asCell(from), asCell(to), limit) as { name: Datum }[];
    return rows.map(({ name }) => asText(name));
  }

  /** Goes with the transaction; other processes find it in the table. */
  publish(key: string, text: string): void {
    this.run(
      "insert into plinth_message (name, at_ms, body) values (?, ?, ?)",
      key,
      this.nowMs,
      asCell(text),
    );
    this.hasPublished = true;
  }

  /** Drops some of what is over. @returns How many. */
  sweep(limit: number): number {
    return this.run(
      "delete from plinth_entry where id in" +
        " (select id from plinth_entry where expires_ms <= ? limit ?)",
      this.nowMs,
      limit,
    );
  }

  /** Stored keys that begin so, in their order; behind one of them, or from the first. */
  keysFrom(start: string, after: string | undefined, limit: number): string[] {
    // Behind the last of those that begin with "a:" comes "a;".
    const end = `${start.slice(0, -1)};`;
    const rows = this.#prepare(
      `select key from plinth_entry where key ${after === undefined ? ">=" : ">"} ? and key < ?` +
        " and (expires_ms is null or expires_ms > ?) order by key limit ?",
    ).all(after ?? start, end, this.nowMs, limit) as { key: string }[];
    return rows.map(({ key }) => key);
  }
}
