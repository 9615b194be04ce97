import { spawn } from "node:child_process";
import { alias, connect, createTables, defineSchema, integer, table, text } from "plinth";
import { expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";

const MIB = 2 ** 20;
/** 320 × 320 rows of 1,000 characters. */
const ROWS = 320;
const EXTRA_MIB = 32;

const payloads = table("payloads", { id: integer().primaryKey(), payload: text().notNull() });

/** Reads 100 MB of rows, and prints how much more memory the process had at its peak than before. */
const READ = `
  const { alias, connect, integer, table, text } = await import(process.env.TEST_ENTRY);
  const payloads = table("payloads", { id: integer().primaryKey(), payload: text().notNull() });
  const db = await connect(process.env.TEST_URL);
  const other = alias(payloads, "other");
  const rows = db.select({ id: other.id, payload: payloads.payload }).from(payloads).crossJoin(other);
  for await (const row of rows.limit(20000).stream()) if (row.id < 0) throw new Error();
  const before = process.memoryUsage().rss;
  let peak = before, bytes = 0, count = 0;
  for await (const row of rows.stream({ batch: 500 })) {
    bytes += row.payload.length;
    if (++count % 250 === 0) peak = Math.max(peak, process.memoryUsage().rss);
    if (count % 10000 === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await db.close();
  console.log(JSON.stringify({ bytes, count, extra: peak - before }));
`;

function run(
  script: string,
  url: string,
): Promise<{ bytes: number; count: number; extra: number }> {
  const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
    env: {
      ...process.env,
      TEST_URL: url,
      TEST_ENTRY: new URL("../../src/entry/main.ts", import.meta.url).href,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (chunk) => (printed += String(chunk)));
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve(JSON.parse(printed) as Awaited<ReturnType<typeof run>>);
      else reject(new Error(`The reader ended with ${code}.`));
    });
  });
}

const servers = testServers().filter(({ name }) => name !== "sqlite memory");

test.each(servers)("leaving a stream of $name that never ends ends it at once", async (server) => {
  const own = await createTestDatabase(server);
  const db = await connect(own.url);
  try {
    await createTables(db, defineSchema({ payloads }));
    await db
      .insert(payloads)
      .values(Array.from({ length: 1_000 }, (_, id) => ({ id, payload: "x".repeat(1_000) })));
    const [a, b, c] = [alias(payloads, "a"), alias(payloads, "b"), alias(payloads, "c")];
    const endless = db.select({ text: a.payload }).from(a).crossJoin(b).crossJoin(c);
    for (let round = 0; round < 5; round++) {
      let count = 0;
      const startMs = performance.now();
      for await (const row of endless.stream({ batch: 10 })) {
        if (++count < 1_000 * round) continue;
        expect(row.text.length).toBe(1_000);
        break;
      }
      // The same connection, which is free.
      await db.transaction((tx) => tx.from(payloads).find(1));
      expect(performance.now() - startMs).toBeLessThan(20_000);
    }
    expect(db.stats().leased).toBe(0);
  } finally {
    await db.close();
    await own.drop();
  }
});

test.each(servers)(
  "100 MB of rows of $name are read in little memory, slowly too",
  async (server) => {
    const own = await createTestDatabase(server);
    try {
      const db = await connect(own.url);
      await createTables(db, defineSchema({ payloads }));
      const payload = "x".repeat(1_000);
      await db.insert(payloads).values(Array.from({ length: ROWS }, (_, id) => ({ id, payload })));
      await db.close();
      const { bytes, count, extra } = await run(READ, own.url);
      expect([bytes, count]).toEqual([ROWS * ROWS * 1_000, ROWS * ROWS]);
      console.log(
        `${server.name}: ${(extra / MIB).toFixed(1)} MiB more at the peak of reading 100 MB`,
      );
      expect(extra).toBeLessThan(EXTRA_MIB * MIB);
    } finally {
      await own.drop();
    }
  },
);
