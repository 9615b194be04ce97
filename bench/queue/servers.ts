/** Private servers for the length of a run, with room for the queues. None of them waits for a disk. */
import { startServers } from "../../test/servers/start.ts";
import { targetFromUrl, type ServerTarget } from "../run/targets.ts";
import type { QueueTargets } from "./contender.ts";

const names = ["postgres18", "mariadb", "redis"] as const;
const databaseName = "plinth_bench_queue";

/** Servers of one's own: what is in the databases stays, and the queues' own tables are replaced. */
const urlVariables = {
  postgres18: "BENCH_POSTGRES_URL",
  mariadb: "BENCH_MARIADB_URL",
  redis: "BENCH_REDIS_URL",
} as const;

/** @throws {Error} that says how to mend it, when a server cannot be had. */
export async function withQueueServers(
  work: (targets: Omit<QueueTargets, "folder">) => Promise<void>,
): Promise<void> {
  const own = names.filter((name) => !process.env[urlVariables[name]]);
  const started = await startServers({
    only: own,
    report: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  try {
    for (const [name, problem] of Object.entries(started.problems))
      throw new Error(`${name} is not up. ${problem}`);
    const urlOf = (name: (typeof names)[number]): string =>
      process.env[urlVariables[name]] || started.servers[name]!.url;
    const redis = new URL(urlOf("redis"));
    await work({
      redis: { host: redis.hostname, port: Number(redis.port || 6379) },
      postgres: await postgresTarget(urlOf("postgres18"), own.includes("postgres18")),
      mariadb: await mariadbTarget(urlOf("mariadb"), own.includes("mariadb")),
    });
  } finally {
    await started.stop();
  }
}

async function postgresTarget(url: string, isPrivate: boolean): Promise<ServerTarget> {
  const server = targetFromUrl(url);
  if (!isPrivate) return server;
  const { default: pg } = await import("pg");
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
  return { ...server, database: databaseName };
}

async function mariadbTarget(url: string, isPrivate: boolean): Promise<ServerTarget> {
  const server = targetFromUrl(url);
  if (!isPrivate) return server;
  const { default: mysql } = await import("mysql2/promise");
  const connection = await mysql.createConnection(server);
  try {
    await connection.query(`create database ${databaseName}`);
  } finally {
    await connection.end();
  }
  return { ...server, database: databaseName };
}
