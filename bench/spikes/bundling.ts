/**
 * What does bundling save at the start of a process?
 *
 *     node spikes/bundling.ts [--quick]
 *
 * Programs import the same code as separate modules, as one bundle for each entry, and as bundles that
 * share chunks; each is started in turn, and its time taken above an empty program of the same turn.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, type BuildOptions } from "esbuild";

import { median } from "../run/statistics.ts";

const quick = process.argv.includes("--quick");
const runs = quick ? 7 : 31;
const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bundling-"));
const programs = new Map<string, string>();

function program(name: string, text: string): void {
  const file = join(folder, `program-${programs.size}.mjs`);
  writeFileSync(file, text);
  programs.set(name, file);
}

program("empty", `process.stdout.write(".", () => process.exit(0));\n`);

// ---------------------------------------------------------------- modules made for the purpose

/** A tree of modules of about 60 lines, each importing three others: what a library of this size looks like. */
async function makeSynthetic(count: number): Promise<void> {
  const sources = join(folder, `synthetic-${count}`);
  mkdirSync(sources);
  for (let i = 0; i < count; i++) {
    const children = [3 * i + 1, 3 * i + 2, 3 * i + 3].filter((child) => child < count);
    const imports = children
      .map((child) => `import { Thing${child} } from "./m${child}.js";\n`)
      .join("");
    const methods = Array.from(
      { length: 15 },
      (_, m) =>
        `  method${m}(value) {\n    return value === ${m} ? this.name : ${m} + value;\n  }\n`,
    );
    const used = children.map((child) => `new Thing${child}("x")`).join(", ");
    writeFileSync(
      join(sources, `m${i}.js`),
      `${imports}export class Thing${i} {\n  constructor(name) {\n    this.name = name;\n    this.parts = [${used}];\n  }\n${methods.join("")}}\n`,
    );
  }
  writeFileSync(join(sources, "package.json"), `{ "type": "module" }`);
  await build({
    entryPoints: [join(sources, "m0.js")],
    bundle: true,
    format: "esm",
    outfile: join(sources, "bundle.mjs"),
  });
  const use = (file: string) =>
    `import { Thing0 } from ${JSON.stringify(join(sources, file))};\nif (new Thing0("x").parts.length) process.stdout.write(".", () => process.exit(0));\n`;
  program(`${count} made modules, separate`, use("m0.js"));
  program(`${count} made modules, bundled`, use("bundle.mjs"));
}

for (const count of [30, 60, 90]) await makeSynthetic(count);

// ---------------------------------------------------------------- Plinth itself

const entries = ["main", "sqlite"].filter((name) =>
  existsSync(join(root, "src", "entry", `${name}.ts`)),
);
let moduleCount = 0;
if (entries.includes("main")) {
  const common: BuildOptions = {
    absWorkingDir: root,
    format: "esm",
    platform: "node",
    target: "node22.18",
    outbase: "src",
    logLevel: "error",
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  };
  const modules = listModules(join(root, "src"));
  moduleCount = modules.length;
  await build({ ...common, banner: {}, entryPoints: modules, outdir: join(folder, "separate") });
  await rewriteImports(join(folder, "separate"));
  const bundling: BuildOptions = {
    ...common,
    bundle: true,
    entryPoints: entries.map((name) => `src/entry/${name}.ts`),
    external: ["pg", "mariadb", "mysql2", "redis"],
  };
  await build({ ...bundling, outdir: join(folder, "each") });
  await build({ ...bundling, splitting: true, outdir: join(folder, "chunks") });
  await build({
    ...bundling,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    outdir: join(folder, "minified"),
  });
  const use = (
    form: string,
  ) => `import { connect, integer, sql, table } from ${JSON.stringify(join(folder, form, "entry", "main.js"))};
const things = table("things", { id: integer().primaryKey() });
const db = await connect("sqlite::memory:");
await db.execute(sql\`create table things (id integer primary key)\`);
await db.from(things).find(1);
process.stdout.write(".", () => process.exit(0));
`;
  program("Plinth, separate modules", use("separate"));
  program("Plinth, one bundle for each entry", use("each"));
  program("Plinth, bundles that share chunks", use("chunks"));
  program("Plinth, the same without spaces and comments", use("minified"));
}

function listModules(from: string): string[] {
  return readdirSync(from, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.endsWith(".d.ts"))
    .map((file) => join(from, file));
}

/** Without bundling, esbuild leaves imports as they stand: `./x.ts`. */
async function rewriteImports(from: string): Promise<void> {
  const { readFileSync } = await import("node:fs");
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  for (const file of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".js")) continue;
    const path = join(from, file);
    writeFileSync(
      path,
      readFileSync(path, "utf8").replaceAll(
        /((?:from|import) ?\(?"\.{1,2}\/[^"]+)\.ts"/g,
        '$1.js"',
      ),
    );
  }
}

// ---------------------------------------------------------------- the race

async function start(file: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, ["--no-warnings", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let ms: number | undefined;
  child.stdout.once("data", () => (ms = performance.now() - begun));
  await new Promise((resolve) => child.once("close", resolve));
  if (ms === undefined) throw new Error(`${file} answered nothing`);
  return ms;
}

console.log(
  `node ${process.version}; src/ has ${moduleCount} modules; medians of ${runs}, above an empty program`,
);
const names = [...programs.keys()].filter((name) => name !== "empty");
const times = new Map<string, number[]>(names.map((name) => [name, []]));
for (let run = 0; run <= runs; run++) {
  const base = await start(programs.get("empty")!);
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + run) % names.length]!;
    const above = (await start(programs.get(name)!)) - base;
    if (run > 0) times.get(name)!.push(above);
  }
}
for (const name of names)
  console.log(`  ${name.padEnd(40)} ${median(times.get(name)!).toFixed(1).padStart(6)} ms`);
rmSync(folder, { recursive: true });
