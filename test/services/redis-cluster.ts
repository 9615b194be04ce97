// Six servers that are a cluster: three with a third of the slots each, and a replica of each.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { freePort } from "../servers/host/ports.ts";
import { startPrivateRedis, type PrivateServer } from "../servers/private.ts";

const SLOTS = 16_384;

export interface RedisCluster extends AsyncDisposable {
  /** For openStore. */
  readonly url: string;
  /** Until the replicas have all that was written so far. */
  replicated(): Promise<void>;
  /** Ends one that has a third of the slots, as a power cut does. */
  killPrimary(): void;
}

async function ask(server: PrivateServer, ...parts: string[]): Promise<unknown> {
  const client = createClient({ url: server.url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await client.sendCommand(parts);
  } finally {
    client.destroy();
  }
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadlineMs = performance.now() + 30_000;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`The cluster isn't ready: ${what}.`);
    await sleep(50);
  }
}

async function isWhole(servers: readonly PrivateServer[]): Promise<boolean> {
  const infos = await Promise.all(servers.map((server) => ask(server, "CLUSTER", "INFO")));
  return infos.every(
    (info) =>
      String(info).includes("cluster_state:ok") && String(info).includes("cluster_known_nodes:6"),
  );
}

export async function startRedisCluster(): Promise<RedisCluster> {
  const servers: PrivateServer[] = [];
  const busPorts: string[] = [];
  for (let index = 0; index < 6; index++) {
    const busPort = String(await freePort());
    const options = {
      "--cluster-enabled": "yes",
      "--cluster-node-timeout": "1000",
      "--cluster-port": busPort,
      "--cluster-config-file": "nodes.conf",
      "--cluster-replica-validity-factor": "0",
      "--repl-diskless-sync-delay": "0",
    };
    servers.push(await startPrivateRedis(Object.entries(options).flat()));
    busPorts.push(busPort);
    if (index === 0) continue;
    const { port } = new URL(servers[0]!.url);
    await ask(servers[index]!, "CLUSTER", "MEET", "127.0.0.1", port, busPorts[0]!);
  }
  const primaries = servers.slice(0, 3);
  for (const [index, primary] of primaries.entries()) {
    const first = Math.floor((SLOTS * index) / 3);
    const last = Math.floor((SLOTS * (index + 1)) / 3) - 1;
    await ask(primary, "CLUSTER", "ADDSLOTSRANGE", String(first), String(last));
  }
  await until(() => isWhole(servers), "not all know one another");
  for (const [index, replica] of servers.slice(3).entries()) {
    const id = String(await ask(primaries[index]!, "CLUSTER", "MYID"));
    await until(async () => {
      try {
        return (await ask(replica, "CLUSTER", "REPLICATE", id)) === "OK";
      } catch {
        return false;
      }
    }, "a replica doesn't know its primary");
  }
  await until(async () => {
    const infos = await Promise.all(
      servers.slice(3).map((server) => ask(server, "INFO", "replication")),
    );
    return infos.every((info) => String(info).includes("master_link_status:up"));
  }, "a replica doesn't follow");
  const offsetOf = async (server: PrivateServer, name: string): Promise<number> => {
    const info = String(await ask(server, "INFO", "replication"));
    return Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1]);
  };
  // Each replica follows the primary that it was told to.
  const replicated = async (): Promise<void> => {
    const written = await Promise.all(
      primaries.map((primary) => offsetOf(primary, "master_repl_offset")),
    );
    await until(async () => {
      const read = await Promise.all(
        servers.slice(3).map((replica) => offsetOf(replica, "slave_repl_offset")),
      );
      return read.every((offset, index) => offset >= written[index]!);
    }, "a replica is behind");
  };
  const hosts = servers.map((server) => new URL(server.url).host).join(",");
  return {
    url: `redis+cluster://${hosts}`,
    replicated,
    killPrimary() {
      process.kill(primaries[0]!.pid!, "SIGKILL");
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}
