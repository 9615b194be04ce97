// The chapter on migrations: a project of its own, and the command line as people type it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createProject } from "./project.ts";
import * as print from "./print.ts";

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
  const project = createProject(join(folder, "project"));
  const { read, run, write } = project;

  print.chapter("Migrations, there and back");
  print.say("A table declared in a project of its own; Plinth writes the SQL that makes it:");
  write("plinth.config.ts", 'export default { url: "sqlite:cards.db" };\n');
  write("schema.ts", before);
  run("migrate", "generate", "cards");
  run("migrate", "up");
  print.say("The declaration gets a column and an index. What is generated is for review:");
  write("schema.ts", after.replace("integer, table", "index, integer, table"));
  run("migrate", "generate", "add_motto");
  const [, name = ""] = readdirSync(join(project.folder, "migrations")).toSorted();
  print.code(read(join("migrations", name, "sqlite.up.sql")).trim());
  run("migrate", "up");
  print.say("The way back is there too, and the way up once more:");
  run("migrate", "down");
  run("migrate", "up");
  run("migrate", "status");
}
