import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestDatabase, testRedisUrl, testServers } from "./databases.ts";
import { ensureServers } from "./ensure.ts";
import setup from "./global-setup.ts";
import { startMark } from "./host/cleanup.ts";
import { createGuard } from "./host/guard.ts";
import { LaunchError, onFreePort, serve, serverIdentity } from "./host/launch.ts";
import { addressOf, firstBytes, freePort, isListening, waitUntil } from "./host/ports.ts";
import { commandOf, processesIn, query, watchdogOf } from "./observe.ts";
import { serverNames, urlVariables, type ServerName } from "./names.ts";
import { findMariadb } from "./products/mariadb.ts";
import { findPostgres, startPostgres } from "./products/postgres.ts";
import { findRedis, startRedis } from "./products/redis.ts";
import type { State } from "./state.ts";

const mainFile = fileURLToPath(new URL("./main.ts", import.meta.url));

// Where servers come by URL or from Docker, their lifecycle is not ours to test.
const startable = serverNames.filter((name) => {
  if (name === "mariadb") return findMariadb() !== undefined;
  if (name === "redis") return findRedis() !== undefined;
  return findPostgres(name) !== undefined;
});
const quickest: ServerName = startable.at(-1) ?? "redis";

/** A place of its own for all that a test starts, so that what is left behind is found. */
let folder: string;
let stateFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plinth-lifecycle-"));
  // As open as the system's own temporary directory: the servers run as somebody else.
  chmodSync(folder, 0o755);
  stateFile = join(folder, "state.json");
  for (const variable of Object.values(urlVariables)) vi.stubEnv(variable, undefined);
  vi.stubEnv("TMPDIR", folder);
  vi.stubEnv("CI", undefined);
  vi.stubEnv("PLINTH_TEST_SERVERS", undefined);
  vi.stubEnv("PLINTH_TEST_ABSENT", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  for (const pid of processesIn(folder)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("npm run servers", () => {
  test("starts every server, and ends all of them when it is told to", async () => {
    const main = start(startable);
    const state = await untilUp(main);

    expect(Object.keys(state.servers)).toEqual(startable);
    expect(state.problems).toEqual({});
    expect(processesIn(folder).length).toBeGreaterThanOrEqual(startable.length);
    for (const name of startable) await expectToWork(name, state.servers[name]!.url);

    main.process.kill("SIGTERM");
    expect(await main.exitCode).toBe(0);
    expect(main.output()).toContain(`export ${urlVariables[quickest]}=`);
    await expectNothingLeft(state);
  }, 60_000);

  test("leaves nothing behind when it is killed with -9", async () => {
    const main = start(startable);
    const state = await untilUp(main);
    const watchdog = watchdogOf(main.process.pid!);

    main.process.kill("SIGKILL");
    await expectNothingLeft(state);
    expect(await waitUntil(() => startMark(watchdog) === undefined, 5_000)).toBe(true);
  }, 60_000);

  test.each([1, 40, 250, 600])(
    "leaves nothing behind when it is killed with -9 %i ms into the start",
    async (delayMs) => {
      const main = start(startable);
      const began = (): boolean => directoriesIn(folder).length > 0;
      expect(await waitUntil(began, 10_000, 2)).toBe(true);
      await sleep(delayMs);

      main.process.kill("SIGKILL");
      await expectNothingLeft();
    },
    30_000,
  );

  test("leaves nothing behind when its watchdog is killed before it", async () => {
    const main = start([quickest]);
    const state = await untilUp(main);

    process.kill(watchdogOf(main.process.pid!), "SIGKILL");
    await sleep(50);
    main.process.kill("SIGINT");
    expect(await main.exitCode).toBe(0);
    await expectNothingLeft(state);
  });

  test("ends when the program that called it is killed with -9", async () => {
    const script = `const { spawn } = require("node:child_process");
      spawn(process.execPath, process.argv.slice(1), { stdio: "inherit" });`;
    const args = [mainFile, "--state", stateFile, "--only", quickest];
    const main = follow(spawn(process.execPath, ["-e", script, ...args], piped));
    const state = await untilUp(main);

    main.process.kill("SIGKILL");
    await expectNothingLeft(state);
    expect(await waitUntil(() => startMark(state.pid) === undefined, 5_000)).toBe(true);
  });

  test("keeps servers in the background until they are stopped", async () => {
    const detached = runMain("--detach", "--only", quickest);
    expect(detached.status).toBe(0);
    const state = readStateFile()!;
    expect(detached.stdout).toContain(state.servers[quickest]!.url);
    await expectToWork(quickest, state.servers[quickest]!.url);

    const again = runMain("--only", quickest, "--json");
    expect(again.status).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      environment: { [urlVariables[quickest]]: state.servers[quickest]!.url },
    });

    expect(runMain("--stop").status).toBe(0);
    await expectNothingLeft(state);
    expect(runMain("--stop").stderr).toContain("No servers are up.");
  });

  test("says which servers there are when it is asked for another", () => {
    const { status, stderr } = runMain("--only", "oracle");
    expect(status).toBe(2);
    expect(stderr).toContain('There is no server "oracle". Known are postgres18, postgres15');
  });

  test("is a failure under CI when a server cannot be had", async () => {
    vi.stubEnv("CI", "true");
    vi.stubEnv(urlVariables.postgres18, `postgres://127.0.0.1:${await freePort()}`);
    const { status, stderr } = runMain("--only", `postgres18,${quickest}`);

    expect(status).toBe(1);
    expect(stderr).toContain("PostgreSQL 18 is not up. PLINTH_TEST_POSTGRES_URL names 127.0.0.1:");
    await expectNothingLeft();
  });
});

describe("a run of tests", () => {
  test("uses a URL of the environment and starts nothing for it", async () => {
    const outside = await ensureServers({ only: [quickest], stateFile });
    const { url } = outside.servers[quickest]!;
    vi.stubEnv(urlVariables[quickest], url);

    const given = await ensureServers({ only: [quickest], stateFile });
    expect(given.servers).toEqual({ [quickest]: { url, from: "environment" } });
    await given.stop();
    await expectToWork(quickest, url);

    await outside.stop();
    await expectNothingLeft();
  });

  test("starts no other server in place of a URL where nothing answers", async () => {
    vi.stubEnv(urlVariables[quickest], `redis://:secret@127.0.0.1:${await freePort()}`);
    const { servers, problems, stop } = await ensureServers({ only: [quickest], stateFile });

    expect(servers).toEqual({});
    expect(problems[quickest]).toMatch(/names 127\.0\.0\.1:\d+, where nothing answers\. Start/);
    expect(problems[quickest]).not.toContain("secret");
    expect(readdirSync(folder)).toEqual([]);
    await stop();
  });

  test("uses the servers that are kept up, and leaves them up", async () => {
    const main = start([quickest]);
    const state = await untilUp(main);
    const directories = directoriesIn(folder);

    const reused = await ensureServers({ only: [quickest], stateFile });
    expect(reused.servers).toEqual(state.servers);
    expect(directoriesIn(folder)).toEqual(directories);
    await reused.stop();
    await expectToWork(quickest, state.servers[quickest]!.url);

    main.process.kill("SIGTERM");
    await main.exitCode;
  });

  test.each([
    ["of a process that is gone", (state: State) => ({ ...state, pid: 2 ** 22 - 1 })],
    ["of an earlier process with the same id", (state: State) => ({ ...state, mark: "1" })],
    ["whose server does not answer", (state: State) => ({ ...state, servers: deadServers })],
    ["that is cut off", (state: State) => JSON.stringify(state).slice(0, 40)],
  ])("starts its own servers beside a state file %s", async (_title, spoil) => {
    const listener = createServer().listen(0, "127.0.0.1");
    await waitUntil(() => listener.listening, 1_000);
    const { port } = listener.address() as { port: number };
    const whole: State = {
      pid: process.pid,
      mark: startMark(process.pid)!,
      directory: folder,
      servers: { [quickest]: { url: `redis://127.0.0.1:${port}`, from: "npm package" } },
      problems: {},
    };
    writeFileSync(stateFile, JSON.stringify(whole));
    const trusted = await ensureServers({ only: [quickest], stateFile });
    expect(trusted.servers).toEqual(whole.servers);

    const spoilt = spoil(whole);
    writeFileSync(stateFile, typeof spoilt === "string" ? spoilt : JSON.stringify(spoilt));
    const own = await ensureServers({ only: [quickest], stateFile });
    expect(own.servers[quickest]?.url).not.toBe(whole.servers[quickest]!.url);
    await expectToWork(quickest, own.servers[quickest]!.url);
    await own.stop();
    listener.close();
  });

  test("hands the URLs to the environment and takes them back", async () => {
    const outside = await ensureServers({ only: [quickest], stateFile });
    for (const name of serverNames) {
      vi.stubEnv(urlVariables[name], outside.servers[quickest]!.url);
    }
    const teardown = await setup();
    expect(process.env.PLINTH_TEST_ABSENT).toBe("");
    await teardown!();
    expect(process.env.PLINTH_TEST_ABSENT).toBeUndefined();
    await outside.stop();
  });

  test("is stopped under CI by a server that cannot be had", async () => {
    vi.stubEnv("CI", "true");
    for (const name of serverNames) {
      vi.stubEnv(urlVariables[name], `redis://127.0.0.1:${await freePort()}`);
    }
    await expect(setup()).rejects.toThrow(/every server has to be there\.\nPostgreSQL 18: PLINTH/);
  });

  test("starts nothing when it is told to, and a test that needs a server says so", async () => {
    vi.stubEnv("PLINTH_TEST_SERVERS", "none");
    expect(await setup()).toBeUndefined();

    const servers = testServers();
    expect(servers.map(({ name }) => name)).toContain("postgres 15");
    for (const server of servers.filter(({ name }) => !name.startsWith("sqlite"))) {
      await expect(createTestDatabase(server)).rejects.toThrow(/PLINTH_TEST_SERVERS=none asks/);
    }
    expect(() => testRedisUrl()).toThrow("This test needs Redis, and PLINTH_TEST_SERVERS=none");
  });

  test("refuses a wish that it does not know", async () => {
    vi.stubEnv("PLINTH_TEST_SERVERS", "some");
    await expect(setup()).rejects.toThrow('PLINTH_TEST_SERVERS is "some". Set it to "none"');
  });
});

describe("starting a server", () => {
  test.runIf(startable.includes("redis"))(
    "takes another port when somebody was quicker",
    async () => {
      const listener = createServer().listen(0, "127.0.0.1");
      await waitUntil(() => listener.listening, 1_000);
      const taken = (listener.address() as { port: number }).port;
      const free = await freePort();
      const ports = [taken, free];
      const guard = createGuard();
      const place = { directory: folder, logFile: join(folder, "log"), identity: undefined, guard };

      const port = await onFreePort(
        async (candidate) => {
          await serve(
            {
              ...place,
              ...findRedis()!,
              args: ["--port", String(candidate), "--bind", "127.0.0.1", "--dir", folder],
              signal: "SIGKILL",
            },
            async () => (await firstBytes(candidate, "PING\r\n", 500))?.toString() === "+PONG\r\n",
            10_000,
          );
          return candidate;
        },
        async () => ports.shift()!,
      );

      expect(port).toBe(free);
      await guard.release();
      expect(processesIn(folder)).toEqual([]);
      listener.close();
    },
  );

  test.runIf(findPostgres("postgres18") !== undefined)(
    "works from a checkout that its user cannot enter, installed without install scripts",
    async () => {
      const closed = join(folder, "closed");
      mkdirSync(closed, { mode: 0o700 });
      const packageRoot = join(closed, "package");
      cpSync(findPostgres("postgres18")!, packageRoot, {
        recursive: true,
        filter: (path) => !lstatSync(path).isSymbolicLink(),
      });
      const identity = serverIdentity();
      const directory = join(folder, "server");
      mkdirSync(directory);
      if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);

      const guard = createGuard();
      const logFile = join(folder, "log");
      const place = { directory, logFile, identity, guard };
      const server = await startPostgres("postgres18", packageRoot, place);
      await expectToWork("postgres18", server.url);
      await guard.release();
    },
  );

  test.runIf(startable.includes("redis"))("that fails shows the end of its log", async () => {
    const guard = createGuard();
    const place = { directory: folder, logFile: join(folder, "log"), identity: undefined, guard };
    const program = { ...findRedis()!, argv0: "redis-check-rdb" };

    const failure = await startRedis(program, place).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LaunchError);
    expect((failure as Error).message).toMatch(
      /ended while starting, with exit code 1\.\n +\| .*Usage/,
    );
    await guard.release();
  });
});

const deadServers = { [quickest]: { url: "redis://127.0.0.1:1", from: "npm package" } };
const piped: SpawnOptions = { stdio: ["ignore", "pipe", "pipe"] };

interface Followed {
  readonly process: ChildProcess;
  readonly exitCode: Promise<number | null>;
  output(): string;
}

function start(names: readonly ServerName[]): Followed {
  const args = [mainFile, "--state", stateFile, "--only", names.join(",")];
  return follow(spawn(process.execPath, args, piped));
}

function follow(child: ChildProcess): Followed {
  let output = "";
  child.stdout!.on("data", (bytes: Buffer) => (output += bytes.toString()));
  child.stderr!.on("data", (bytes: Buffer) => (output += bytes.toString()));
  const exitCode = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { process: child, exitCode, output: () => output };
}

function runMain(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [mainFile, "--state", stateFile, ...args], {
    encoding: "utf8",
    timeout: 30_000,
  });
}

async function untilUp(main: Followed): Promise<State> {
  const isUp = (): boolean => readStateFile() !== undefined || main.process.exitCode !== null;
  await waitUntil(isUp, 30_000);
  const state = readStateFile();
  if (state === undefined) throw new Error(`The servers did not start:\n${main.output()}`);
  return state;
}

function readStateFile(): State | undefined {
  try {
    return JSON.parse(readFileSync(stateFile, "utf8")) as State;
  } catch {
    return undefined;
  }
}

async function expectToWork(name: ServerName, url: string): Promise<void> {
  if (name === "redis") {
    const answer = await firstBytes(addressOf(url)!.port, "PING\r\n", 5_000);
    expect(answer?.toString()).toBe("+PONG\r\n");
    return;
  }
  const version = await query(url, "select version() as version");
  if (name === "mariadb") expect(version).toMatch(/MariaDB/);
  if (name === "postgres18") expect(version).toMatch(/^PostgreSQL 18\./);
  if (name === "postgres15") expect(version).toMatch(/^PostgreSQL 15\./);
}

async function expectNothingLeft(state?: State): Promise<void> {
  await waitUntil(
    () => processesIn(folder).length === 0 && directoriesIn(folder).length === 0,
    10_000,
    50,
  );
  expect(processesIn(folder).map(commandOf)).toEqual([]);
  expect(directoriesIn(folder)).toEqual([]);
  expect(existsSync(stateFile)).toBe(false);
  for (const { url, pid } of Object.values(state?.servers ?? {})) {
    const { host, port } = addressOf(url)!;
    expect(await isListening(host, port, 1_000)).toBe(false);
    expect(startMark(pid!)).toBeUndefined();
  }
}

function directoriesIn(path: string): string[] {
  return readdirSync(path).filter((name) => name.startsWith("plinth-servers-"));
}
