import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { runProgram, type Outcome } from "../docs/run-program.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

const bin = fileURLToPath(new URL("../cli/bin.ts", import.meta.url));
const vault = fileURLToPath(new URL("../../examples/vault", import.meta.url));
const copies: string[] = [];

afterEach(() => {
  for (const folder of copies.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The example as somebody has it who copied its folder, and its commands as the README writes them. */
function copyOfVault() {
  const folder = mkdtempSync(join(tmpdir(), "plinth-vault-"));
  copies.push(folder);
  cpSync(vault, folder, {
    recursive: true,
    filter: (path) => !/[/\\]node_modules$|\.sqlite(?:-\w+)?$|\.env$/.test(path),
  });
  const env = { NO_COLOR: "1", DATABASE_URL: "" };
  const migrations = join(folder, "server/migration/src");
  const file = join(folder, "server/src/entities/schema.ts");
  return {
    migrations,
    migration: (...parameters: string[]): Promise<Outcome> =>
      runProgram(bin, { parameters: ["migrate", ...parameters], folder, env }),
    entities: (...parameters: string[]): Promise<Outcome> =>
      runProgram(bin, { parameters: ["entities", ...parameters], folder, env }),
    readEntities: (): string => readFileSync(file, "utf8"),
  };
}

const right = { code: 0, err: "" };

/** Writes and registers what adds a column. */
function addMotto(folder: string, module: string): void {
  const name = module.replace(".ts", "");
  writeFileSync(
    join(folder, module),
    `import { sql } from "plinth";
import { defineMigration } from "plinth/migrate";

export default defineMigration({
  up: async (tx) => void (await tx.execute(sql\`alter table users add column motto text\`)),
  down: async (tx) => void (await tx.execute(sql\`alter table users drop column motto\`)),
});
`,
  );
  const list = join(folder, "lib.ts");
  const text = readFileSync(list, "utf8")
    .replace("\nconst registered", `import ${name} from "./${module}";\n\nconst registered`)
    .replace("\n};", `\n  ${name},\n};`);
  writeFileSync(list, text);
}

test("the document's workflow: generate, down -n 100, entities, up", async () => {
  const { entities, migration, migrations, readEntities } = copyOfVault();
  const before = readEntities();
  expect(await migration("up")).toMatchObject(right);

  const known = new Set(readdirSync(migrations));
  const generated = await migration("generate", "add_motto");
  expect(generated).toMatchObject(right);
  const [module = ""] = readdirSync(migrations).filter((name) => !known.has(name));
  expect(module).toMatch(/^m\d{8}_\d{6}_add_motto\.ts$/);
  expect(generated.out).toContain(`./${module}`);
  addMotto(migrations, module);
  expect((await migration("status")).out).toMatch(/pending +m\d{8}_\d{6}_add_motto/);

  const down = await migration("down", "-n", "100");
  expect(down).toMatchObject(right);
  expect(down.out.match(/^reverted/gm)).toHaveLength(5);
  const empty = await entities();
  expect(empty).toMatchObject({ code: 1, err: expect.stringContaining("no tables") });
  expect(readEntities()).toBe(before);

  // `npm run entities`
  expect((await migration("up")).out.match(/^applied/gm)).toHaveLength(6);
  expect(await entities()).toMatchObject(right);
  const after = readEntities();
  expect(after).toContain("motto: ");
  expect(after.match(/\.\.\.softDelete\(\)/g)).toHaveLength(2);
  expect(after).toContain("sharedWith: r.many(");
  expect(await migration("up")).toMatchObject({ ...right, out: "nothing is pending\n" });
  expect(await entities("--check")).toMatchObject(right);
});

test("every migration is registered", async () => {
  const folder = join(vault, "server/migration/src");
  const files = readdirSync(folder).filter((name) => name !== "lib.ts");
  const { migrations } = await import("../../examples/vault/server/migration/src/lib.ts");
  expect(migrations.map(({ name }) => `${name}.ts`)).toEqual(files.toSorted());
});

const servers = testServers().filter(({ url }) => url !== undefined);

test.each(servers)("the entities are what is on $name", async (server) => {
  const database = await createTestDatabase(server);
  try {
    const { entities, migration } = copyOfVault();
    expect(await migration("up", "--url", database.url)).toMatchObject(right);
    expect(await entities("--check", "--url", database.url)).toMatchObject(right);
  } finally {
    await database.drop();
  }
});
