import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, sql } from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  hasPrivateMariadb,
  hasPrivatePostgres,
  startPrivateMariadb,
  startPrivatePostgres,
  type PrivateServer,
} from "../servers/private.ts";
import { failureOf } from "./behind-proxy.ts";
import { createAuthority, type Authority } from "./certificates.ts";

// Defined only where the server's programs are: those of the npm package are everywhere.
if (hasPrivatePostgres) {
  describe("TLS to PostgreSQL", () => {
    let server: PrivateServer;
    let authority: Authority;
    let stranger: Authority;

    beforeAll(async () => {
      server = await startPrivatePostgres();
      authority = createAuthority();
      stranger = createAuthority();
      const data = join(server.directory, "data");
      const put = (from: string, name: string): void => {
        copyFileSync(from, join(data, name));
        server.own(join(data, name));
      };
      const { cert, key } = authority.issue("localhost", "DNS:localhost");
      put(cert, "server.crt");
      put(key, "server.key");
      put(authority.file, "root.crt");
      const rules = join(data, "pg_hba.conf");
      const before = readFileSync(rules, "utf8");
      writeFileSync(
        rules,
        `hostssl all certified 127.0.0.1/32 cert\nhost all certified all reject\n${before}`,
      );
      await using db = await connect(server.url);
      await db.execute(sql`create role certified login`);
      await db.execute(sql`alter system set ssl = on`);
      await db.execute(sql`alter system set ssl_ca_file = 'root.crt'`);
      await db.execute(sql`select pg_reload_conf()`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    });

    afterAll(async () => {
      authority.remove();
      stranger.remove();
      await server[Symbol.asyncDispose]();
    });

    /** @param host Both lead to the same server; the certificate names one of them. */
    function url(options: Record<string, string>, host = "localhost", user = "postgres"): string {
      const led = new URL(server.url);
      led.hostname = host;
      led.username = user;
      for (const [name, value] of Object.entries(options)) led.searchParams.set(name, value);
      return led.href;
    }

    async function isEncrypted(target: string): Promise<unknown> {
      await using db = await connect(target);
      const { rows } = await db.execute<{ ssl: boolean }>(
        sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`,
      );
      return rows[0]?.ssl;
    }

    test("verifies authority and name, and encrypts", async () => {
      expect(await isEncrypted(url({ sslmode: "verify-full", sslrootcert: authority.file }))).toBe(
        true,
      );
      // An authority that is named asks for verification by itself.
      expect(await isEncrypted(url({ sslrootcert: authority.file }))).toBe(true);
      expect(await isEncrypted(url({ sslmode: "require" }))).toBe(true);
      expect(await isEncrypted(url({}))).toBe(false);
    });

    test("ends a statement over an encrypted request too", async () => {
      await using db = await connect(url({ sslrootcert: authority.file }));
      const startMs = performance.now();
      const slow = db.execute(sql`select pg_sleep(20)`, { timeoutMs: 1_000 });
      await expect(slow).rejects.toMatchObject({
        code: "E_TIMEOUT",
        message: expect.stringContaining("undoes") as string,
      });
      expect(performance.now() - startMs).toBeLessThan(15_000);
    });

    test.each([
      ["of another authority", () => url({ sslrootcert: stranger.file })],
      ["of no known authority", () => url({ sslmode: "verify-full" })],
      ["for another name", () => url({ sslrootcert: authority.file }, "127.0.0.1")],
    ])("refuses a certificate %s", async (_, target) => {
      const error = await failureOf(connect(target()));
      expect(error).toMatchObject({ code: "E_TLS", hint: expect.stringContaining("sslrootcert") });
    });

    test("verify-ca asks for the authority alone", async () => {
      const target = url({ sslmode: "verify-ca", sslrootcert: authority.file }, "127.0.0.1");
      expect(await isEncrypted(target)).toBe(true);
      const other = url({ sslmode: "verify-ca", sslrootcert: stranger.file }, "127.0.0.1");
      expect(await failureOf(connect(other))).toMatchObject({ code: "E_TLS" });
    });

    test("a client is known by its certificate", async () => {
      const { cert, key } = authority.issue("certified");
      const options = { sslrootcert: authority.file, sslcert: cert, sslkey: key };
      expect(await isEncrypted(url(options, "localhost", "certified"))).toBe(true);
      const without = url({ sslrootcert: authority.file }, "localhost", "certified");
      expect(await failureOf(connect(without))).toMatchObject({ code: "E_WRONG_PASSWORD" });
      const half = url({ sslcert: cert }, "localhost", "certified");
      expect(await failureOf(connect(half))).toMatchObject({ code: "E_CONFIG" });
    });
  });
}

if (hasPrivateMariadb) {
  describe("TLS to MariaDB", () => {
    let server: PrivateServer;
    const authority = createAuthority();
    const stranger = createAuthority();

    beforeAll(async () => {
      const { cert, key } = authority.issue("localhost", "DNS:localhost");
      server = await startPrivateMariadb([
        ["ssl-cert", cert],
        ["ssl-key", key],
        ["ssl-ca", authority.file],
      ]);
      await using db = await connect(server.url);
      // Users of MariaDB are known by the host from which they come.
      await db["~engine"].source.script(
        "create user certified@'%' require x509; grant all on *.* to certified@'%'",
      );
    });

    afterAll(async () => {
      authority.remove();
      stranger.remove();
      await server[Symbol.asyncDispose]();
    });

    function url(options: Record<string, string>, host = "localhost", user = "root"): string {
      const led = new URL(server.url);
      led.hostname = host;
      led.username = user;
      for (const [name, value] of Object.entries(options)) led.searchParams.set(name, value);
      return led.href;
    }

    async function isEncrypted(target: string): Promise<boolean> {
      await using db = await connect(target);
      const { rows } = await db.execute<{ Value: string }>(sql`show status like 'Ssl_cipher'`);
      return rows[0]?.Value !== "";
    }

    test("verifies authority and name, and encrypts", async () => {
      const verified = url({ sslmode: "verify-full", sslrootcert: authority.file });
      expect(await isEncrypted(verified)).toBe(true);
      expect(await isEncrypted(url({ sslmode: "require" }))).toBe(true);
      expect(await isEncrypted(url({}))).toBe(false);
      const byAuthority = url({ sslmode: "verify-ca", sslrootcert: authority.file }, "127.0.0.1");
      expect(await isEncrypted(byAuthority)).toBe(true);
    });

    test.each([
      ["of another authority", () => url({ sslrootcert: stranger.file })],
      ["of no known authority", () => url({ sslmode: "verify-full" })],
      ["for another name", () => url({ sslrootcert: authority.file }, "127.0.0.1")],
    ])("refuses a certificate %s", async (_, target) => {
      const error = await failureOf(connect(target()));
      expect(error).toMatchObject({ code: "E_TLS", hint: expect.stringContaining("sslrootcert") });
    });

    test("a client is known by its certificate", async () => {
      const { cert, key } = authority.issue("certified");
      const options = { sslrootcert: authority.file, sslcert: cert, sslkey: key };
      expect(await isEncrypted(url(options, "localhost", "certified"))).toBe(true);
      const without = url({ sslrootcert: authority.file }, "localhost", "certified");
      expect(await failureOf(connect(without))).toMatchObject({ code: "E_WRONG_PASSWORD" });
    });
  });
}
