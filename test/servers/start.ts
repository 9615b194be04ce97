import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canInstall, install } from "./host/apt.ts";
import { startInCompose, whyNoCompose } from "./host/compose.ts";
import { createGuard, type Guard } from "./host/guard.ts";
import { LaunchError, serverIdentity } from "./host/launch.ts";
import { addressOf, isListening } from "./host/ports.ts";
import { serverNames, titles, urlVariables } from "./names.ts";
import type { Problems, Server, ServerName, Servers } from "./names.ts";
import { findMariadb, mariadbPackages, startMariadb } from "./products/mariadb.ts";
import type { Place } from "./products/place.ts";
import { findPostgres, howToGetPostgres, startPostgres } from "./products/postgres.ts";
import { findRedis, redisPackages, startRedis } from "./products/redis.ts";

export interface StartedServers {
  readonly servers: Servers;
  readonly problems: Problems;
  /** Holds everything the servers write; absent when nothing had to be started. */
  readonly directory: string | undefined;
  readonly guard: Guard | undefined;
  /** Ends what was started here, and only that. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly only?: readonly ServerName[];
  /** Told, one sentence at a time, of what takes long. */
  readonly report?: (sentence: string) => void;
}

/**
 * Makes sure of the servers, all at the same time: those with a URL in the environment are used,
 * the others started as private instances on free ports.
 *
 * Never throws for a server that cannot be had: `problems` says why.
 */
export async function startServers(options: StartOptions = {}): Promise<StartedServers> {
  const names = options.only ?? serverNames;
  const servers: Servers = {};
  const problems: Problems = {};

  const given = names.filter((name) => givenUrl(name) !== undefined);
  const own = names.filter((name) => givenUrl(name) === undefined);
  const start = own.length === 0 ? undefined : prepare(own, options.report ?? (() => {}));

  await Promise.all([
    ...given.map((name) => collect(name, () => useGiven(name))),
    ...own.map((name) => collect(name, () => start!.start(name))),
  ]);

  async function collect(name: ServerName, get: () => Promise<Server>): Promise<void> {
    try {
      servers[name] = await get();
    } catch (error) {
      problems[name] = sentenceOf(name, error);
    }
  }

  return {
    servers: inOrder(servers),
    problems: inOrder(problems),
    directory: start?.directory,
    guard: start?.guard,
    stop: async () => await start?.guard.release(),
  };
}

function sentenceOf(name: ServerName, error: unknown): string {
  if (!(error instanceof LaunchError))
    return error instanceof Error ? error.message : String(error);
  return (
    `${error.message}\nMend what the log says, ` +
    `or set ${urlVariables[name]} to the URL of a server of your own.`
  );
}

function inOrder<Value>(record: Partial<Record<ServerName, Value>>): typeof record {
  return Object.fromEntries(
    serverNames.flatMap((name) => (name in record ? [[name, record[name]]] : [])),
  );
}

function givenUrl(name: ServerName): string | undefined {
  // An empty variable is how a CI's configuration says "not set".
  return process.env[urlVariables[name]] || undefined;
}

async function useGiven(name: ServerName): Promise<Server> {
  const variable = urlVariables[name];
  const url = givenUrl(name)!;
  const address = addressOf(url);
  // The URL itself may hold a password and is not printed.
  if (address === undefined) {
    throw new Error(`${variable} is not a URL of a server. Correct it or unset it.`);
  }
  if (!(await isListening(address.host, address.port, 5_000))) {
    throw new Error(
      `${variable} names ${address.host}:${address.port}, where nothing answers. ` +
        `Start that server, or unset ${variable} to have one started.`,
    );
  }
  return { url, from: "environment" };
}

interface Starter {
  readonly directory: string;
  readonly guard: Guard;
  start(name: ServerName): Promise<Server>;
}

function prepare(names: readonly ServerName[], report: (sentence: string) => void): Starter {
  const identity = serverIdentity();
  const guard = createGuard();
  const id = randomBytes(6).toString("hex");
  const directory = join(tmpdir(), `plinth-servers-${id}`);

  // Told before it exists: a death between the two leaves nothing behind.
  guard.add({ kind: "directory", path: directory });
  mkdirSync(directory);
  chmodSync(directory, 0o755);

  const placeOf = (name: ServerName): Place => {
    const own = join(directory, name);
    mkdirSync(own, { mode: 0o700 });
    if (identity !== undefined) chownSync(own, identity.uid, identity.gid);
    return { directory: own, logFile: join(directory, `${name}.log`), identity, guard };
  };

  // One installation for all, because apt does one at a time.
  const installed = once(async () => {
    const packages = [
      ...(names.includes("mariadb") && findMariadb() === undefined ? mariadbPackages : []),
      ...(names.includes("redis") && findRedis() === undefined ? redisPackages : []),
    ];
    report(`Installing ${packages.join(" ")} with apt-get, which is needed once.`);
    await install(packages);
  });
  const noCompose = once(whyNoCompose);

  async function start(name: ServerName): Promise<Server> {
    if (name === "postgres18" || name === "postgres15") {
      const packageRoot = findPostgres(name);
      if (packageRoot !== undefined) return await startPostgres(name, packageRoot, placeOf(name));
      return await inCompose(name, () => howToGetPostgres(name));
    }
    if (name === "mariadb") {
      const programs = await findOrInstall(findMariadb);
      if (programs.found !== undefined) return await startMariadb(programs.found, placeOf(name));
      return await inCompose(name, () => howToGet(name, mariadbPackages, programs.why));
    }
    const program = await findOrInstall(findRedis);
    if (program.found !== undefined) return await startRedis(program.found, placeOf(name));
    return await inCompose(name, () => howToGet(name, redisPackages, program.why));
  }

  async function findOrInstall<Found>(
    find: () => Found | undefined,
  ): Promise<{ readonly found?: Found | undefined; readonly why: string }> {
    const found = find();
    if (found !== undefined) return { found, why: "" };
    if (!canInstall()) return { why: "apt-get can be used only by root on Debian" };
    try {
      await installed();
      return { found: find(), why: "its packages do not hold the program" };
    } catch (error) {
      return { why: (error as Error).message };
    }
  }

  async function inCompose(name: ServerName, instead: () => string): Promise<Server> {
    const why = await noCompose();
    if (why !== undefined) throw new Error(`${instead()} (Docker: ${why}.)`);
    report(`Starting ${titles[name]} with Docker Compose.`);
    return await startInCompose(name, `plinth-servers-${id}`, placeOf(name));
  }

  return { directory, guard, start };
}

function howToGet(name: ServerName, packages: readonly string[], why: string): string {
  return (
    `${titles[name]} is not installed, and could not be: ${why}. ` +
    `Run \`apt-get install --no-install-recommends ${packages.join(" ")}\` or your system's ` +
    `equivalent, or start Docker, or set ${urlVariables[name]}.`
  );
}

function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | undefined;
  return () => (made ??= make());
}
