// Policies of SQL by hand, which read who asks from a setting that the client brings.
import { connect, createTables, defineSchema, eq, integer, table, varchar } from "plinth";
import { createRowCache } from "plinth/outbox";
import { createCache, openStore } from "plinth/services";
import { findDrift } from "../../../src/migrate/drift/find-drift.ts";
import { expect, test } from "vitest";
import { onDatabase } from "../../inspect/kit.ts";
import { connected, postgresServers } from "./connected.ts";

const invoices = table("invoice", {
  id: integer().primaryKey(),
  tenantId: integer().notNull(),
  note: varchar({ length: 20 }),
});
const schema = defineSchema({ invoices });

const POLICY = `
alter table invoice enable row level security;
alter table invoice force row level security;
create policy own_invoices on invoice
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::integer);
create role ROLE login;
grant select, insert, update, delete on invoice to ROLE;
`;

test.each(postgresServers())("policies see the client's settings, on $name", async (server) => {
  await using own = await connected(server);
  const role = `clerk_${process.pid}_${server.name.replaceAll(/\W/g, "_")}`;
  await createTables(own.db, schema);
  await own.db.insert(invoices).values([
    { id: 1, tenantId: 1 },
    { id: 2, tenantId: 2 },
    { id: 3, tenantId: 2 },
  ]);
  await own.aside(POLICY.replaceAll("ROLE", role));
  const url = new URL(own.url);
  url.username = role;
  const db = await connect(url.href, { schema });
  try {
    const [one, two] = [1, 2].map((tenant) =>
      db.as({ id: tenant }, { settings: { "app.tenant_id": tenant } }),
    );
    const counts = Array.from({ length: 60 }, (_, index) =>
      [one!, two!, db][index % 3]!.from(invoices).count(),
    );
    expect(await Promise.all(counts)).toEqual(Array.from({ length: 20 }, () => [1, 2, 0]).flat());
    expect(await two!.update(invoices).set({ note: "seen" }).all()).toEqual({ affectedRows: 2 });
    expect(await one!.delete(invoices).where(eq(invoices.id, 2))).toEqual({ affectedRows: 0 });
    const foreign = one!.insert(invoices).values({ id: 4, tenantId: 2 });
    await expect(foreign).rejects.toMatchObject({
      code: "E_PERMISSION",
      message: expect.stringMatching(/^The user may not do this \(table .+\)\./),
    });
    await one!.transaction(async (tx) => {
      await tx.insert(invoices).values({ id: 4, tenantId: 1 });
      expect(await tx.from(invoices).count()).toBe(2);
    });
    expect(await db.from(invoices).count()).toBe(0);
    await using store = await openStore("memory:");
    const cache = createCache(store, { namespace: "rows", ttlMs: 60_000 });
    await using rows = createRowCache(db, cache, { durable: false });
    for (const client of [one!, two!, db]) {
      const query = client.from(invoices).orderBy(invoices.id);
      const all = await query;
      expect(await rows.cached(query)).toEqual(all);
      expect(await rows.cached(query.timeout(60_000))).toEqual(all);
      expect(await rows.cached(rows.cached(query))).toEqual(all);
      expect(await rows.cached(rows.cached(query).timeout(60_000))).toEqual(all);
    }
    // What the declarations don't know is left alone.
    const drift = await onDatabase(server, (scratch) => findDrift(own.db, scratch, schema));
    expect(drift.differences).toEqual([]);
  } finally {
    await db.close();
    await own.aside(`drop owned by ${role}; drop role ${role};`);
  }
});
