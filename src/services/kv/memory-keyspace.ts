import type { Clock } from "../../core/clock.ts";
import { numberOf, otherKindError } from "./check.ts";
import { MemberList, type ScoredMember } from "./member-list.ts";
import type { Datum, Fields, Keyspace, MemberRange } from "./store.ts";

/** A number stays one: a counter is written again and again, and seldom read as a text. */
type Plain = Datum | number;
type Content = Plain | Map<string, Datum> | MemberList;

interface Entry {
  content: Content;
  /** Infinity where it stays. */
  expiresAtMs: number;
  byteCount: number;
}

/** What an entry takes beside its own texts: about, as only the engine knows. */
const ENTRY_BYTES = 120;
const ITEM_BYTES = 60;
/** For each entry that is new, so many are looked at, to drop those that are over: so they don't pile up. */
const SWEEP_STEP = 2;

const NUMBER_BYTES = 8;

function bytesOf(plain: Plain): number {
  if (typeof plain === "number") return NUMBER_BYTES;
  return typeof plain === "string" ? plain.length : plain.byteLength;
}

function isPlain(content: Content): content is Plain {
  return typeof content !== "object" || content instanceof Uint8Array;
}

function asDatum(value: Datum | number): Datum {
  if (typeof value === "number") return String(value);
  // The caller's bytes may change under it.
  return typeof value === "string" ? value : Uint8Array.prototype.slice.call(value);
}

function asText(plain: Plain): string {
  return typeof plain === "object"
    ? Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString()
    : String(plain);
}

export class MemoryKeyspace implements Keyspace {
  nowMs = 0;
  byteCount = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  /** Whether the order of the entries is that of their use. */
  readonly #isOrdered: boolean;
  /** Of the store's time: the wall's at its beginning, and steady from there. */
  readonly #startMs: number;
  #sweep: Iterator<[string, Entry]> | undefined;
  /** How many entries are to be looked at before the next write. */
  #unswept = 0;
  /** What was found last in this piece of work: a procedure asks again and again for one key. */
  #foundKey: string | undefined;
  #found: Entry | undefined;
  #published: (readonly [name: string, text: string])[] = [];

  constructor(clock: Clock, isOrdered: boolean) {
    this.#clock = clock;
    this.#isOrdered = isOrdered;
    this.#startMs = clock.nowMs() - clock.monotonicMs();
    this.tick();
  }

  /** Begins a piece of work. */
  tick(): void {
    this.nowMs = Math.floor(this.#startMs + this.#clock.monotonicMs());
    this.#foundKey = undefined;
  }

  #find(key: string): Entry | undefined {
    if (key === this.#foundKey) return this.#found;
    let entry = this.#entries.get(key);
    if (entry !== undefined && entry.expiresAtMs <= this.nowMs) {
      this.#drop(key, entry);
      entry = undefined;
    } else if (entry !== undefined && this.#isOrdered) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    this.#foundKey = key;
    this.#found = entry;
    return entry;
  }

  #drop(key: string, entry: Entry): void {
    this.#foundKey = undefined;
    this.#entries.delete(key);
    this.byteCount -= entry.byteCount;
  }

  #grow(entry: Entry, byteCount: number): void {
    entry.byteCount += byteCount;
    this.byteCount += byteCount;
  }

  #plain(key: string): Plain | undefined {
    const content = this.#find(key)?.content;
    if (content !== undefined && !isPlain(content)) throw otherKindError();
    return content;
  }

  get(key: string): string | undefined {
    const plain = this.#plain(key);
    return plain === undefined ? undefined : asText(plain);
  }

  getBytes(key: string): Uint8Array | undefined {
    const plain = this.#plain(key);
    if (plain === undefined) return undefined;
    return typeof plain === "object"
      ? Uint8Array.prototype.slice.call(plain)
      : Buffer.from(String(plain));
  }

  number(key: string): number | undefined {
    const plain = this.#plain(key);
    return typeof plain === "number" || plain === undefined ? plain : numberOf(asText(plain));
  }

  set(key: string, value: Datum | number, ttlMs?: number): void {
    const plain = typeof value === "number" ? value : asDatum(value);
    const expiresAtMs = ttlMs === undefined ? Infinity : this.nowMs + ttlMs;
    const entry = this.#find(key);
    if (entry === undefined || !isPlain(entry.content)) {
      this.#put(key, plain, expiresAtMs);
      return;
    }
    this.#grow(entry, bytesOf(plain) - bytesOf(entry.content));
    entry.content = plain;
    entry.expiresAtMs = expiresAtMs;
  }

  #put(key: string, content: Content, expiresAtMs: number): Entry {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#drop(key, old);
    const own = isPlain(content) ? bytesOf(content) : 0;
    const entry: Entry = { content, expiresAtMs, byteCount: ENTRY_BYTES + key.length + own };
    this.byteCount += entry.byteCount;
    this.#entries.set(key, entry);
    this.#unswept += SWEEP_STEP;
    this.#foundKey = undefined;
    return entry;
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  delete(key: string): boolean {
    const entry = this.#find(key);
    if (entry === undefined) return false;
    this.#drop(key, entry);
    return true;
  }

  ttlMs(key: string): number | undefined {
    const entry = this.#find(key);
    return entry === undefined ? undefined : entry.expiresAtMs - this.nowMs;
  }

  expire(key: string, ttlMs: number | undefined): boolean {
    const entry = this.#find(key);
    if (entry === undefined) return false;
    entry.expiresAtMs = ttlMs === undefined ? Infinity : this.nowMs + ttlMs;
    if (entry.expiresAtMs <= this.nowMs) this.#drop(key, entry);
    return true;
  }

  #fieldMap(key: string): Map<string, Datum> | undefined {
    const content = this.#find(key)?.content;
    if (content !== undefined && !(content instanceof Map)) throw otherKindError();
    return content;
  }

  field(key: string, name: string): string | undefined {
    const datum = this.#fieldMap(key)?.get(name);
    return datum === undefined ? undefined : asText(datum);
  }

  fields(key: string): Fields | undefined {
    const map = this.#fieldMap(key);
    if (map === undefined) return undefined;
    const fields: Record<string, Datum> = Object.create(null);
    for (const [name, datum] of map) fields[name] = asDatum(datum);
    return fields;
  }

  setFields(key: string, fields: Readonly<Record<string, Datum | number | undefined>>): void {
    const existing = this.#fieldMap(key);
    const map = existing ?? new Map<string, Datum>();
    const entry = existing === undefined ? this.#put(key, map, Infinity) : this.#entries.get(key)!;
    for (const [name, value] of Object.entries(fields)) {
      const old = map.get(name);
      if (old !== undefined) this.#grow(entry, -(ITEM_BYTES + name.length + bytesOf(old)));
      if (value === undefined) {
        map.delete(name);
        continue;
      }
      const datum = asDatum(value);
      map.set(name, datum);
      this.#grow(entry, ITEM_BYTES + name.length + bytesOf(datum));
    }
    if (map.size === 0) this.#drop(key, entry);
  }

  #memberList(key: string): MemberList | undefined {
    const content = this.#find(key)?.content;
    if (content !== undefined && !(content instanceof MemberList)) throw otherKindError();
    return content;
  }

  score(key: string, member: string): number | undefined {
    return this.#memberList(key)?.score(member);
  }

  addMember(key: string, member: string, score: number): boolean {
    let list = this.#memberList(key);
    if (list === undefined) {
      list = new MemberList();
      this.#put(key, list, Infinity);
    }
    const isNew = list.add(member, score);
    if (isNew) this.#grow(this.#entries.get(key)!, ITEM_BYTES + member.length);
    return isNew;
  }

  removeMember(key: string, member: string): boolean {
    const list = this.#memberList(key);
    if (list === undefined || !list.remove(member)) return false;
    const entry = this.#entries.get(key)!;
    this.#grow(entry, -(ITEM_BYTES + member.length));
    if (list.size === 0) this.#drop(key, entry);
    return true;
  }

  removeMembers(key: string, max: number): number {
    const gone = this.members(key, { max });
    for (const [member] of gone) this.removeMember(key, member);
    return gone.length;
  }

  countMembers(key: string, range: Pick<MemberRange, "min" | "max"> = {}): number {
    return this.#memberList(key)?.count(range) ?? 0;
  }

  members(key: string, range: MemberRange = {}): ScoredMember[] {
    return this.#memberList(key)?.range(range) ?? [];
  }

  membersBetween(key: string, from: string, to: string, limit: number): string[] {
    return this.#memberList(key)?.between(from, to, limit) ?? [];
  }

  publish(key: string, text: string): void {
    this.#published.push([key, text]);
  }

  get hasPublished(): boolean {
    return this.#published.length > 0;
  }

  takePublished(): readonly (readonly [name: string, text: string])[] {
    const published = this.#published;
    this.#published = [];
    return published;
  }

  /** Drops what is over among the next few, if there is anything new. */
  sweepSome(): void {
    for (; this.#unswept > 0; this.#unswept--) {
      this.#sweep ??= this.#entries.entries();
      const step = this.#sweep.next();
      if (step.done === true) {
        this.#sweep = undefined;
        this.#unswept = 0;
        return;
      }
      const [key, entry] = step.value;
      if (entry.expiresAtMs <= this.nowMs) this.#drop(key, entry);
    }
  }

  sweepAll(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAtMs <= this.nowMs) this.#drop(key, entry);
    }
  }

  /** Drops what was used longest ago, until so much is left. */
  evict(maxBytes: number): void {
    for (const [key, entry] of this.#entries) {
      if (this.byteCount <= maxBytes) return;
      this.#drop(key, entry);
    }
  }

  keysFrom(start: string): string[] {
    return [...this.#entries]
      .filter(([key, entry]) => key.startsWith(start) && entry.expiresAtMs > this.nowMs)
      .map(([key]) => key);
  }

  clear(): void {
    this.#entries.clear();
    this.byteCount = 0;
  }
}
