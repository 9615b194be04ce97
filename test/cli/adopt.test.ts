// A database that is there already becomes a project in four commands, and nothing of it is to change.
import { readFileSync } from "node:fs";
import { connect } from "plinth";
import { afterAll, expect, test } from "vitest";
import { loadChinook } from "../../examples/chinook/load.ts";
import { script } from "../inspect/kit.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { createProject, type Answer, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const SCRIPTS = {
  sqlite: "sqlite/clinic.sql",
  postgres: "postgres/hospital.sql",
  mariadb: "mysql/shop.sql",
} as const;

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  const product = server.name.split(" ")[0] as keyof typeof SCRIPTS;
  const years = new URL(`../entities/schemas/${SCRIPTS[product]}`, import.meta.url);

  test.for(["Chinook", "what years leave"])(
    `%s on ${server.name}: entities, generate, baseline, and no drift`,
    { timeout: 120_000 },
    async (name) => {
      const database = await createTestDatabase(server);
      const db = await connect(database.url);
      await (name === "Chinook" ? loadChinook(db) : script(db, readFileSync(years, "utf8")));
      await db.close();
      const project = createProject({
        "plinth.config.ts": `export default { url: ${JSON.stringify(database.url)} };`,
      });
      projects.push(project);
      const run = async (...argv: string[]): Promise<Answer> => {
        const answer = await project.spawn(...argv);
        expect(answer).toMatchObject({ code: 0, err: "" });
        return answer;
      };
      await run("entities");
      await run("migrate", "generate", "init");
      expect((await run("migrate", "baseline")).out).toMatch(/_init {3}\(not run\)\n$/);
      const drift = JSON.parse((await run("migrate", "drift", "--json")).out) as object;
      expect(drift).toMatchObject({
        hasDrift: false,
        differences: [],
        pending: [],
        undeclared: [],
      });
      expect((await run("migrate", "generate", "none")).out).toBe("the schema has not changed\n");
      expect((await run("migrate", "up")).out).toBe("nothing is pending\n");
      await database.drop();
    },
  );
}
