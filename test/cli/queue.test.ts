import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createTables, defineSchema } from "plinth";
import { createDatabaseQueue, queueTables } from "plinth/outbox";
import { createQueue, openStore, type Queue } from "plinth/services";
import { afterAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

const folder = mkdtempSync(join(tmpdir(), "plinth-cli-queue-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function plinth(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const terminal = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const code = await main(["queue", ...argv], terminal, folder);
  return { code, out, err };
}

interface Jobs {
  fails: { n: number };
  other: null;
}

/** Two dead jobs, one that waits. */
async function fill(queue: Queue<Jobs>): Promise<string[]> {
  const defaults = { attempts: 1 };
  const added = [
    await queue.add("fails", { n: 1 }, defaults),
    await queue.add("fails", { n: 2 }, defaults),
  ];
  const worker = await queue.work("fails", () => {
    throw new Error("no\u001b[31m");
  });
  while ((await queue.counts()).dead < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  await worker.stop();
  await queue.add("other", null);
  await queue.close();
  return added.map(({ id }) => id);
}

async function behaves(place: readonly string[], ids: readonly string[]): Promise<void> {
  const run = (...argv: string[]) => plinth(...argv, ...place);
  const counts = {
    waiting: 1,
    delayed: 0,
    active: 0,
    dead: 2,
    done: 0,
    expired: 0,
    isPaused: false,
  };
  expect(JSON.parse((await run("counts", "--json")).out)).toEqual(counts);
  expect((await run("counts")).out).toMatch(/waiting +1\n[^]*dead +2\n/);

  for (const untaken of [
    ["pause", "--name", "fails"],
    ["purge", "--all", "--limit", "1"],
    ["retry", "--all", "--older-than", "7d"],
  ]) {
    const answer = await run(...untaken);
    expect(answer).toMatchObject({ code: 1, out: "" });
    expect(answer.err).toMatch(
      /takes no --.*nothing was done\. It is for `plinth queue .*E_CONFIG/,
    );
  }
  expect(JSON.parse((await run("counts", "--json")).out)).toEqual(counts);

  const listed = JSON.parse((await run("list", "--json")).out) as { id: string }[];
  expect(listed.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(listed[0]).toMatchObject({ name: "fails", state: "dead", attempt: 1 });
  const table = await run("list");
  expect(table.out).toContain("2 jobs");
  expect(table.out).toContain(ids[0]!);
  expect(table.out).not.toContain("\u001b");
  expect((await run("list", "--state", "waiting", "--name", "other")).out).toContain("1 job\n");

  expect(await run("retry")).toMatchObject({ code: 1, err: expect.stringContaining("--all") });
  expect(await run("retry", ids[0]!)).toMatchObject({ code: 0, out: "retried 1 job\n" });
  expect((await run("purge", "--name", "fails", "--older-than", "1h")).out).toBe(
    "deleted 0 jobs\n",
  );
  expect((await run("purge", "--name", "fails")).out).toBe("deleted 1 job\n");
  expect((await run("pause")).out).toBe("default is paused\n");
  expect((await run("counts")).out).toContain("paused");
  expect(JSON.parse((await run("resume", "--json")).out)).toEqual({ isPaused: false });
  expect(JSON.parse((await run("purge", "--state", "waiting", "--all", "--json")).out)).toEqual({
    count: 2,
  });
  for (const wrong of [
    ["list", "--state", "gone"],
    ["purge", "--state", "active", "--all"],
    ["purge", "--all", "--older-than", "soon"],
    ["list", "some"],
    ["nothing"],
    ["list", "--limit", "x"],
  ]) {
    const { code, err } = await run(...wrong);
    expect([code, err]).toEqual([1, expect.stringMatching(/^plinth: .* \[E_\w+\]\n$/s)]);
  }
}

const servers = testServers().filter(({ name }) => name !== "sqlite memory");

describe.each(servers)("plinth queue on $name", (server) => {
  test("lists, counts, retries, purges, pauses", async () => {
    const own = await createTestDatabase(server);
    const schema = defineSchema({ ...queueTables });
    const db = await connect(own.url, { schema });
    try {
      await createTables(db, schema);
      await behaves(["--url", own.url], await fill(createDatabaseQueue<Jobs>(db)));
    } finally {
      await db.close();
      await own.drop();
    }
  });

  test("says what to do where the tables are missing", async () => {
    const own = await createTestDatabase(server);
    await (await connect(own.url)).close();
    const { code, err } = await plinth("counts", "--url", own.url);
    expect(code).toBe(1);
    expect(err).toContain("[E_MISSING_TABLE]");
    expect(err).toContain("queueTables");
    await own.drop();
  });
});

test("plinth queue takes a store", async () => {
  const url = `sqlite:${join(folder, "store.db")}`;
  const store = await openStore(url);
  const ids = await fill(createQueue<Jobs>(store));
  await store.close();
  await behaves(["--store", url], ids);
});

test("plinth queue asks before it deletes elsewhere, and tells how it is used", async () => {
  const far = await plinth("purge", "--all", "--url", "postgres://db.example.org/app");
  expect(far).toMatchObject({ code: 1, err: expect.stringContaining("--yes") });
  const store = await plinth("purge", "--all", "--store", "redis://cache.example.org");
  expect(store).toMatchObject({ code: 1, err: expect.stringContaining("--yes") });
  expect((await plinth("--help")).out).toContain("--older-than");
  expect((await plinth()).out).toContain("Verbs:");
});
