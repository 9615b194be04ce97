// `npm run servers`: keeps the test servers up for development.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cleanUp, startMark } from "./host/cleanup.ts";
import { waitUntil } from "./host/ports.ts";
import { environmentOf, isServerName, serverNames, titles } from "./names.ts";
import type { Problems, ServerName, Servers } from "./names.ts";
import { startServers } from "./start.ts";
import { askToStop, defaultStateFile, missingFrom, readState, writeState } from "./state.ts";

const usage = `Keeps PostgreSQL 18 and 15, MariaDB and Redis up for tests, until Ctrl-C.

  npm run servers                        start them and stay
  npm run servers -- --detach            start them in the background
  npm run servers -- --stop              end those in the background
  npm run servers -- --only NAME,NAME    ${serverNames.join(", ")}
  npm run servers -- --json              print one JSON object instead of a table
  npm run servers -- --state FILE        where to note them (default .plinth-servers.json)

A server whose URL is in PLINTH_TEST_POSTGRES_URL, PLINTH_TEST_POSTGRES15_URL,
PLINTH_TEST_MARIADB_URL or PLINTH_TEST_REDIS_URL is used and not started.
`;

/** Marks the process that `--detach` starts: it must outlive its parent. */
const detachedMark = "PLINTH_SERVERS_DETACHED";

class UsageError extends Error {}

interface Options {
  readonly only: readonly ServerName[];
  readonly json: boolean;
  readonly stateFile: string;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      state: { type: "string", default: defaultStateFile },
      json: { type: "boolean", default: false },
      detach: { type: "boolean", default: false },
      stop: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const options: Options = {
    only: values.only === undefined ? serverNames : namesIn(values.only),
    json: values.json,
    stateFile: values.state,
  };

  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.stop) return await stop(options.stateFile);

  const running = await readState(options.stateFile);
  if (running !== undefined) {
    const missing = missingFrom(running, options.only);
    print(options, running.servers, running.problems);
    say(`They are up already, kept by process ${running.pid}.`);
    if (missing.length === 0) return 0;
    say(`Without ${missing.join(", ")}: \`npm run servers -- --stop\`, then start again.`);
    return 1;
  }
  return values.detach ? await detach(options) : await stay(options);
}

function namesIn(list: string): ServerName[] {
  return list.split(",").map((name) => {
    if (isServerName(name)) return name;
    throw new UsageError(`There is no server "${name}". Known are ${serverNames.join(", ")}.`);
  });
}

async function stay(options: Options): Promise<number> {
  // Before anything is started, so that a signal during the start is obeyed as well.
  const told = toldToStop();
  const starting = startServers({ only: options.only, report: say });
  const { servers, problems, directory, guard, stop: end } = await starting;

  if (Object.keys(servers).length === 0) {
    print(options, servers, problems);
    await end();
    return 1;
  }
  const note = { kind: "stateFile", path: options.stateFile, owner: process.pid } as const;
  guard?.add(note);
  writeState(options.stateFile, {
    pid: process.pid,
    mark: startMark(process.pid) ?? "",
    directory: directory ?? "",
    servers,
    problems,
  });
  print(options, servers, problems);

  // Under CI nothing may be missing silently.
  const isIncomplete = process.env.CI === "true" && Object.keys(problems).length > 0;
  if (!isIncomplete) {
    say("Up until Ctrl-C. `npm test` and `npm run bench` use them from other terminals.");
    await told;
    say("Ending the servers.");
  }
  await cleanUp([note]);
  await end();
  return isIncomplete ? 1 : 0;
}

/** Resolves at a signal, or when the program that called us is gone and cannot send one. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => resolve());
    }
    // Keeps the process alive as well.
    const parent = process.ppid;
    const isDetached = process.env[detachedMark] === "1";
    setInterval(() => {
      if (!isDetached && process.ppid !== parent) resolve();
    }, 500);
  });
}

async function detach(options: Options): Promise<number> {
  const logFile = join(tmpdir(), `plinth-servers-${process.pid}.log`);
  const log = openSync(logFile, "w");
  const args = ["--only", options.only.join(","), "--state", options.stateFile];
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), ...args],
    {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, [detachedMark]: "1" },
    },
  );
  closeSync(log);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const state = async () => {
    const found = await readState(options.stateFile);
    return found?.pid === child.pid ? found : undefined;
  };
  await waitUntil(async () => hasEnded() || (await state()) !== undefined, 900_000, 50);

  const started = await state();
  const output = readFileSync(logFile, "utf8");
  rmSync(logFile, { force: true });
  if (started === undefined) {
    process.stderr.write(output);
    return 1;
  }
  print(options, started.servers, started.problems);
  say(`Up in the background (process ${started.pid}) until \`npm run servers -- --stop\`.`);
  child.unref();
  return 0;
}

async function stop(stateFile: string): Promise<number> {
  const pid = askToStop(stateFile);
  if (pid === undefined) {
    say("No servers are up.");
    return 0;
  }
  if (await waitUntil(() => startMark(pid) === undefined, 30_000)) {
    say("The servers have ended.");
    return 0;
  }
  say(`Process ${pid} keeps the servers and did not end in 30 s. Run \`kill -9 ${pid}\`.`);
  return 1;
}

function print(options: Options, servers: Servers, problems: Problems): void {
  if (options.json) {
    const environment = environmentOf(servers);
    process.stdout.write(`${JSON.stringify({ servers, problems, environment }, undefined, 2)}\n`);
    return;
  }
  const rows = serverNames.flatMap((name) => {
    const server = servers[name];
    return server === undefined ? [] : [[titles[name], server.url, server.from]];
  });
  const width = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const lines = rows.map(
    ([title = "", url = "", from = ""]) =>
      `  ${title.padEnd(width(0))}  ${url.padEnd(width(1))}  ${from}`,
  );
  const exports = Object.entries(environmentOf(servers)).map(
    ([variable, url]) => `export ${variable}='${url.replaceAll("'", String.raw`'\''`)}'`,
  );
  if (rows.length > 0) process.stdout.write(`\n${[...lines, "", ...exports].join("\n")}\n\n`);
  for (const [name, problem] of Object.entries(problems)) {
    say(`${isServerName(name) ? titles[name] : name} is not up. ${problem}`);
  }
}

/** What is no result goes to stderr, so that `--json` can be piped. */
function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

try {
  process.exit(await main());
} catch (error) {
  const isUsage =
    error instanceof UsageError ||
    (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true;
  if (!isUsage) throw error;
  say(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
