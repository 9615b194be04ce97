import { createClient } from "redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryKeyspace } from "../../src/services/kv/memory-keyspace.ts";
import type { Algorithm } from "../../src/services/limit/algorithm.ts";
import { fixedWindow } from "../../src/services/limit/fixed-window.ts";
import { gcra } from "../../src/services/limit/gcra.ts";
import { slidingWindow } from "../../src/services/limit/sliding-window.ts";
import { hasTestRedis, testRedisUrl } from "../servers/databases.ts";

const ALGORITHMS: readonly Algorithm[] = [fixedWindow, slidingWindow, gcra];

/** Time is ours here: a key's end is kept beside it, and the server knows of none. */
const ourTime = `
  local server = redis
  local function endOf(key) return tonumber(server.call('GET', key .. ':end')) end
  local redis = { call = function(name, key, ...)
    local rest = {...}
    local last = endOf(key)
    if last and last <= now then
      server.call('DEL', key, key .. ':end')
      last = nil
    end
    if name == 'PTTL' then return last and last - now or -2 end
    if name == 'PEXPIRE' then
      server.call('SET', key .. ':end', string.format('%.0f', now + rest[1]))
      return 1
    end
    if name == 'SET' then
      if rest[2] == 'PX' then
        server.call('SET', key .. ':end', string.format('%.0f', now + rest[3]))
      elseif rest[2] ~= 'KEEPTTL' then
        error('an end is set, or kept')
      end
      return server.call('SET', key, rest[1])
    end
    return server.call(name, key, ...)
  end }`;

/** The same numbers in every run. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let client: ReturnType<typeof createClient> | undefined;
beforeAll(async () => {
  if (!hasTestRedis()) return;
  client = createClient({ url: testRedisUrl() });
  await client.connect();
});
afterAll(() => client?.destroy());

for (const algorithm of ALGORITHMS) {
  test.runIf(hasTestRedis())(
    `${algorithm.name}: Lua and this process decide alike at every time, also when the clock leaps`,
    async () => {
      let steps = 0;
      let refused = 0;
      for (let seed = 1; seed <= 20; seed++) {
        const random = numbersFrom(seed);
        const max = 1 + Math.floor(random() * 12);
        const window = 50 + Math.floor(random() * 5_000);
        const burst = 1 + Math.floor(random() * max);
        let nowMs = 1_700_000_000_000;
        const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs, sleep: async () => {} };
        const key = `limit-algorithms:${process.pid}:${algorithm.name}:${seed}`;
        const space = new MemoryKeyspace(clock, false);
        for (let step = 0; step < 100; step++, steps++) {
          const leap = random() < 0.05 ? (random() - 0.5) * 7_200_000 : 0;
          nowMs += Math.floor(random() * random() * window + leap);
          const cost = 1 + Math.floor(random() * Math.min(max, burst) * random());
          const args = [...algorithm.ruleOf(max, window, burst), cost, random() < 0.2 ? 1 : 0];
          space.tick();
          const local = algorithm.local(space, [key], args);
          const script = `local now = ${nowMs}\n${ourTime}\n${algorithm.lua}`;
          const remote = await client!.eval(script, { keys: [key], arguments: args.map(String) });
          expect(remote, `seed ${seed}, step ${step}, ${JSON.stringify(args)}`).toEqual(local);
          if (local[0] === 0) refused++;
        }
        await client!.del([key, `${key}:end`]);
      }
      console.log(`${algorithm.name}: ${steps} decisions alike, ${refused} of them refusals`);
      expect(refused).toBeGreaterThan(100);
    },
  );

  test(`${algorithm.name}: what it says to wait is enough, and a moment less is not`, () => {
    const random = numbersFrom(7);
    for (let round = 0; round < 300; round++) {
      const max = 1 + Math.floor(random() * 10);
      const window = 100 + Math.floor(random() * 10_000);
      let nowMs = 1_700_000_000_000;
      const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs, sleep: async () => {} };
      const space = new MemoryKeyspace(clock, false);
      const take = (isLook: boolean): readonly number[] => {
        space.tick();
        return algorithm.local(
          space,
          ["key"],
          [...algorithm.ruleOf(max, window, max), 1, isLook ? 1 : 0],
        );
      };
      for (let step = 0; step < 40; step++) {
        nowMs += Math.floor((random() * window) / max);
        const [isAllowed, , , retryMs] = take(false);
        if (isAllowed === 1) continue;
        expect(retryMs).toBeGreaterThan(0);
        expect(retryMs).toBeLessThanOrEqual(2 * window);
        const startMs = nowMs;
        nowMs = startMs + retryMs! - 2;
        if (retryMs! > 2) expect(take(true)[0]).toBe(0);
        nowMs = startMs + retryMs!;
        expect(take(true)[0]).toBe(1);
        nowMs = startMs;
      }
    }
  });
}
