// What is written of a database says what is in it: it compiles, and nothing would have to change.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { loadChinook } from "../../examples/chinook/load.ts";
import { root } from "../../scripts/prepare.mjs";
import { testServers } from "../servers/databases.ts";
import { onDatabase, read, script } from "../inspect/kit.ts";
import {
  changes,
  compileErrors,
  createFolder,
  loadSchema,
  removeFolders,
  schemasIn,
  secondMigration,
  writeAll,
  writtenOf,
} from "./kit.ts";

afterAll(removeFolders);

/** Everything that these tests write, to be compiled at once. */
const all = createFolder();

interface Source {
  readonly name: string;
  load(db: Database): Promise<void>;
}

/** The scripts of one family of databases. */
function sourcesOf(family: string): Source[] {
  const folder = new URL(`schemas/${family}/`, import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const urls = [
    ...files.map((name) => new URL(name, folder)),
    new URL(`../inspect/legacy.${family}.sql`, import.meta.url),
  ];
  return [
    { name: "chinook", load: loadChinook },
    ...urls.map((url) => ({
      name: url.pathname.split("/").at(-1)!.replaceAll(".", "-"),
      load: (db: Database) => script(db, readFileSync(url, "utf8")),
    })),
  ];
}

const families = { sqlite: "sqlite", postgres: "postgres", mariadb: "mysql" } as const;

describe.each(testServers().filter(({ name }) => name !== "sqlite file"))("on $name", (server) => {
  const product = server.name.split(" ")[0] as keyof typeof families;

  test.each(sourcesOf(families[product]))(
    "the modules of $name say what the database has",
    { timeout: 60_000 },
    async ({ name, load }) => {
      await onDatabase(server, async (db) => {
        await load(db);
        const found = await read(db, { schemas: await schemasIn(db) });
        const { files, whole } = writtenOf(db, found);
        const folder = join(all, server.name.replace(" ", "-"), name);
        writeAll(folder, [{ path: "schema.ts", text: whole }]);
        writeAll(join(folder, "files"), files);

        const one = await loadSchema(folder, "schema.ts");
        const many = await loadSchema(folder, "files/index.ts");
        expect(changes(db, found, one)).toEqual([]);
        expect(changes(db, found, many)).toEqual([]);
        expect(secondMigration(db, one)).toEqual([""]);
        expect(Object.keys(one.tables)).toHaveLength(found.model.tables.length);
        for (const { kind, name: own } of found.others)
          expect(whole).toContain(
            own === "" ? kind : JSON.stringify(own).slice(1, -1).slice(0, 20),
          );
      });
    },
  );
});

test("all that was written compiles, with the strictest settings", { timeout: 120_000 }, () => {
  expect(compileErrors(all)).toBe("");
});

test("a formatter finds nothing to do in what was written", { timeout: 60_000 }, () => {
  const formatter = join(root, "node_modules/oxfmt/bin/oxfmt");
  const files = ["**/*.ts", "--check"];
  const { status, stdout } = spawnSync(process.execPath, [formatter, ...files], {
    cwd: all,
    encoding: "utf8",
  });
  expect(stdout).not.toContain("Format issues");
  expect(status).toBe(0);
});
