import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connect,
  createTables,
  defineSchema,
  integer,
  sql,
  table,
  timestamp,
  type Transaction,
} from "plinth";
import { migrate, migrateDown } from "plinth/migrate";
import { createOutbox, outboxTables } from "plinth/outbox";
import { describe, expect, test, vi } from "vitest";
import { createTestDatabase } from "../servers/databases.ts";
import { canInstall, install } from "../servers/host/apt.ts";
import { findProgram, serverIdentity } from "../servers/host/launch.ts";
import { freePort, waitUntil, isListening } from "../servers/host/ports.ts";
import { report, socketServers } from "./behind-proxy.ts";

if (findProgram("pgbouncer") === undefined && canInstall()) await install(["pgbouncer"]);
const pgbouncer = findProgram("pgbouncer");
const notes = table("note", { id: integer().primaryKey(), at: timestamp() });

/** A pooler that hands out a connection for each transaction, few of them. */
async function startPooler(target: string): Promise<{ url: string; stop(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "plinth-pgbouncer-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const { hostname, port: targetPort } = new URL(target);
  const settings = join(folder, "settings.ini");
  writeFileSync(
    settings,
    `[databases]
* = host=${hostname} port=${targetPort} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
auth_type = any
pool_mode = transaction
default_pool_size = 3
unix_socket_dir =
`,
  );
  const child = spawn(pgbouncer!, [settings], { stdio: "ignore", ...serverIdentity() });
  await waitUntil(() => isListening("127.0.0.1", port, 500), 20_000, 20);
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  const stop = (): void => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: url.href, stop };
}

// Skipped, so that it shows, where it neither is installed nor can be.
if (pgbouncer === undefined) {
  test.skip("each gets its own answer behind PgBouncer", () => {});
} else {
  const servers = socketServers.filter(({ name }) => name.startsWith("postgres"));
  describe.each(servers)("$name behind PgBouncer in transaction mode", (server) => {
    test("each gets its own answer, in its own time zone, and a slow query goes on", async () => {
      const database = await createTestDatabase(server);
      const pooler = await startPooler(database.url);
      const db = await connect(`${pooler.url}?prepared=false&probe_after=500ms`);
      try {
        await createTables(db, defineSchema({ notes }));
        const at = new Date(1_700_000_000_000);
        await Promise.all(
          Array.from({ length: 100 }, (_, id) => db.insert(notes).values({ id, at })),
        );
        for (let round = 0; round < 10; round++) {
          const rows = await Promise.all(
            Array.from({ length: 60 }, (_, id) =>
              id % 3 === 0
                ? db.transaction(async (tx) => tx.from(notes).find(id))
                : db.from(notes).find(id),
            ),
          );
          expect(rows).toEqual(Array.from({ length: 60 }, (_, id) => ({ id, at })));
        }
        const { rows } = await db.execute(sql`select pg_sleep(2)`);
        expect(rows).toHaveLength(1);
        report(`${server.name}: 600 reads through PgBouncer, each with its own answer`);
      } finally {
        await db.close();
        pooler.stop();
        await database.drop();
      }
    });

    test("leaves no client's settings to the next who gets its connection", async () => {
      const database = await createTestDatabase(server);
      const pooler = await startPooler(database.url);
      const db = await connect(`${pooler.url}?prepared=false`);
      try {
        const read = async (own: typeof db): Promise<unknown> => {
          const { rows } = await own.execute<{ tenant: string | null }>(
            sql`select nullif(current_setting('app.tenant', true), '') as tenant`,
          );
          return rows[0]!.tenant;
        };
        const clients = Array.from({ length: 90 }, (_, index) => {
          const tenant = index % 3;
          return tenant === 0 ? db : db.as({ id: index }, { settings: { "app.tenant": tenant } });
        });
        const seen = await Promise.all(clients.map(read));
        expect(seen).toEqual(Array.from({ length: 30 }, () => [null, "1", "2"]).flat());
      } finally {
        await db.close();
        pooler.stop();
        await database.drop();
      }
    });

    test("delivers what others left, though no notice comes through", async () => {
      const database = await createTestDatabase(server);
      const pooler = await startPooler(database.url);
      const schema = defineSchema(outboxTables);
      const [db, writer] = await Promise.all([
        connect(`${pooler.url}?prepared=false`, { schema }),
        connect(`${pooler.url}?prepared=false`, { schema }),
      ]);
      const told: number[] = [];
      try {
        await createTables(db, schema);
        const outbox = createOutbox(db, { handlers: { t: (n: number) => void told.push(n) } });
        outbox.start();
        const own = createOutbox<{ t: number }>(writer);
        const beganMs = performance.now();
        await writer.transaction(async (tx) => own.add(tx, "t", 1));
        await vi.waitUntil(() => told.length === 1, { timeout: 20_000 });
        const tookMs = Math.round(performance.now() - beganMs);
        report(`${server.name}: an entry of another process after ${tookMs} ms behind PgBouncer`);
        await outbox.close();
      } finally {
        await db.close();
        await writer.close();
        pooler.stop();
        await database.drop();
      }
    });

    test("applies each migration once, whoever comes first", async () => {
      const database = await createTestDatabase(server);
      const pooler = await startPooler(database.url);
      const many = await Promise.all(
        Array.from({ length: 6 }, () => connect(`${pooler.url}?prepared=false`)),
      );
      try {
        const migrations = [
          {
            name: "001_counter",
            up: "create table counter (n integer); insert into counter values (0);",
            down: "drop table counter;",
          },
          { name: "002_more", up: "update counter set n = n + 1;", down: "" },
          {
            name: "003_code",
            up: async (tx: Transaction) => {
              await tx.execute(sql`update counter set n = n + 1`);
            },
            down: async () => {},
          },
        ];
        const runs = await Promise.all(many.map((db) => migrate(db, { migrations })));
        expect(
          runs
            .flat()
            .map(({ name }) => name)
            .toSorted(),
        ).toEqual(["001_counter", "002_more", "003_code"]);
        const { rows } = await many[0]!.execute(sql`select n from counter`);
        expect(rows).toEqual([{ n: 2 }]);
        expect(await migrateDown(many[1]!, { migrations, count: 9 })).toHaveLength(3);
      } finally {
        for (const db of many) await db.close();
        pooler.stop();
        await database.drop();
      }
    });
  });
}
