import { connect, createTables, defineSchema, eq, integer, sql, table, varchar } from "plinth";
import { describe, expect, test } from "vitest";
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
          user: [
            "create or replace user app@'%'",
            "grant select, insert, update, delete, create on *.* to app@'%'",
          ],
        },
      ]
    : []),
];

describe.each(products)("a failover of $name", (product) => {
  test("is survived: the old primary takes no writes, and the new one is found at its address", async () => {
    await using old = await product.start();
    await using next = await product.start();
    for (const { url } of [old, next]) {
      await using root = await connect(url);
      for (const text of product.user) await root["~engine"].source.script(text);
      await createTables(root, schema);
      await root.insert(notes).values({ id: 1, text: "a" });
    }
    await using proxy = await startProxy(old.url);
    const target = new URL(proxy.lead(old.url));
    target.username = "app";
    await using db = await connect(target.href);
    await Promise.all(Array.from({ length: 20 }, () => db.from(notes).find(1)));
    await db.transaction(async (tx) => tx.update(notes).set({ text: "b" }).where(eq(notes.id, 1)));

    await using root = await connect(old.url);
    for (const text of product.demote) await root["~engine"].source.script(text);
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
      expect(performance.now() - beganMs).toBeLessThan(5_000);
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
    await using old = await product.start();
    await using next = await product.start();
    for (const { url } of [old, next]) {
      await using root = await connect(url);
      await createTables(root, schema);
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
