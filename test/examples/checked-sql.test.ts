import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { runProgram, type Outcome } from "../docs/run-program.ts";
import { testServers } from "../servers/databases.ts";

const bin = fileURLToPath(new URL("../cli/bin.ts", import.meta.url));
const guild = fileURLToPath(new URL("../../examples/guild", import.meta.url));
const copies: string[] = [];

afterEach(() => {
  for (const folder of copies.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function copyOfGuild(): string {
  const folder = mkdtempSync(join(tmpdir(), "plinth-guild-"));
  copies.push(folder);
  cpSync(guild, folder, {
    recursive: true,
    filter: (path) => !/[/\\](?:cache|node_modules)$/.test(path),
  });
  return folder;
}

function check(folder: string, ...parameters: string[]): Promise<Outcome> {
  return runProgram(bin, { parameters: ["check", ...parameters], folder, env: { NO_COLOR: "1" } });
}

/** What is committed of it. */
function writtenIn(folder: string): Record<string, string> {
  const metadata = readdirSync(join(folder, ".plinth/queries")).map((name) =>
    join(".plinth/queries", name),
  );
  const files = ["src/plinth.queries.ts", ...metadata];
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** Where databases are described better, more is known of the statements. */
function replaceIn(folder: string, from: string): void {
  for (const path of [".plinth/queries", "src/plinth.queries.ts"]) {
    rmSync(join(folder, path), { recursive: true });
    cpSync(join(from, path), join(folder, path), { recursive: true });
  }
}

test("the SQL of the guild is as it was checked", async () => {
  const { code, err, out } = await check(guild, "--offline");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(
    /^right +24 queries on sqlite and postgres and mariadb, as they were checked/,
  );
});

test("SQL that was changed is told with its place, and so is a schema that moved on", async () => {
  const folder = copyOfGuild();
  const file = join(folder, "src/queries/friendships.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("f.status = 'pending'", "f.status <> 'blocked'"));
  const changed = await check(folder, "--offline");
  expect(changed.code).toBe(1);
  expect(changed.out).toMatch(/src\/queries\/friendships\.ts:\d+:\d+/);

  writeFileSync(file, text);
  expect(await check(folder, "--offline")).toMatchObject({ code: 0 });
  writeFileSync(
    join(folder, "migrations/sqlite/002_more.sql"),
    "alter table users add column motto text;\n",
  );
  const moved = await check(folder, "--offline");
  expect(moved.code).toBe(1);
  expect(moved.out).toContain("sqlite");
});

test("databases say today what is committed", { timeout: 120_000 }, async () => {
  const mariadb = testServers().find(({ name }) => name === "mariadb")?.url;
  if (mariadb === undefined) return;
  const folder = copyOfGuild();
  rmSync(join(folder, ".plinth"), { recursive: true });
  rmSync(join(folder, "src/plinth.queries.ts"));
  const { code, err, out } = await check(folder, "--url", mariadb);
  expect({ code, err, out }).toMatchObject({ code: 0, err: "" });
  expect(out).toContain("72 asked now");
  if (process.env["PLINTH_UPDATE_GOLDEN"] === "1") replaceIn(guild, folder);
  expect(writtenIn(folder), "PLINTH_UPDATE_GOLDEN=1 takes what they say now").toEqual(
    writtenIn(guild),
  );
});
