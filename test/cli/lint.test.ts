import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { createProject } from "./project.ts";

test("tells what is wrong, of all or of what is new, and exits with 1", async () => {
  const project = createProject({
    "plinth.config.mjs": `export default { url: "postgres://localhost/app" };`,
    "migrations/001_users/postgres.up.sql":
      "create table users (id integer primary key, name text);",
    "migrations/001_users/postgres.down.sql": "drop table users;",
  });
  const git = (...argv: readonly string[]): void => {
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...argv], {
      cwd: project.folder,
    });
  };
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "one");
  expect(await project.run("migrate", "lint")).toMatchObject({ code: 0, err: "" });

  project.write("migrations/002_index/up.sql", "create index users_name on users (name);");
  project.write("migrations/002_index/down.sql", "drop index users_name;");
  const all = await project.run("migrate", "lint");
  expect(all.code).toBe(1);
  expect(all.out).toMatch(
    /^002_index:1 {2}PG101 {2}builds an index.*\n {2}Write create index concurrently/,
  );
  const fresh = await project.run("migrate", "lint", "--since", "HEAD", "--json");
  expect(JSON.parse(fresh.out)).toMatchObject([
    { migration: "002_index", id: "PG101", database: "postgres" },
  ]);

  git("add", ".");
  git("commit", "-qm", "two");
  expect(await project.run("migrate", "lint", "--since", "HEAD")).toMatchObject({ code: 0 });
  project.write(
    "migrations/001_users/postgres.up.sql",
    "create table users (id integer primary key);",
  );
  const edited = await project.run("migrate", "lint", "--since", "HEAD");
  expect(edited.out).toMatch(/^001_users:1 {2}GN105 {2}was edited/);

  expect((await project.run("migrate", "lint", "--since", "nowhere")).err).toMatch(
    /git can't tell/,
  );
  expect((await project.run("migrate", "lint", "--since", "--output=x")).err).toMatch(
    /^plinth: .*ambiguous/,
  );
  project.write("migrations/001_users/postgres.up.sql", "-- lint:allow XX999 a reason\nselect 1;");
  expect((await project.run("migrate", "lint")).err).toMatch(/allows XX999, which is no rule/);
  project.remove();
});
