// Each procedure has two forms: a server's and this process's. Both go through one random history, and agree at each step.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openStore } from "../../../src/services/kv/open.ts";
import type { Store } from "../../../src/services/kv/store.ts";
import type {
  Claim,
  JobState,
  NewJob,
  QueueBackend,
  Settlement,
} from "../../../src/services/queue/backend.ts";
import { StoreBackend } from "../../../src/services/queue/store-backend/store-backend.ts";
import { hasTestRedis, testRedisUrl } from "../../servers/databases.ts";
import { job } from "./kit.ts";

const HOUR_MS = 3_600_000;
const names = ["a", "a b", "b"];
const states: readonly JobState[] = ["waiting", "delayed", "active", "dead", "done"];

/** A sequence that one seed gives. */
function chances(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Step = (backend: QueueBackend) => Promise<unknown>;

/** Times differ by what a call takes, so all that are set lie far away. */
function randomStep(chance: (below: number) => number, ids: string[], claims: Claim[]): Step {
  const pick = <Item>(items: readonly Item[]): Item => items[chance(items.length)]!;
  const newJob = (): NewJob => {
    const made = job(pick(names), {
      priority: chance(3) - 1,
      delayMs: chance(4) === 0 ? HOUR_MS : 0,
      attempts: 1 + chance(3),
      ttlMs: chance(4) === 0 ? HOUR_MS : undefined,
      unique:
        chance(3) === 0
          ? { key: `k ${chance(4)}`, forMs: chance(2) === 0 ? HOUR_MS : 0 }
          : undefined,
    });
    ids.push(made.id);
    return made;
  };
  const settlement = (): Settlement => {
    const claim = pick(claims);
    const outcomes = [
      { kind: "done" },
      { kind: "done" },
      { kind: "retry", delayMs: chance(2) * HOUR_MS, error: "again\nand again" },
      { kind: "dead", error: "no 1 2 3" },
      { kind: "release" },
    ] as const;
    return { ...claim, ...pick(outcomes) };
  };
  const some = [...names].filter(() => chance(2) === 0);
  const asked = some.length === 0 ? names : some;
  const jobs = Array.from({ length: 1 + chance(3) }, newJob);
  const [limit, state, name, id] = [
    1 + chance(3),
    pick(states),
    pick([undefined, ...names]),
    pick(ids),
  ];
  const settlements = claims.length === 0 ? [] : [settlement(), settlement()];
  const steps: readonly Step[] = [
    (backend) => backend.add(jobs),
    (backend) => backend.claim(asked, limit, HOUR_MS),
    (backend) => backend.claim(names, limit, HOUR_MS),
    (backend) => backend.settle(settlements),
    (backend) => backend.settle(settlements.slice(0, 1)),
    (backend) => backend.renew(settlements, HOUR_MS),
    (backend) =>
      settlements.length === 0 ? backend.counts() : backend.progress(settlements[0]!, limit),
    (backend) => (limit === 1 ? backend.retry({ name }) : backend.retry({ name }, [id])),
    (backend) =>
      limit === 1 ? backend.purge({ name, state }, 0) : backend.purge({ name, state }, 0, [id]),
    (backend) => backend.list({ state, name }, limit),
  ];
  const weights = [3, 2, 3, 4, 2, 1, 1, 1, chance(4) === 0 ? 1 : 0, 2];
  return pick(steps.flatMap((step, index) => Array.from({ length: weights[index]! }, () => step)));
}

/** Without what the clocks say. */
function timeless(answer: unknown): unknown {
  const isTime = (name: string): boolean => ["addedAtMs", "atMs", "expiresAtMs"].includes(name);
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (isTime(name) ? undefined : value)) ?? "null",
  );
}

describe.runIf(hasTestRedis())("both forms of a queue's procedures", () => {
  for (const seed of [1, 2, 3]) {
    test(`agree in the history ${seed}`, async () => {
      await using memory = await openStore("memory:");
      await using redis = await openStore(`${testRedisUrl()}?timeout=30s`, {
        prefix: `forms-${randomBytes(6).toString("hex")}`,
      });
      const made = (store: Store): StoreBackend =>
        new StoreBackend(store, {
          queue: "q",
          namespace: ["queue"],
          keepDoneMs: seed === 2 ? HOUR_MS : 0,
        });
      const [one, two] = [made(memory), made(redis)];
      const chance = chances(seed);
      const ids = ["none"];
      const claims: Claim[] = [];
      const seen = new Set<JobState>();
      for (let turn = 0; turn < 400; turn++) {
        const step = randomStep(chance, ids, claims);
        const [answer, other] = [await step(one), await step(two)];
        for (const state of states) if ((await one.counts())[state] > 0) seen.add(state);
        expect(timeless(other), `step ${turn}`).toEqual(timeless(answer));
        for (const found of [answer].flat() as Partial<Claim>[]) {
          if (found?.token !== undefined) claims.push({ id: found.id!, token: found.token });
        }
        // What comes later sorts later, on both.
        await sleep(2);
      }
      expect(await two.counts()).toEqual(await one.counts());
      // It was no history of refusals.
      expect(seen).toEqual(new Set(states));
      expect(claims.length).toBeGreaterThan(50);
      for (const id of ids)
        expect(timeless(await two.get(id))).toEqual(timeless(await one.get(id)));
      await two.setPaused(true);
      for (const state of states) {
        if (state !== "active") await two.purge({ state }, 0);
      }
    });
  }
});
