import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "plinth/services";
import { afterAll, describe, expect, test } from "vitest";
import { hasTestRedis, testRedisUrl } from "../servers/databases.ts";

const folder = mkdtempSync(join(tmpdir(), "plinth-store-processes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly passed: number;
  readonly unavailable: number;
}

/** Eight processes, whose clocks lie hours apart, take a hundred each of a limit of a hundred. */
async function takeTogether(url: string, prefix: string, algorithm: string): Promise<Outcome[]> {
  const file = fileURLToPath(new URL("./taker.ts", import.meta.url));
  const children = Array.from({ length: 8 }, (_, index) =>
    fork(file, [url, prefix, algorithm, String((index - 4) * 3_600_000)], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    }),
  );
  await Promise.all(children.map((child) => once(child, "message")));
  const outcomes = children.map(async (child) => (await once(child, "message"))[0] as Outcome);
  for (const child of children) child.send("go");
  const found = await Promise.all(outcomes);
  for (const child of children) if (child.exitCode === null) await once(child, "exit");
  return found;
}

describe("promise 29: eight processes share a limit", () => {
  for (const algorithm of ["fixed", "sliding"]) {
    for (const name of hasTestRedis() ? ["redis", "sqlite"] : ["sqlite"]) {
      test(`${algorithm}, ${name}: exactly the limit is let through`, async () => {
        const prefix = `processes-${randomBytes(6).toString("hex")}`;
        const url =
          name === "redis"
            ? `${testRedisUrl()}?timeout=30s`
            : `sqlite:${join(folder, `${algorithm}.db`)}?timeout=30s`;
        const outcomes = await takeTogether(url, prefix, algorithm);
        const passed = outcomes.reduce((sum, each) => sum + each.passed, 0);
        process.stdout.write(
          `  promise 29, ${algorithm} on ${name}: 8 processes asked 800 times, ${passed} passed of a limit of 100\n`,
        );
        expect(outcomes.every(({ unavailable }) => unavailable === 0)).toBe(true);
        expect(passed).toBe(100);
        await using store = await openStore(url, { prefix });
        await store.clear("ratelimit");
      });
    }
  }
});
