// An example as a new user meets it: copied to an empty folder, the packed package installed, its README followed.
import { once } from "node:events";
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildForRelease, pack } from "../../scripts/pack.ts";
import { root } from "../../scripts/prepare.mjs";

let folder: string;

beforeAll(() => {
  buildForRelease();
  folder = realpathSync(mkdtempSync(join(tmpdir(), "plinth-example-")));
  cpSync(join(root, "examples/didhub"), folder, {
    recursive: true,
    filter: (path) => !/[/\\](?:data|node_modules)$/.test(path),
  });
  const { tarball } = pack(root, folder);
  run("npm", "install", "--offline", "--ignore-scripts", "--loglevel=error", tarball);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As in a shell of somebody who has set nothing, with this Node. */
function environment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, DIDHUB_DB: __, DIDHUB_STORE: ____, NODE_ENV: ___, ...env } = process.env;
  const path = [dirname(process.execPath), env["PATH"]].join(delimiter);
  const own = { PATH: path, PORT: "0", DIDHUB_ADMIN_PASSWORD: "for this test" };
  return { ...env, ...own, NO_COLOR: "1" };
}

function run(command: string, ...parameters: string[]): string {
  const done = spawnSync(command, parameters, {
    cwd: folder,
    encoding: "utf8",
    env: environment(),
    shell: process.platform === "win32",
  });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

test("its README names the commands that are run here", () => {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  for (const command of [
    "npx plinth migrate up --create-database",
    "npx plinth seed",
    "npm run story",
    "npx plinth migrate status",
    "npx plinth seed -c config.example.json",
  ]) {
    expect(readme).toContain(command);
  }
});

test("its commands do what they say, in their order", { timeout: 60_000 }, () => {
  expect(run("npx", "plinth", "migrate", "up", "--create-database")).toMatch(
    /^applied +001_initial_schema/,
  );
  expect(existsSync(join(folder, "data/didhub.sqlite"))).toBe(true);
  expect(run("npx", "plinth", "seed")).toContain("3 seeded, 0 unchanged");
  expect(run("npx", "plinth", "seed", "-c", "config.example.json")).toContain(
    "0 seeded, 3 unchanged",
  );
  expect(run("npm", "run", "--silent", "story")).toContain("That was the story.");
  expect(run("npx", "plinth", "migrate", "status")).toMatch(/^applied +001_initial_schema/);
  expect(run("npx", "plinth", "migrate", "generate", "nothing")).toBe(
    "the schema has not changed\n".repeat(4),
  );
  expect(run("npx", "plinth", "migrate", "down")).toMatch(/^reverted +001_initial_schema/);
});

test("SQL that is committed as checked is so for the packed command, too", () => {
  const guild = join(folder, "guild");
  cpSync(join(root, "examples/guild"), guild, {
    recursive: true,
    filter: (path) => !/[/\\](?:cache|node_modules)$/.test(path),
  });
  // What a project that checks SQL installs beside the package.
  mkdirSync(join(folder, "node_modules/@babel"), { recursive: true });
  const parser = "node_modules/@babel/parser";
  symlinkSync(join(root, parser), join(folder, parser), "junction");
  const command = join(folder, "node_modules/plinth/bin/plinth.cjs");
  const done = spawnSync(process.execPath, [command, "check", "--offline"], {
    cwd: guild,
    encoding: "utf8",
    env: environment(),
  });
  expect(done.stderr).toBe("");
  expect(done.stdout).toMatch(/^right +\d+ queries on sqlite and postgres and mariadb/);
});

test("its server migrates, answers, and ends when it is told to", { timeout: 60_000 }, async () => {
  writeFileSync(join(folder, ".env"), "DIDHUB_DB=sqlite:data/other/own.sqlite\nDIDHUB_LOG=sql\n");
  const server = spawn(process.execPath, [join(folder, "didhub-server")], {
    cwd: folder,
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ended = once(server, "exit");
  try {
    server.stdout.setEncoding("utf8");
    const [line] = (await once(server.stdout, "data")) as [string];
    const [url = ""] = /http:\S+(?=,)/.exec(line) ?? [];
    expect(line).toMatch(/^DIDHub on http:\/\/localhost:\d+, SQLite [\d.]+\n$/);
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok", users: 0 });
    expect(await (await fetch(`${url}/uploads`)).json()).toMatchObject({ items: [], total: 0 });
    for (let turn = 0; turn < 2; turn++)
      expect(await (await fetch(`${url}/registration`)).json()).toEqual({ approval: "required" });
    expect(existsSync(join(folder, "data/store.sqlite"))).toBe(true);
    expect((await fetch(`${url}/uploads?page=x`)).status).toBe(400);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect(existsSync(join(folder, "data/other/own.sqlite"))).toBe(true);
  } finally {
    server.kill("SIGTERM");
  }
  expect(await ended).toEqual([0, null]);
  expect(log).toMatch(/^plinth [\d.]+ ms, 1 row: select count\(\*\) .* "users"/m);
});
