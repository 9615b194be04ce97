/**
 * What does it cost to ask a limit? Against rate-limiter-flexible, on the same server, on its own client each.
 *
 *     REDIS_URL=redis://127.0.0.1:6379 node spikes/limiter.ts [--quick]
 *
 * Needs `npm run build` before. Each way counts 1,000 subjects, once with room and once beyond the limit.
 */
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import { createClient } from "redis";

import { createLimiter, openStore } from "../../dist/entry/services.js";
import { compare, type Way } from "./compare.ts";

const url = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";
const SUBJECTS = 1_000;
const WINDOW_S = 600;
const subject = (turn: number): string => `10.0.${(turn % SUBJECTS) >> 8}.${turn & 255}`;

const client = createClient({ url });
await client.connect();
const store = await openStore(url, { prefix: "bench" });
const memory = await openStore("memory:");

/** A refusal of theirs is a rejection with the answer in it. */
const asked = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) throw error;
  }
};

function ways(points: number): Record<string, Way> {
  const theirs = new RateLimiterRedis({
    storeClient: client,
    useRedisPackage: true,
    keyPrefix: `rlf${points}`,
    points,
    duration: WINDOW_S,
  });
  const ours = (algorithm: "fixed" | "gcra" | "sliding") =>
    createLimiter(store, {
      category: `${algorithm}${points}`,
      max: points,
      windowMs: WINDOW_S * 1_000,
      algorithm,
    });
  const fixed = ours("fixed");
  const sliding = ours("sliding");
  const gcra = ours("gcra");
  return {
    "rate-limiter-flexible, fixed window": (turn) => asked(theirs.consume(subject(turn))),
    "plinth, fixed window": (turn) => fixed.take(subject(turn)),
    "plinth, sliding window": (turn) => sliding.take(subject(turn)),
    "plinth, gcra": (turn) => gcra.take(subject(turn)),
  };
}

const inMemory = new RateLimiterMemory({ points: 1e9, duration: WINDOW_S });
const locally = (algorithm: "fixed" | "sliding") =>
  createLimiter(memory, {
    category: algorithm,
    max: 1e9,
    windowMs: WINDOW_S * 1_000,
    algorithm,
  });
const fixedLocally = locally("fixed");
const slidingLocally = locally("sliding");

console.log(`node ${process.version}, redis 6.3.1, rate-limiter-flexible 11.4.0`);
await compare("on Redis, let through", ways(1e9), { inFlight: 1 });
await compare("on Redis, let through", ways(1e9), { inFlight: 64 });
await compare("on Redis, refused", ways(1), { inFlight: 64 });
await compare("in memory, let through", {
  "rate-limiter-flexible, fixed window": (turn) => asked(inMemory.consume(subject(turn))),
  "plinth, fixed window": (turn) => fixedLocally.take(subject(turn)),
  "plinth, sliding window": (turn) => slidingLocally.take(subject(turn)),
});

await store.clear("ratelimit");
for (const points of [1, 1e9]) {
  for (let turn = 0; turn < SUBJECTS; turn++) await client.del(`rlf${points}:${subject(turn)}`);
}
await store.close();
await memory.close();
client.destroy();
process.exit(0);
