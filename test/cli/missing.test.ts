// What only reads a database makes none of a name with a slip in it.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createProject } from "./project.ts";

const project = createProject({
  "schema.ts":
    'import { integer, table } from "plinth";\nexport const a = table("a", { id: integer().primaryKey() });',
});
afterAll(() => project.remove());

const READING = [
  ["tables"],
  ["tables", "users"],
  ["rows", "users"],
  ["entities", "--out", "other.ts"],
  ["entities", "--out=other.ts", "--diagram=tables.svg"],
  ["seed"],
  ["migrate", "drift"],
  ["migrate", "status"],
  ["migrate", "baseline"],
  ["migrate", "redo", "--yes"],
];

test.for(READING)("`plinth %s %s %s` reads no file that isn't there", async (argv) => {
  const typo = join(project.folder, "typo.db");
  const { code, err, out } = await project.spawn(...argv, "--url", `sqlite:${typo}`);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toBe(
    `plinth: There is no file ${typo}. Look for a slip in the URL. \`plinth migrate up\` makes it, where it is to be a new one. [E_MISSING_DATABASE]\n`,
  );
  expect(readdirSync(project.folder)).toEqual(["schema.ts"]);
});

test("`plinth tables` reads no folder of PGlite that isn't there", async () => {
  const typo = join(project.folder, "typo");
  const { code, err } = await project.spawn("tables", "--url", `pglite:${typo}`);
  expect(code).toBe(1);
  expect(err).toMatch(`There is no folder ${typo}.`);
  expect(existsSync(typo)).toBe(false);
});

test.for([["down"], ["reset"], ["up", "--dry-run"]])(
  "`plinth migrate %s %s` makes no file for nothing",
  async (argv) => {
    const typo = join(project.folder, "typo.db");
    const answer = await project.spawn("migrate", ...argv, "--url", `sqlite:${typo}`);
    expect(answer).toMatchObject({ code: 0, err: "" });
    expect(answer.out).toMatch(/^(?:nothing is applied|-- nothing to run)\n$/);
    expect(existsSync(typo)).toBe(false);
  },
);
