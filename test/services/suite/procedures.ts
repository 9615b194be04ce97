import { companionKey, type Procedure, type Reply, type Store } from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

/** Both forms of every command that procedures may use, so that they mean the same. */
const fields: Procedure<readonly Reply[]> = {
  name: "fields",
  lua: `
    redis.call('HSET', KEYS[1], 'a', ARGV[1], 'b', ARGV[2], 'n', 5)
    redis.call('HDEL', KEYS[1], 'b')
    local all = redis.call('HGETALL', KEYS[1])
    redis.call('HDEL', KEYS[1], 'a', 'n')
    return {#all, redis.call('HGET', KEYS[1], 'a'), redis.call('EXISTS', KEYS[1]), ARGV[1]}`,
  local(space, [key], [a, b]) {
    space.setFields(key!, { a, b, n: 5 });
    space.setFields(key!, { b: undefined });
    const all = Object.keys(space.fields(key!)!);
    space.setFields(key!, { a: undefined, n: undefined });
    const isThere = space.has(key!) ? 1 : 0;
    return [all.length * 2, space.field(key!, "a") ?? null, isThere, String(a)];
  },
};

const members: Procedure<readonly Reply[]> = {
  name: "members",
  lua: `
    local key = KEYS[1]
    local isNew = redis.call('ZADD', key, 3, 'c') + redis.call('ZADD', key, 1, 'a')
    redis.call('ZADD', key, 2, '\u{1F30D}', 2, '\u{FF5E}', 2, 'b')
    local again = redis.call('ZADD', key, 4, 'a')
    local order = redis.call('ZRANGE', key, 0, -1)
    local some = redis.call('ZRANGE', key, 2, 3, 'BYSCORE', 'LIMIT', 0, 3)
    local last = redis.call('ZRANGE', key, '+inf', 3, 'BYSCORE', 'REV', 'LIMIT', 0, 1)
    local count = redis.call('ZCOUNT', key, 2, 3)
    local score = redis.call('ZSCORE', key, 'a')
    local removed = redis.call('ZREM', key, 'a') + redis.call('ZREM', key, 'none')
    local under = redis.call('ZREMRANGEBYSCORE', key, '-inf', 2)
    return {isNew, again, order, some, last, count, score, removed, under, redis.call('ZCARD', key)}`,
  local(space, [key]) {
    const isNew = Number(space.addMember(key!, "c", 3)) + Number(space.addMember(key!, "a", 1));
    for (const name of ["\u{1F30D}", "\u{FF5E}", "b"]) space.addMember(key!, name, 2);
    const again = Number(space.addMember(key!, "a", 4));
    const names = (found: readonly (readonly [string, number])[]): string[] =>
      found.map(([name]) => name);
    const order = names(space.members(key!));
    const some = names(space.members(key!, { min: 2, max: 3, limit: 3 }));
    const last = names(space.members(key!, { min: 3, isReversed: true, limit: 1 }));
    const count = space.countMembers(key!, { min: 2, max: 3 });
    const score = String(space.score(key!, "a"));
    const removed =
      Number(space.removeMember(key!, "a")) + Number(space.removeMember(key!, "none"));
    const under = space.removeMembers(key!, 2);
    const left = space.countMembers(key!);
    return [isNew, again, order, some, last, count, score, removed, under, left];
  },
};

const between: Procedure<readonly Reply[]> = {
  name: "members between",
  lua: `
    local key = KEYS[1]
    for index, member in ipairs(ARGV) do redis.call('ZADD', key, 0, member) end
    local found = redis.call('ZRANGE', key, '[a ', '(a!', 'BYLEX', 'LIMIT', 0, 2)
    local all = redis.call('ZRANGE', key, '[a', '(\u{1F30D}', 'BYLEX', 'LIMIT', 0, 9)
    local none = redis.call('ZRANGE', key, '[b', '(a', 'BYLEX', 'LIMIT', 0, 9)
    local ranks = redis.call('ZRANGE', key, 1, 2)
    redis.call('DEL', key)
    return {found, all, none, ranks}`,
  local(space, [key], args) {
    for (const member of args) space.addMember(key!, String(member), 0);
    const found = space.membersBetween(key!, "a ", "a!", 2);
    const all = space.membersBetween(key!, "a", "\u{1F30D}", 9);
    const none = space.membersBetween(key!, "b", "a", 9);
    const ranks = space.members(key!, { offset: 1, limit: 2 }).map(([member]) => member);
    space.delete(key!);
    return [found, all, none, ranks];
  },
};

const expiry: Procedure<readonly Reply[]> = {
  name: "expiry",
  lua: `
    redis.call('SET', KEYS[1], 1, 'PX', 5000)
    redis.call('HSET', KEYS[2], 'a', 1)
    local none = redis.call('PTTL', KEYS[2])
    redis.call('PEXPIRE', KEYS[2], ARGV[1])
    redis.call('HSET', KEYS[2], 'b', 1)
    return {redis.call('PTTL', KEYS[1]), none, redis.call('PTTL', KEYS[2]), now}`,
  local(space, [one, two], [ttlMs]) {
    space.set(one!, 1, 5_000);
    space.setFields(two!, { a: 1 });
    const none = space.ttlMs(two!) === Infinity ? -1 : 0;
    space.expire(two!, Number(ttlMs));
    space.setFields(two!, { b: 1 });
    return [space.ttlMs(one!)!, none, space.ttlMs(two!)!, space.nowMs];
  },
};

const numbers: Procedure<readonly (string | null)[]> = {
  name: "numbers",
  lua: `
    local found = {}
    for index, text in ipairs(ARGV) do
      redis.call('SET', KEYS[1], text)
      local number = tonumber(redis.call('GET', KEYS[1]))
      found[index] = number and string.format('%.3f', number) or false
    end
    redis.call('DEL', KEYS[1])
    found[#ARGV + 1] = tonumber(redis.call('GET', KEYS[1])) or false
    return found`,
  local(space, [key], args) {
    const found = args.map((argument) => {
      space.set(key!, argument);
      return space.number(key!)?.toFixed(3) ?? null;
    });
    space.delete(key!);
    return [...found, space.number(key!)?.toFixed(3) ?? null];
  },
};

const echo: Procedure<readonly Uint8Array[]> = {
  name: "echo bytes",
  isBinary: true,
  isReadOnly: true,
  lua: "return ARGV",
  local: (_space, _keys, args) =>
    args.map((each) => Buffer.from(typeof each === "number" ? String(each) : each)),
};

/** Reads, and writes what it read plus one, so that two that mix lose one. */
const readAndWrite: Procedure<number> = {
  name: "read and write",
  lua: `
    local count = tonumber(redis.call('GET', KEYS[1]) or '0') + 1
    redis.call('SET', KEYS[1], count)
    return count`,
  local(space, [key]) {
    const count = Number(space.get(key!) ?? "0") + 1;
    space.set(key!, count);
    return count;
  },
};

const counted: Procedure<number> = {
  name: "add a member",
  lua: "return redis.call('ZADD', KEYS[1], 1, 'a')",
  local: (space, [key]) => Number(space.addMember(key!, "a", 1)),
};

export function proceduresSuite(kind: StoreKind): void {
  describe("procedures", () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("procedures");
    });
    afterAll(() => store.close());

    test("find members by their texts, and by their place", async () => {
      const members = ["a 3", "a 1", "a 2", "a", "a!", "b", "a\u{FF5E}", "\u{1F30D}", "\u{FF5E}"];
      expect(await store.run(between, ["between"], members)).toEqual([
        ["a 1", "a 2"],
        ["a", "a 1", "a 2", "a 3", "a!", "a\u{FF5E}", "b", "\u{FF5E}"],
        [],
        ["a 1", "a 2"],
      ]);
    });

    test("work on fields", async () => {
      expect(await store.run(fields, ["fields"], ["é", "b"])).toEqual([4, null, 0, "é"]);
    });

    test("work on members in the order of their scores", async () => {
      expect(await store.run(members, ["members"])).toEqual([
        2,
        0,
        ["b", "\u{FF5E}", "\u{1F30D}", "c", "a"],
        ["b", "\u{FF5E}", "\u{1F30D}"],
        ["a"],
        4,
        "4",
        1,
        3,
        1,
      ]);
    });

    test("know the store's time, and what is left of a key's", async () => {
      const keys = [["expiry", "1"], companionKey(["expiry", "1"], "more")];
      const [first, none, second, nowMs] = await store.run(expiry, keys, [80]);
      // A server's time goes on meanwhile.
      expect(Number(first)).toBeGreaterThan(0);
      expect(Number(first)).toBeLessThanOrEqual(5_000);
      expect(none).toBe(-1);
      expect(Number(second)).toBeLessThanOrEqual(80);
      expect(Math.abs(Number(nowMs) - Date.now())).toBeLessThan(5_000);
      await sleep(120);
      expect(await store.delete(keys[1]!)).toBe(0);
    });

    test("read numbers, and know what is none", async () => {
      const texts = ["12", "-0.5", "1e3", "12 5", "", " ", "x"];
      expect(await store.run(numbers, ["numbers"], [7, ...texts])).toEqual([
        "7.000",
        "12.000",
        "-0.500",
        "1000.000",
        null,
        null,
        null,
        null,
        null,
      ]);
    });

    test("take and give bytes", async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const [given, text, number] = await store.run(echo, ["echo"], [bytes, "ü", 12.5]);
      expect(new Uint8Array(given!)).toEqual(bytes);
      expect([text, number].map(String)).toEqual(["ü", "12.5"]);
    });

    test("aren't interrupted by one another", async () => {
      await Promise.all(Array.from({ length: 100 }, () => store.run(readAndWrite, ["counted"])));
      expect(await store.get("counted")).toBe("100");
    });

    test("refuse a key that holds another kind of thing", async () => {
      await store.set("kind", "text");
      await expect(store.run(members, ["kind"])).rejects.toMatchObject({
        code: "E_INVALID_VALUE",
      });
      expect(await store.get("kind")).toBe("text");

      await store.run(counted, ["other kind"]);
      await expect(store.get("other kind")).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      expect(await store.getMany(["kind", "other kind"])).toEqual(["text", undefined]);
      expect(await store.set("other kind", "text")).toBe(true);
      expect(await store.get("other kind")).toBe("text");
    });
  });
}
