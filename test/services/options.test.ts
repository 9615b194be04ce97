import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCache, createLimiter, createSessions, openStore } from "plinth/services";
import { expect, test } from "vitest";
import { root } from "../../scripts/prepare.mjs";

const page = readFileSync(join(root, "docs/guide/store.md"), "utf8");
const listed = [...page.matchAll(/^\| `([a-z_]+)` +\| ([A-Za-z, ]+?) +\|/gm)].map(
  ([, name = "", of = ""]) => ({ name, of }),
);

for (const [what, url, column] of [
  ["memory", "memory:", "memory"],
  ["SQLite", "sqlite:never-made.db", "SQLite"],
  ["Redis", "redis://127.0.0.1:1", "Redis"],
] as const) {
  test(`the page lists the options of ${what}, and no others are taken`, async () => {
    const error: unknown = await openStore(`${url}?no_such_option=1`).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "E_CONFIG" });
    const known = /Known are (.*)\.$/.exec((error as Error).message)?.[1]?.split(", ") ?? [];
    const told = listed
      .filter(({ of }) => of === "all" || of.split(", ").includes(column))
      .map(({ name }) => name);
    expect(known.length).toBeGreaterThan(2);
    expect(new Set(told)).toEqual(new Set(known));
  });
}

test("the environment names the store where nobody else does", async () => {
  const names = ["STORE_URL", "REDIS_URL", "VALKEY_URL"];
  const before = names.map((name) => process.env[name]);
  try {
    for (const name of names) delete process.env[name];
    await expect(openStore()).rejects.toMatchObject({ code: "E_CONFIG" });
    process.env["VALKEY_URL"] = "valkey://127.0.0.1:1?connect_timeout=500ms";
    await expect(openStore()).rejects.toMatchObject({ code: "E_CONNECTION_REFUSED" });
    process.env["STORE_URL"] = "memory:";
    await (await openStore()).close();
  } finally {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

test("a URL that can't be read is refused, and what it holds isn't told", async () => {
  const urls = [
    "canary-5e2",
    "http://canary-5e2@host",
    "redis://user:canary-5e2@ho st",
    "redis://:canary-5e2@host:99999",
    "redis://:canary-5e2%@host",
    "redis://:canary-5e2@host/name",
    "redis://:canary-5e2@one,two",
    "redis+cluster://:canary-5e2@one,two/3",
    "redis://:canary-5e2@host?timeout=soon",
    "sqlite:canary-5e2%.db",
  ];
  for (const url of urls) {
    const error: unknown = await openStore(url).catch((reason: unknown) => reason);
    expect(error, url).toMatchObject({ code: "E_CONFIG" });
    expect((error as Error).message).not.toContain("canary-5e2");
  }
});

test("a time that makes no sense is told by its own name", async () => {
  await using store = await openStore("memory:");
  const limit = { category: "c", max: 1, windowMs: 1_000 };
  const cache = { namespace: "c", ttlMs: 1_000 };
  const limited = (options: object) => () => createLimiter(store, { ...limit, ...options });
  const cached = (options: object) => () => createCache(store, { ...cache, ...options });
  const held = (options: object) => () => createSessions(store, options);
  const wrong: readonly (readonly [(options: object) => () => unknown, readonly string[]])[] = [
    [limited, ["windowMs", "blockMs", "timeoutMs"]],
    [cached, ["ttlMs", "negativeTtlMs", "staleMs", "leaseMs", "timeoutMs"]],
    [held, ["idleMs", "maxMs", "graceMs"]],
  ];
  for (const [make, names] of wrong) {
    for (const name of names) expect(make({ [name]: -1 })).toThrow(new RegExp(`^${name} is not`));
  }
  const block = createLimiter(store, limit).block("somebody", Infinity);
  await expect(block).rejects.toThrow(/^durationMs is not/);
});
