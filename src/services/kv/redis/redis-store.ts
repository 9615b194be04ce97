import { InvalidValueError, QueryError } from "../../../core/error.ts";
import { checkDatum, checkStep, checkTimeout, checkTtl } from "../check.ts";
import { decodeKey, encodeKey, encodeStart, type Key, type Parts } from "../key.ts";
import type {
  Argument,
  Datum,
  IncrementOptions,
  Listener,
  Listening,
  Procedure,
  Reply,
  SetOptions,
  Store,
  StorePolicy,
} from "../store.ts";
import type { CommandPart } from "./client.ts";
import type { RedisLink } from "./link.ts";
import { commandPart, scriptOf } from "./scripts.ts";

/** How many keys the server looks at in one step of a listing. */
const SCAN_COUNT = "500";

const incrementProcedure: Procedure<number> = {
  name: "increment with expiry",
  lua: `
    local count = redis.call('INCRBY', KEYS[1], ARGV[1])
    if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
    return count`,
  local: () => 0,
};

const persistProcedure: Procedure<number> = {
  name: "end expiry",
  frees: true,
  lua: "redis.call('PERSIST', KEYS[1]) return redis.call('EXISTS', KEYS[1])",
  local: () => 0,
};

function isUnknownScript(error: unknown): boolean {
  return error instanceof QueryError && error.serverCode === "NOSCRIPT";
}

export interface ServerFacts {
  readonly version: string | undefined;
  readonly isPartOfCluster: boolean | undefined;
}

export class RedisStore implements Store {
  readonly #link: RedisLink;
  readonly #prefix: string;
  readonly #timeoutMs: number;

  constructor(link: RedisLink, prefix: string, timeoutMs: number) {
    this.#link = link;
    this.#prefix = prefix;
    this.#timeoutMs = timeoutMs;
  }

  #send(key: string | undefined, parts: CommandPart[], isBinary?: boolean): Promise<unknown> {
    return this.#link.send({ parts, key, isBinary }, this.#timeoutMs);
  }

  async get(key: Key): Promise<string | undefined> {
    const stored = encodeKey(this.#prefix, key);
    return ((await this.#send(stored, ["GET", stored])) as string | null) ?? undefined;
  }

  async getBytes(key: Key): Promise<Uint8Array | undefined> {
    const stored = encodeKey(this.#prefix, key);
    return ((await this.#send(stored, ["GET", stored], true)) as Buffer | null) ?? undefined;
  }

  async getMany(keys: readonly Key[]): Promise<(string | undefined)[]> {
    const stored = keys.map((key) => encodeKey(this.#prefix, key));
    if (stored.length === 0) return [];
    const found = this.#link.isCluster
      ? await Promise.all(
          stored.map(
            async (key) => ((await this.#send(key, ["MGET", key])) as (string | null)[])[0],
          ),
        )
      : ((await this.#send(stored[0], ["MGET", ...stored])) as (string | null)[]);
    return found.map((text) => text ?? undefined);
  }

  async set(key: Key, value: Datum, { ttlMs, only }: SetOptions = {}): Promise<boolean> {
    const stored = encodeKey(this.#prefix, key);
    const parts = ["SET", stored, commandPart(checkDatum(value))];
    if (ttlMs !== undefined) parts.push("PX", String(checkTtl(ttlMs)));
    if (only !== undefined) parts.push(only === "absent" ? "NX" : "XX");
    return (await this.#send(stored, parts)) !== null;
  }

  async delete(...keys: Key[]): Promise<number> {
    return await this.#unlink(keys.map((key) => encodeKey(this.#prefix, key)));
  }

  async #unlink(stored: readonly string[]): Promise<number> {
    if (stored.length === 0) return 0;
    const counts = this.#link.isCluster
      ? await Promise.all(stored.map((key) => this.#send(key, ["UNLINK", key])))
      : [await this.#send(stored[0], ["UNLINK", ...stored])];
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  async take(key: Key): Promise<string | undefined> {
    const stored = encodeKey(this.#prefix, key);
    return ((await this.#send(stored, ["GETDEL", stored])) as string | null) ?? undefined;
  }

  async increment(key: Key, { by = 1, ttlMs }: IncrementOptions = {}): Promise<number> {
    const stored = encodeKey(this.#prefix, key);
    const step = String(checkStep(by));
    const count =
      ttlMs === undefined
        ? Number(await this.#send(stored, ["INCRBY", stored, step]))
        : await this.#runStored(incrementProcedure, [stored], [step, checkTtl(ttlMs)]);
    if (Number.isSafeInteger(count)) return count;
    throw new InvalidValueError("The counter has left the numbers that are exact.", {
      code: "E_OUT_OF_RANGE",
    });
  }

  async expire(key: Key, ttlMs: number | "never"): Promise<boolean> {
    const stored = encodeKey(this.#prefix, key);
    const isThere =
      ttlMs === "never"
        ? await this.#runStored(persistProcedure, [stored], [])
        : await this.#send(stored, ["PEXPIRE", stored, String(checkTtl(ttlMs))]);
    return isThere === 1;
  }

  async ttlMs(key: Key): Promise<number | undefined> {
    const stored = encodeKey(this.#prefix, key);
    const leftMs = Number(await this.#send(stored, ["PTTL", stored]));
    return leftMs === -2 ? undefined : leftMs === -1 ? Infinity : leftMs;
  }

  async *#scan(namespace: Parts): AsyncGenerator<readonly string[]> {
    // Encoded, it holds nothing that a pattern would take for more than itself.
    const pattern = `${encodeStart(this.#prefix, namespace)}*`;
    // A cursor is one server's, so each of a cluster is walked by itself.
    for (const node of await this.#link.nodes(this.#timeoutMs)) {
      let cursor = "0";
      do {
        const parts = ["SCAN", cursor, "MATCH", pattern, "COUNT", SCAN_COUNT];
        const reply = this.#link.send({ parts, key: undefined, node }, this.#timeoutMs);
        const [next, keys] = (await reply) as [string, string[]];
        if (keys.length > 0) yield keys;
        cursor = String(next);
      } while (cursor !== "0");
    }
  }

  async *list(namespace: Parts): AsyncGenerator<string[]> {
    for await (const keys of this.#scan(namespace)) {
      for (const stored of keys) yield decodeKey(this.#prefix, stored);
    }
  }

  async clear(namespace: Parts): Promise<number> {
    let count = 0;
    for await (const keys of this.#scan(namespace)) count += await this.#unlink(keys);
    return count;
  }

  async run<Result extends Reply>(
    procedure: Procedure<Result>,
    keys: readonly Key[],
    args: readonly Argument[] = [],
  ): Promise<Result> {
    const stored = keys.map((key) => encodeKey(this.#prefix, key));
    return await this.#runStored(procedure, stored, args);
  }

  async #runStored<Result extends Reply>(
    procedure: Procedure<Result>,
    stored: readonly string[],
    args: readonly Argument[],
  ): Promise<Result> {
    const { hash, text } = scriptOf(procedure);
    const rest = [String(stored.length), ...stored, ...args.map(commandPart)];
    try {
      return (await this.#send(
        stored[0],
        ["EVALSHA", hash, ...rest],
        procedure.isBinary,
      )) as Result;
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return (await this.#send(stored[0], ["EVAL", text, ...rest], procedure.isBinary)) as Result;
    }
  }

  listen(key: Key, listener: Listener): Listening {
    return this.#link.listen(encodeKey(this.#prefix, key), listener);
  }

  async policy(): Promise<StorePolicy> {
    const info = await this.#info("memory");
    const name = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "unknown";
    return { evicts: name !== "noeviction" && name !== "unknown", name };
  }

  /** What answers; undefined where it doesn't tell its user. */
  async server(): Promise<ServerFacts> {
    const info = await this.#info("server");
    // Valkey has names of its own, and only an older version of Redis by the name of Redis.
    const mode = /^(?:redis|server)_mode:(\S+)/m.exec(info)?.[1];
    return {
      version: /^redis_version:(\S+)/m.exec(info)?.[1],
      isPartOfCluster: mode === undefined ? undefined : mode === "cluster",
    };
  }

  /** Of one server; of a cluster's, which are set up alike, any. */
  async #info(section: string): Promise<string> {
    try {
      const info = await this.#send(undefined, ["INFO", section]);
      return Array.isArray(info) ? String(info[0]) : String(info);
    } catch (error) {
      if (error instanceof QueryError && error.code === "E_PERMISSION") return "";
      throw error;
    }
  }

  within(timeoutMs: number): Store {
    return new RedisStore(this.#link, this.#prefix, checkTimeout(timeoutMs));
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
