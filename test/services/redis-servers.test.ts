// Servers of Redis that are set up in ways of their own.
import { createClient } from "redis";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "plinth/services";
import { describe, expect, test } from "vitest";
import { createAuthority } from "../faults/certificates.ts";
import { freePort } from "../servers/host/ports.ts";
import { hasPrivateRedis, startPrivateRedis } from "../servers/private.ts";

describe.runIf(hasPrivateRedis)("servers of Redis", () => {
  test("a write waits for a server that is a replica just now, and says so if it stays one", async () => {
    await using server = await startPrivateRedis();
    await using store = await openStore(`${server.url}?timeout=30s`);
    const client = createClient({ url: server.url });
    await client.connect();
    await client.sendCommand(["REPLICAOF", "127.0.0.1", "1"]);
    const write = store.set("a", "b");
    await sleep(300);
    await client.sendCommand(["REPLICAOF", "NO", "ONE"]);
    expect(await write).toBe(true);

    await client.sendCommand(["REPLICAOF", "127.0.0.1", "1"]);
    client.destroy();
    await expect(store.within(500).set("a", "c")).rejects.toMatchObject({ code: "E_READ_ONLY" });
    expect(await store.get("a")).toBe("b");
  });

  test("a user who may only touch its prefix does", async () => {
    await using server = await startPrivateRedis();
    const client = createClient({ url: server.url });
    await client.connect();
    const rule = ["ACL", "SETUSER", "app", "on", ">secret", "~app:*", "+@all", "-@dangerous"];
    await client.sendCommand(rule);
    client.destroy();
    const url = server.url.replace("redis://", "redis://app:secret@");
    await using store = await openStore(`${url}?timeout=30s`, { prefix: "app" });
    expect(await store.increment("a", { ttlMs: 1_000 })).toBe(1);
    // INFO is one of the dangerous ones.
    expect(await store.policy()).toEqual({ evicts: false, name: "unknown" });
    await using other = await openStore(url, { prefix: "other" });
    await expect(other.get("a")).rejects.toMatchObject({ code: "E_PERMISSION" });
  });

  test("a numbered database is one of its own", async () => {
    await using server = await startPrivateRedis();
    await using one = await openStore(`${server.url}/1?timeout=30s`);
    await using two = await openStore(`${server.url}/2?timeout=30s`);
    await one.set("a", "b");
    expect(await two.get("a")).toBeUndefined();
    expect(await one.get("a")).toBe("b");
  });

  test("TLS is verified: by the authority that is named, for the host that is named", async () => {
    const authority = createAuthority();
    const { cert, key } = authority.issue("localhost", "DNS:localhost,IP:127.0.0.1");
    const port = await freePort();
    const options = { "--tls-port": String(port), "--tls-auth-clients": "no" };
    await using _server = await startPrivateRedis(Object.entries(options).flat(), [
      ["tls-cert-file", cert],
      ["tls-key-file", key],
    ]);
    try {
      const url = `rediss://localhost:${port}`;
      await expect(openStore(url)).rejects.toMatchObject({ code: "E_TLS" });
      await using store = await openStore(
        `${url}?timeout=30s&ca=${encodeURIComponent(authority.file)}`,
      );
      await store.set("a", "b");
      expect(await store.get("a")).toBe("b");
      const plain = openStore(`redis://localhost:${port}?connect_timeout=500ms`);
      await expect(plain).rejects.toMatchObject({ name: expect.stringContaining("Error") });
      await expect(openStore(`${url}?ca=/none/ca.pem`)).rejects.toMatchObject({
        code: "E_CONFIG",
      });
    } finally {
      authority.remove();
    }
  });
});
