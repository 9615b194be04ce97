import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { createProject } from "./project.ts";

const project = createProject();
afterAll(() => project.remove());

test("entities draws the tables, and tells when a drawing is out of date", async () => {
  const database = new DatabaseSync(join(project.folder, "shop.db"));
  database.exec(`
    create table artist (id integer primary key, name text not null);
    create table album (id integer primary key, artist_id integer not null references artist (id));
  `);
  const files = ["--diagram", "shop.svg", "--diagram", "shop.mmd", "--diagram", "docs.md"];
  const run = (...more: string[]) =>
    project.run(
      "entities",
      "--url",
      `sqlite:${join(project.folder, "shop.db")}`,
      ...files,
      ...more,
    );
  const read = (name: string) => readFileSync(join(project.folder, name), "utf8");

  expect(await run("--diagram", "shop.png")).toMatchObject({
    code: 1,
    err: expect.stringContaining("Name a file that ends in .svg, .mmd, .md."),
  });
  expect(await run()).toMatchObject({ code: 0, err: "" });
  expect(read("shop.svg")).toMatch(/^<svg .*<\/svg>\n$/s);
  expect(read("shop.mmd")).toContain('t0 ||--o{ t1 : "artist_id"');
  expect(read("docs.md")).toBe(`\`\`\`mermaid\n${read("shop.mmd")}\`\`\`\n`);
  expect(await run("--check")).toMatchObject({ code: 0, out: expect.stringContaining("nothing") });

  database.exec("create table genre (id integer primary key)");
  database.close();
  const outdated = await run("--check");
  expect(outdated).toMatchObject({ code: 1, out: expect.stringContaining("shop.svg") });
  expect(read("shop.svg")).not.toContain("genre");
});
