import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createProject } from "./project.ts";

test(
  "begins a project that migrates at once, and keeps what is there",
  { timeout: 60_000 },
  async () => {
    const project = createProject();
    const made = await project.spawn("init");
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(made.out).toMatch(/wrote {2}plinth\.config\.ts\nwrote {2}schema\.ts\nwrote .*init.*\n/);
    expect((await project.spawn("migrate", "up")).out).toMatch(/^applied .*_init/);
    project.write(
      "schema.ts",
      `${readFileSync(join(project.folder, "schema.ts"), "utf8")}// mine\n`,
    );
    expect((await project.spawn("init")).out).toMatch(
      /^kept {3}plinth\.config\.ts\nkept {3}schema\.ts\nNext/,
    );
    expect(readFileSync(join(project.folder, "schema.ts"), "utf8")).toContain("// mine");
    expect((await project.spawn("migrate", "generate", "more")).out).toBe(
      "the schema has not changed\n",
    );
    project.remove();
  },
);

test("keeps a password out of the configuration", { timeout: 60_000 }, async () => {
  const project = createProject();
  const made = await project.spawn("init", "--url", "postgres://me:secret@db.example.com/app");
  expect(made).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(join(project.folder, "plinth.config.ts"), "utf8")).not.toContain("secret");
  const [migration = ""] = readdirSync(join(project.folder, "migrations"));
  expect(readdirSync(join(project.folder, "migrations", migration)).toSorted()).toEqual([
    "postgres.down.sql",
    "postgres.up.sql",
    "snapshot.json",
  ]);
  project.remove();
});
