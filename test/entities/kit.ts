// For tests of `plinth entities`: what is written of a database, loaded and compiled.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { sql, type Database, type Schema } from "plinth";
import { root } from "../../scripts/prepare.mjs";
import type { Inspection } from "../../src/dialect/server/introspector.ts";
import { generate } from "../../src/migrate/generate.ts";
import { emptySnapshot, readSnapshot, writeSnapshot } from "../../src/migrate/snapshot/snapshot.ts";
import { createNames } from "../../src/schema/naming.ts";
import { writeSections } from "../../src/tools/codegen/entities.ts";
import { writeModule, writeModules, type EntityFile } from "../../src/tools/codegen/module.ts";
import { declaredModel, dialectOf, mending } from "../inspect/kit.ts";

export interface Written {
  readonly whole: string;
  readonly files: readonly EntityFile[];
}

export function writtenOf(db: Database, { model, others }: Inspection): Written {
  const { types } = dialectOf(db);
  const formOf = (type: string) => types.customForm?.(type) ?? "text";
  const entities = writeSections({ model, others, names: createNames(), formOf });
  return { whole: writeModule(entities), files: writeModules(entities) };
}

const folders: string[] = [];

export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "plinth-entities-"));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function writeAll(folder: string, files: readonly EntityFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The modules of a folder know these sources as `plinth`, as the tests do. */
export async function loadSchema(folder: string, path: string): Promise<Schema> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(join(folder, path)).href)) as {
    schema: Schema;
  };
  return module.schema;
}

/** The schemas that people made, with `""` for the connection's own; none where there are no others. */
export async function schemasIn(db: Database): Promise<string[]> {
  if (!db.can.schemas || db.can.schemasAreDatabases) return [""];
  const { rows } = await db.execute<{ name: string }>(
    sql`select nspname as name from pg_namespace
      where nspname !~ '^pg_' and nspname not in ('information_schema', current_schema()) order by 1`,
  );
  return ["", ...rows.map(({ name }) => name)];
}

/** What would change a database into what the schema says. */
export function changes(db: Database, { model }: Inspection, schema: Schema): string[] {
  return mending(model, declaredModel(schema, db), dialectOf(db));
}

/** What a second migration would hold, behind a first one with the whole schema. */
export function secondMigration(db: Database, schema: Schema): string[] {
  const { names } = db["~engine"];
  const options = { names, dialects: [dialectOf(db)] };
  const first = generate(schema, emptySnapshot, options);
  const written = readSnapshot(writeSnapshot(first.snapshot), "first");
  const { questions, sides } = generate(schema, written, options);
  return [...questions.map(({ path }) => path), ...sides.map(({ upText }) => upText)];
}

/** What the compiler says of all modules in a folder, with the strictest settings that people use. */
export function compileErrors(folder: string): string {
  const compilerOptions = {
    typeRoots: [join(root, "node_modules/@types")],
    paths: { plinth: [join(root, "src/entry/main.ts")] },
    noUnusedLocals: true,
    noUnusedParameters: true,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: ["."] }),
  );
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript-7/bin/tsc"), "-p", folder, "--pretty", "false"],
    { cwd: folder, encoding: "utf8" },
  );
  // The sources are read beside, whose unused names are not the question.
  return stdout
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("../"))
    .join("\n");
}
