import { connect, createTables, defineSchema, eq, integer, sql, table, varchar } from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  hasPrivateMariadb,
  hasPrivatePostgres,
  startPrivateMariadb,
  startPrivatePostgres,
  type PrivateServer,
} from "../servers/private.ts";
import { startProxy } from "../servers/proxy.ts";
import { failureOf, report } from "./behind-proxy.ts";

const notes = table("note", { id: integer().primaryKey(), text: varchar({ length: 50 }) });
const schema = defineSchema({ notes });

interface Product {
  readonly name: string;
  start(): Promise<PrivateServer>;
  /** Makes the server take no writes any more, from connections that are open as well. */
  readonly demote: readonly string[];
  readonly promote: readonly string[];
  /** A user whom that concerns. */
  readonly user: readonly string[];
}

const products: Product[] = [
  ...(hasPrivatePostgres
    ? [
        {
          name: "PostgreSQL",
          start: startPrivatePostgres,
          demote: [
            "alter system set default_transaction_read_only = on",
            "select pg_reload_conf()",
          ],
          promote: ["alter system reset default_transaction_read_only", "select pg_reload_conf()"],
          user: ["create role app login superuser"],
        },
      ]
    : []),
  ...(hasPrivateMariadb
    ? [
        {
          name: "MariaDB",
          start: () => startPrivateMariadb(),
          demote: ["set global read_only = 1"],
          promote: ["set global read_only = 0"],
          user: [
            "create or replace user app@'%'",
            "grant select, insert, update, delete, create on *.* to app@'%'",
          ],
        },
      ]
    : []),
];

interface Pair {
  readonly first: PrivateServer;
  readonly second: PrivateServer;
}

const pairs = new Map<string, Pair>();

// Starting a server takes seconds, so that all start at once, and both tests use the same two.
beforeAll(async () => {
  await Promise.all(
    products.map(async ({ name, start, user }) => {
      const [first, second] = await Promise.all([start(), start()]);
      pairs.set(name, { first, second });
      for (const { url } of [first, second]) {
        await using root = await connect(url);
        for (const text of user) await root["~engine"].source.script(text);
        await createTables(root, schema);
      }
    }),
  );
});

afterAll(async () => {
  for (const { first, second } of pairs.values())
    await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
});

async function runAll(url: string, texts: readonly string[]): Promise<void> {
  await using root = await connect(url);
  for (const text of texts) await root["~engine"].source.script(text);
}

describe.each(products)("a failover of $name", (product) => {
  test("is survived: the old primary takes no writes, and the new one is found at its address", async () => {
    const { first: old, second: next } = pairs.get(product.name)!;
    for (const { url } of [old, next]) {
      await using root = await connect(url);
      await root.insert(notes).values({ id: 1, text: "a" });
    }
    await using proxy = await startProxy(old.url);
    const target = new URL(proxy.lead(old.url));
    target.username = "app";
    await using db = await connect(target.href);
    await Promise.all(Array.from({ length: 20 }, () => db.from(notes).find(1)));
    await db.transaction(async (tx) => tx.update(notes).set({ text: "b" }).where(eq(notes.id, 1)));

    await runAll(old.url, product.demote);
    proxy.retarget(Number(new URL(next.url).port));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const beganMs = performance.now();
    let refusedCount = 0;
    for (;;) {
      const failed = await db
        .insert(notes)
        .values({ id: 2, text: "c" })
        .then(
          () => undefined,
          (error: unknown) => (error as { code: string }).code,
        );
      if (failed === undefined) break;
      expect(failed).toBe("E_READ_ONLY");
      refusedCount++;
      expect(performance.now() - beganMs).toBeLessThan(30_000);
    }
    const tookMs = performance.now() - beganMs;
    report(
      `${product.name}: writing on the new primary after ${Math.round(tookMs)} ms and ${refusedCount} refused writes`,
    );
    await db.transaction(async (tx) => tx.update(notes).set({ text: "d" }).where(eq(notes.id, 1)));
    await using fresh = await connect(next.url);
    expect(await fresh.from(notes).find(1)).toEqual({ id: 1, text: "d" });
  });

  test("that cuts everything is survived within reconnect_timeout", async () => {
    const { first: next, second: old } = pairs.get(product.name)!;
    await runAll(next.url, product.promote);
    for (const { url } of [old, next]) {
      await using root = await connect(url);
      await root.delete(notes).all();
    }
    await using proxy = await startProxy(old.url);
    await using db = await connect(proxy.lead(old.url));
    await db.insert(notes).values({ id: 1, text: "old" });
    proxy.refuse();
    proxy.cut();
    await old[Symbol.asyncDispose]();
    setTimeout(() => {
      proxy.retarget(Number(new URL(next.url).port));
      proxy.mend();
    }, 1_000);
    const beganMs = performance.now();
    await db.insert(notes).values({ id: 1, text: "new" });
    report(
      `${product.name}: ${Math.round(performance.now() - beganMs - 1_000)} ms after it was back`,
    );
    expect(await db.from(notes).find(1)).toEqual({ id: 1, text: "new" });
    expect(await failureOf(db.execute(sql`select nothing_here`))).toMatchObject({
      code: "E_MISSING_COLUMN",
    });
  });
});
