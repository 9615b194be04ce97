/**
 * Builds dist/: JavaScript bundled per entry, and declarations.
 *
 * node scripts/build.ts [--no-declarations]
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown, type OutputChunk } from "rolldown";
import { esmExternalRequirePlugin } from "rolldown/plugins";
import manifest from "../package.json" with { type: "json" };
import { breakLines } from "./break-lines.ts";
import { calledAtStart, compiledAtOnce, type CalledFunctions } from "./eager-functions.ts";
import { plainTexts } from "./plain-texts.ts";
import { rearrange, type Chunk } from "./rearrange.ts";
import { buildStamp, hashSources, root } from "./prepare.mjs";

// Built beside it and then put in its place: a program that runs meanwhile keeps its files.
const dist = join(root, "dist");
const fresh = `dist.${process.pid}`;

const entryFolder = join(root, "src", "entry");

/** What a program loads together stands in one file, as each file costs its start: what it imports first, then a database. */
const loadedTogether: Readonly<Record<string, string>> = {
  main: join(entryFolder, "main.ts"),
  sqlite: join(root, "src/databases/sqlite/dialect.ts"),
  postgres: join(root, "src/databases/postgres/dialect.ts"),
  mysql: join(root, "src/databases/mysql/dialect.ts"),
};

/** Those before others that import from them. */
const fileOrder = ["main", "servers", "sqlite", "postgres", "mysql"];

type Importing = (id: string) => readonly string[];

/** Of each module the file that it goes into: what nearly every program loads, what servers share, what a database has alone. */
function placeModules(importsOf: Importing): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const [name, start] of Object.entries(loadedTogether)) {
    const found = new Set([start]);
    for (const id of found) for (const imported of importsOf(id)) found.add(imported);
    for (const id of found) {
      const other = places.get(id);
      const isOfAny = other === "main" || other === "sqlite";
      places.set(id, other === undefined ? name : isOfAny ? "main" : "servers");
    }
  }
  return places;
}

async function buildJavaScript(): Promise<readonly OutputChunk[]> {
  const entries = readdirSync(entryFolder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => [`entry/${basename(name, ".ts")}`, join(entryFolder, name)]);
  if (entries.length === 0) throw new Error("src/entry holds no entry.");

  const peers = new Set(Object.keys(manifest.peerDependencies));
  const bundle = await rolldown({
    cwd: root,
    input: { ...Object.fromEntries(entries), "cli/main": join(root, "src/cli/main.ts") },
    platform: "node",
    external: (id) => peers.has(id),
    transform: { target: "node22.18" },
    treeshake: { moduleSideEffects: [{ test: /^node:/, sideEffects: false }] },
    // Else each start loads `node:module` for a `require` that a bundled package writes.
    plugins: [esmExternalRequirePlugin({ external: [/^node:/, ...builtinModules] })],
  });
  let places: ReadonlyMap<string, string> | undefined;
  const { output } = await bundle.write({
    dir: join(root, fresh),
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunk/[name]-[hash].js",
    sourcemap: true,
    // Spaces and comments are read by each program that starts; names stay, as stack traces show them.
    comments: { legal: true, annotation: true, jsdoc: false },
    minify: {
      compress: true,
      mangle: { toplevel: false, keepNames: true },
      codegen: { removeWhitespace: true },
    },
    codeSplitting: {
      // A group takes along what its modules import, so what others share goes first.
      groups: fileOrder.map((group, index) => ({
        debugName: group,
        priority: fileOrder.length - index,
        name(id, context) {
          places ??= placeModules((of) => context.getModuleInfo(of)?.importedIds ?? []);
          return places.get(id) === group ? group : null;
        },
      })),
    },
  });
  const chunks = output.filter((file) => file.type === "chunk");
  const called = calledAtStart(join(root, fresh, "entry", "main.js"));
  for (const chunk of chunks) rewrite(chunk, called);
  return chunks;
}

const SHARED_HELPER = /import\{\w+ as __exportAll\}from"[^"]*rolldown-runtime-[^"]*";/;
const OWN_HELPER =
  "var __exportAll=e=>{let t={};for(let n in e)Object.defineProperty(t,n,{get:e[n],enumerable:!0});return t};";

/** The bundler keeps few lines of its own in a file, which would be one more for each start. */
function withOwnHelper(chunk: Chunk): Chunk {
  const found = SHARED_HELPER.exec(chunk.code);
  if (found === null) return chunk;
  const [before, behind] = [found.index, found.index + found[0].length];
  return rearrange(chunk, [
    { start: 0, end: before },
    OWN_HELPER,
    { start: behind, end: chunk.code.length },
  ]);
}

/** What the minifier leaves is written so that it is read quickly, and shown in short lines. */
function rewrite({ code, fileName, map }: OutputChunk, called: CalledFunctions): void {
  const path = join(root, fresh, fileName);
  const plain = { code: plainTexts(code), mappings: map?.mappings ?? "" };
  const eager = compiledAtOnce(plain, called.get(pathToFileURL(path).href));
  const broken = breakLines(withOwnHelper(eager));
  writeFileSync(path, broken.code);
  if (map === null) return;
  const { version, names, sources, sourcesContent } = map;
  const text = JSON.stringify({
    version,
    names,
    sources,
    sourcesContent,
    mappings: broken.mappings,
  });
  writeFileSync(`${path}.map`, text);
}

/** Bundled packages are distributed with their licences. Returns their names. */
function writeLicences(chunks: readonly OutputChunk[]): string[] {
  const names = new Set<string>();
  for (const input of chunks.flatMap(({ moduleIds }) => moduleIds)) {
    const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (found !== undefined) names.add(found);
  }
  const texts = [...names].sort().map((name) => {
    const folder = join(root, "node_modules", name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined)
      throw new Error(`${name} is bundled and brings no licence to distribute.`);
    return `${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  if (texts.length > 0)
    writeFileSync(join(root, fresh, "THIRD-PARTY-LICENSES"), texts.join("\n\n"));
  return [...names];
}

function buildDeclarations(): void {
  const compiler = join(root, "node_modules", "typescript-7", "bin", "tsc");
  const done = spawnSync(
    process.execPath,
    [compiler, "-p", "tsconfig.build.json", "--outDir", fresh],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (done.status !== 0) throw new Error("The declarations could not be written; see above.");
  // The compiler leaves `.ts` in them, where there are only `.d.ts` and `.js`.
  for (const entry of readdirSync(join(root, fresh), { recursive: true, encoding: "utf8" })) {
    if (!entry.endsWith(".d.ts")) continue;
    const path = join(root, fresh, entry);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/((?:from|import) ?\(?"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'));
  }
}

const startedMs = performance.now();
const sources = hashSources();
let chunks: readonly OutputChunk[];
let bundled: string[];
try {
  chunks = await buildJavaScript();
  bundled = writeLicences(chunks);
  if (!process.argv.includes("--no-declarations")) buildDeclarations();
  writeFileSync(join(root, fresh, basename(buildStamp)), sources);
  rmSync(dist, { recursive: true, force: true });
  renameSync(join(root, fresh), dist);
} catch (error) {
  rmSync(join(root, fresh), { recursive: true, force: true });
  // The bundler and the compiler have shown the places already.
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

const bytes = chunks.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
process.stderr.write(
  `Built ${chunks.length} files, ${Math.round(bytes / 1024)} KB` +
    `${bundled.length > 0 ? `, with ${bundled.join(", ")} inside` : ""}, ` +
    `in ${Math.round(performance.now() - startedMs)} ms.\n`,
);
