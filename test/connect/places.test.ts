import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, sql } from "plinth";
import { describe, expect, test } from "vitest";
import { parseSettings as parseMysql } from "../../src/databases/mysql/connection/settings.ts";
import { parseSettings as parsePostgres } from "../../src/databases/postgres/connection/settings.ts";
import { testServers } from "../servers/databases.ts";

const servers = testServers().filter(({ url }) => url !== undefined);

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "plinth-place-"));
  const end = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const result = work(folder);
    if (!(result instanceof Promise)) {
      end();
      return result;
    }
    return result.finally(end) as Result;
  } catch (error) {
    end();
    throw error;
  }
}

/** A Unix socket that leads to a server, whatever sockets it has of its own. */
async function leadFrom(path: string, url: string): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const port = Number(new URL(url).port);
  const listener = createServer((near) => {
    const far = connectTcp({ port, host: "127.0.0.1" });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  return {
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

describe.each(servers)("$name", (server) => {
  test.runIf(process.platform !== "win32")(
    "is reached by a Unix socket, by which statements are ended as well",
    () =>
      inFolder(async (folder) => {
        const isMariadb = server.name === "mariadb";
        const path = join(folder, isMariadb ? "s.sock" : ".s.PGSQL.5432");
        await using _lead = await leadFrom(path, server.url!);
        const { username, pathname, protocol } = new URL(server.url!);
        const option = isMariadb ? `socket=${path}` : `host=${folder}`;
        await using db = await connect(`${protocol}//${username}@${pathname}?${option}`);
        expect((await db.execute(sql`select 1 as n`)).rows).toEqual([{ n: 1 }]);
        await db.transaction(async (tx) => tx.execute(sql`select 1 as n`));
        const slow = sql.raw(isMariadb ? "select sleep(20)" : "select pg_sleep(20)");
        const beganMs = performance.now();
        await expect(
          db.transaction((tx) => tx.execute(slow), { timeoutMs: 100 }),
        ).rejects.toMatchObject({ code: "E_TIMEOUT" });
        expect(performance.now() - beganMs).toBeLessThan(10_000);
      }),
  );

  test("has as many connections as the URL says, and whoever comes later waits", async () => {
    const url = `${server.url!}?max_connections=20&connect_timeout=30s&idle_timeout=10m`;
    await using db = await connect(url);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const works = Array.from({ length: 25 }, () =>
      db.transaction(async (tx) => {
        await tx.execute(sql`select 1`);
        await held;
      }),
    );
    await expect
      .poll(() => db.stats(), { timeout: 10_000 })
      .toMatchObject({ leased: 20, waiting: 5 });
    release();
    await Promise.all(works);
    expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
  });
});

describe.each([
  ["PostgreSQL", "postgres://user:pass@db.example.org:5432/guild", parsePostgres],
  ["MariaDB", "mariadb://user:pass@db.example.org:3306/guild", parseMysql],
] as const)("the URL of %s", (_name, url, parse) => {
  test("sets sizes and times", () => {
    const { connectTimeoutMs, pool } = parse(
      `${url}?sslmode=require&max_connections=20&connect_timeout=30s&idle_timeout=10m`,
    );
    expect(pool).toMatchObject({ maxConnections: 20, idleTimeoutMs: 600_000 });
    expect(connectTimeoutMs).toBe(30_000);
  });

  test("may leave them out: twice the cores and one, 30 seconds, 10 minutes", () => {
    const { connectTimeoutMs, pool } = parse(url);
    expect(pool).toMatchObject({
      maxConnections: availableParallelism() * 2 + 1,
      idleTimeoutMs: 600_000,
      acquireTimeoutMs: 30_000,
    });
    expect(connectTimeoutMs).toBe(30_000);
  });
});

describe("without a URL the environment says where the database is", () => {
  const program = `
    import { connect } from "plinth";
    const db = await connect(undefined, { createDatabase: true }).catch((error) => {
      console.log(error.code, error.message);
      process.exit(0);
    });
    console.log("connected");
    await db.close();
  `;
  const run = (folder: string, env: Record<string, string> = {}): string => {
    const { DATABASE_URL: _, ...others } = process.env;
    const { stdout } = spawnSync(
      process.execPath,
      [
        "--no-warnings",
        "--import",
        fileURLToPath(new URL("../docs/plinth-from-sources.mjs", import.meta.url)),
        "--input-type=module",
        "--eval",
        program,
      ],
      { cwd: folder, env: { ...others, ...env }, encoding: "utf8" },
    );
    return stdout.trim();
  };

  test("from .env, which a variable that is set goes before", () =>
    inFolder((folder) => {
      expect(run(folder)).toMatch(/^E_CONFIG .*DATABASE_URL/);
      writeFileSync(join(folder, ".env"), "DATABASE_URL='sqlite:from-file.db'\n");
      expect(run(folder)).toBe("connected");
      expect(run(folder, { DATABASE_URL: "nothing://canary@x/y" })).toMatch(
        /^E_CONFIG (?!.*canary).*nothing:/,
      );
    }));
});
