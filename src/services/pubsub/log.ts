/**
 * The last events of a channel, beside it in the store. What is written and what is told are one step, so log and message
 * agree; what a message didn't reach is read from the log.
 */

import { InvalidValueError } from "../../core/error.ts";
import { companionKey, type Key, type Parts } from "../kv/key.ts";
import type { Keyspace, Listener, Listening, Procedure, Store } from "../kv/store.ts";

/**
 * Where an event stands: the store's time in microseconds when it was published, or one more than that of the event before
 * it, whichever is more. So they grow, also when the log was lost and begins anew.
 */
export type Position = number;

/** An event as it is kept and told, not decoded yet. */
export interface RawEvent {
  readonly position: Position;
  readonly key: string;
  readonly text: string;
}

export interface LogSettings {
  readonly keepMs: number;
  readonly keepEvents: number;
  readonly keepBytes: number;
}

/** A piece of the log. */
export interface LogPage {
  /** The newest event there ever was. */
  readonly tip: Position;
  /** What is up to here is gone. */
  readonly floor: Position;
  readonly events: readonly RawEvent[];
}

/** How many of the old may go with a new one: more than come, and few enough to hold nobody up. */
const DROPS = 100;
/** How long the log's end is known after its last event, so that who comes back learns that nothing was missed. */
const TIP_MS = 86_400_000;
const PAGE_EVENTS = 50;
const PAGE_BYTES = 262_144;

/**
 * KEYS: the channel's name, its events, what is known of them, and which keys they have. ARGV: the text, the key, and how
 * long, how many and how many bytes are kept, and for how long the end is known.
 */
const publishProcedure: Procedure<readonly [position: string, isNew: number]> = {
  name: "publish",
  lua: `
    local channel, events, state, keys = unpack(KEYS)
    local known = ARGV[2] ~= '' and redis.call('HGET', keys, ARGV[2])
    if known then return {known, 0} end
    local before, floor, count, bytes = unpack(redis.call('HMGET', state, 'tip', 'floor', 'count', 'bytes'))
    before, floor = tonumber(before or ''), tonumber(floor or '')
    local position = now * 1000
    if before and before >= position then position = before + 1 end
    if not before or redis.call('EXISTS', events) == 0 then
      redis.call('DEL', events, keys)
      before = before or position - 1
      floor, count, bytes = before, 0, 0
    end
    local at = string.format('%.0f', position)
    local entry = at .. ' ' .. ARGV[2] .. ' ' .. ARGV[1]
    redis.call('ZADD', events, at, entry)
    if ARGV[2] ~= '' then redis.call('HSET', keys, ARGV[2], at) end
    count, bytes = count + 1, bytes + #entry
    local cut = (now - ARGV[3]) * 1000
    for _ = 1, ${DROPS} do
      local oldest = redis.call('ZRANGE', events, 0, 0)[1]
      if not oldest then break end
      local oldAt, oldKey = string.match(oldest, '^(%d+) (%S*)')
      if tonumber(oldAt) >= cut and count <= tonumber(ARGV[4]) and bytes <= tonumber(ARGV[5]) then break end
      redis.call('ZREM', events, oldest)
      if oldKey ~= '' then redis.call('HDEL', keys, oldKey) end
      count, bytes, floor = count - 1, bytes - #oldest, tonumber(oldAt)
    end
    redis.call('HSET', state, 'tip', at, 'floor', string.format('%.0f', floor), 'count', count, 'bytes', bytes)
    redis.call('PEXPIRE', events, ARGV[3])
    redis.call('PEXPIRE', keys, ARGV[3])
    redis.call('PEXPIRE', state, ARGV[6])
    redis.call('PUBLISH', channel, string.format('%.0f', before) .. ' ' .. entry)
    return {at, 1}`,
  local(space, keys, args) {
    const [channel, events, state, known] = keys as [string, string, string, string];
    const [text, key, keepMs, keepEvents, keepBytes, tipMs] = args as [
      ...[string, string],
      ...[number, number, number, number],
    ];
    const found = key === "" ? undefined : space.field(known, key);
    if (found !== undefined) return [found, 0];
    const log = openLog(space, events, state, known);
    const at = String(log.position);
    const entry = `${at} ${key} ${text}`;
    space.addMember(events, entry, log.position);
    if (key !== "") space.setFields(known, { [key]: at });
    let { floor } = log;
    let count = log.count + 1;
    let bytes = log.bytes + Buffer.byteLength(entry);
    const cut = (space.nowMs - keepMs) * 1_000;
    for (let drops = 0; drops < DROPS; drops++) {
      const [oldest] = space.members(events, { limit: 1 });
      if (oldest === undefined) break;
      const [old, oldAt] = oldest;
      if (oldAt >= cut && count <= keepEvents && bytes <= keepBytes) break;
      space.removeMember(events, old);
      const oldKey = parseEntry(old)!.key;
      if (oldKey !== "") space.setFields(known, { [oldKey]: undefined });
      count--;
      bytes -= Buffer.byteLength(old);
      floor = oldAt;
    }
    space.setFields(state, { tip: at, floor, count, bytes });
    space.expire(events, keepMs);
    space.expire(known, keepMs);
    space.expire(state, tipMs);
    space.publish(channel, `${log.before} ${entry}`);
    return [at, 1];
  },
};

interface OpenLog {
  /** Of the event that is being published, and of the one before it. */
  readonly position: Position;
  readonly before: Position;
  readonly floor: Position;
  readonly count: number;
  readonly bytes: number;
}

function openLog(space: Keyspace, events: string, state: string, known: string): OpenLog {
  const { bytes, count, floor, tip } = space.fields(state) ?? {};
  const before = tip === undefined ? undefined : Number(tip);
  const position = Math.max(space.nowMs * 1_000, (before ?? 0) + 1);
  if (before !== undefined && space.has(events)) {
    return {
      position,
      before,
      floor: Number(floor),
      count: Number(count),
      bytes: Number(bytes),
    };
  }
  space.delete(events);
  space.delete(known);
  const start = before ?? position - 1;
  return { position, before: start, floor: start, count: 0, bytes: 0 };
}

type RawPage = readonly [tip: string, floor: string, leftMs: string, ...entries: readonly string[]];

/** KEYS: the events, and what is known of them. ARGV: behind what, how many, how many bytes. */
const readProcedure: Procedure<RawPage | readonly []> = {
  name: "read events",
  isReadOnly: true,
  lua: `
    local tip, floor = unpack(redis.call('HMGET', KEYS[2], 'tip', 'floor'))
    if not tip then return {} end
    if redis.call('EXISTS', KEYS[1]) == 0 then floor = tip end
    local page, bytes = {tip, floor, tostring(redis.call('PTTL', KEYS[2]))}, 0
    for _, entry in ipairs(redis.call('ZRANGE', KEYS[1], '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2])) do
      bytes = bytes + #entry
      if #page > 3 and bytes > tonumber(ARGV[3]) then break end
      page[#page + 1] = entry
    end
    return page`,
  local(space, keys, args) {
    const [events, state] = keys as [string, string];
    const [after, limit, maxBytes] = args as [number, number, number];
    const { floor, tip } = space.fields(state) ?? {};
    if (tip === undefined || floor === undefined) return [];
    const page: string[] = [];
    let bytes = 0;
    for (const [entry] of space.members(events, { min: after + 1, limit })) {
      bytes += Buffer.byteLength(entry);
      if (page.length > 0 && bytes > maxBytes) break;
      page.push(entry);
    }
    const leftMs = String(space.ttlMs(state));
    return [String(tip), String(space.has(events) ? floor : tip), leftMs, ...page];
  },
};

/** KEYS: what is known of the events. ARGV: for how long. */
const openProcedure: Procedure<number> = {
  name: "open channel",
  lua: `
    if redis.call('EXISTS', KEYS[1]) == 0 then
      local tip = string.format('%.0f', now * 1000 - 1)
      redis.call('HSET', KEYS[1], 'tip', tip, 'floor', tip)
    end
    return redis.call('PEXPIRE', KEYS[1], ARGV[1])`,
  local(space, keys, args) {
    const [state] = keys as [string];
    const tip = space.nowMs * 1_000 - 1;
    if (!space.has(state)) space.setFields(state, { tip, floor: tip });
    return Number(space.expire(state, Number(args[0])));
  },
};

/** `position key text`; undefined for what isn't ours. */
function parseEntry(entry: string): RawEvent | undefined {
  const first = entry.indexOf(" ");
  const second = entry.indexOf(" ", first + 1);
  const position = Number(entry.slice(0, first));
  if (first <= 0 || second === -1 || !Number.isSafeInteger(position)) return undefined;
  return { position, key: entry.slice(first + 1, second), text: entry.slice(second + 1) };
}

/** A message is an entry, and before it the position of the event before. */
export function parseMessage(
  message: string,
): { readonly before: Position; readonly event: RawEvent } | undefined {
  const space = message.indexOf(" ");
  const before = Number(message.slice(0, space));
  const event = space <= 0 ? undefined : parseEntry(message.slice(space + 1));
  return event === undefined || !Number.isSafeInteger(before) ? undefined : { before, event };
}

/** What a subscriber says it has seen, which may come from anywhere. */
export function parsePosition(id: string): Position {
  if (typeof id === "string" && /^\d{1,16}$/.test(id) && Number.isSafeInteger(Number(id))) {
    return Number(id);
  }
  throw new InvalidValueError("That is no id of an event.", {
    hint: "Pass the id of the last event that was seen, as it was given.",
  });
}

export class EventLog {
  readonly #store: Store;
  readonly #channel: Parts;
  readonly #tipMs: number;
  readonly #settings: LogSettings;
  readonly #events: Key;
  readonly #state: Key;
  readonly #keys: Key;

  constructor(store: Store, channel: Parts, settings: LogSettings) {
    this.#store = store;
    this.#channel = channel;
    this.#settings = settings;
    this.#tipMs = settings.keepMs + TIP_MS;
    this.#events = companionKey(channel, "events");
    this.#state = companionKey(channel, "events-end");
    this.#keys = companionKey(channel, "events-keys");
  }

  /** @param key Empty where there is none. */
  async publish(text: string, key: string): Promise<Position> {
    const { keepBytes, keepEvents, keepMs } = this.#settings;
    const [position] = await this.#store.run(
      publishProcedure,
      [this.#channel, this.#events, this.#state, this.#keys],
      [text, key, keepMs, keepEvents, keepBytes, this.#tipMs],
    );
    return Number(position);
  }

  /** What is behind a position; undefined of a channel that nobody knows, or no longer. */
  async #read(after: Position): Promise<(LogPage & { readonly leftMs: number }) | undefined> {
    const page = await this.#store.run(
      readProcedure,
      [this.#events, this.#state],
      [after, PAGE_EVENTS, PAGE_BYTES],
    );
    if (page.length === 0) return undefined;
    const [tip, floor, leftMs, ...entries] = page as RawPage;
    const events = entries.map((entry) => parseEntry(entry)).filter((event) => event !== undefined);
    return { tip: Number(tip), floor: Number(floor), leftMs: Number(leftMs), events };
  }

  /** What is behind a position, some at once. The channel is known from here on. */
  async read(after: Position): Promise<LogPage> {
    for (;;) {
      const page = await this.#read(after);
      if (page !== undefined && page.leftMs > this.#tipMs / 2) return page;
      await this.#store.run(openProcedure, [this.#state], [this.#tipMs]);
      if (page !== undefined) return page;
    }
  }

  listen(listener: Listener): Listening {
    return this.#store.listen(this.#channel, listener);
  }
}
