// The chapter on migrations: a project of its own, and the command line as people type it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as print from "./print.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = process.env["PLINTH_BIN"] ?? join(root, "bin/plinth.cjs");

const before = `import { integer, table, varchar } from "plinth";

export const cards = table("cards", {
  id: integer().primaryKey(),
  owner: varchar({ length: 60 }).notNull(),
});
`;
const after = before.replace(
  "\n});",
  "\n  motto: varchar({ length: 40 }),\n}, (t) => [index().on(t.motto)]);",
);

/** @param folder Is removed at the tour's end. */
export function migrations(folder: string): void {
  const project = join(folder, "project");
  mkdirSync(join(project, "node_modules"), { recursive: true });
  // As `npm install plinth` would have done.
  symlinkSync(root, join(project, "node_modules/plinth"), "junction");
  const write = (name: string, text: string): void => writeFileSync(join(project, name), text);
  const run = (...argv: string[]): void => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...process.execArgv, bin, ...argv],
      { cwd: project, encoding: "utf8", env: { ...process.env, DATABASE_URL: "" } },
    );
    if (status !== 0) throw new Error(`plinth ${argv.join(" ")}\n${stdout}${stderr}`);
    print.shell(`plinth ${argv.join(" ")}`, stdout);
  };

  print.chapter("Migrations, there and back");
  print.say("A table declared in a project of its own; Plinth writes the SQL that makes it:");
  write("plinth.config.ts", 'export default { url: "sqlite:cards.db" };\n');
  write("schema.ts", before);
  run("migrate", "generate", "cards");
  run("migrate", "up");
  print.say("The declaration gets a column and an index. What is generated is for review:");
  write("schema.ts", after.replace("integer, table", "index, integer, table"));
  run("migrate", "generate", "add_motto");
  const [, name = ""] = readdirSync(join(project, "migrations")).toSorted();
  print.code(readFileSync(join(project, "migrations", name, "sqlite.up.sql"), "utf8").trim());
  run("migrate", "up");
  print.say("The way back is there too, and the way up once more:");
  run("migrate", "down");
  run("migrate", "up");
  run("migrate", "status");
}
