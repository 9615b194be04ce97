/**
 * Builds dist/: JavaScript bundled per entry, and declarations.
 *
 * node scripts/build.ts [--no-declarations]
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import manifest from "../package.json" with { type: "json" };
import { buildStamp, hashSources, root } from "./prepare.mjs";

// Built beside it and then put in its place: a program that runs meanwhile keeps its files.
const dist = join(root, "dist");
const fresh = `dist.${process.pid}`;

/**
 * A bundled CommonJS package asks for Node's own modules with `require`, which an ES module has
 * not; this gives them to it by `import`.
 */
const builtinsByImport: Plugin = {
  name: "builtins-by-import",
  setup(context) {
    context.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === "require-call" && isBuiltin(path)
        ? { path: path.replace(/^node:/, ""), namespace: "builtin" }
        : undefined,
    );
    context.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `export * from "node:${path}"; export { default } from "node:${path}";`,
    }));
  },
};

async function buildJavaScript(): Promise<Metafile> {
  const entries = readdirSync(join(root, "src", "entry"))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => `src/entry/${name}`);
  if (entries.length === 0) throw new Error("src/entry holds no entry.");

  const result = await build({
    absWorkingDir: root,
    entryPoints: [...entries, "src/cli/main.ts"],
    outbase: "src",
    outdir: fresh,
    chunkNames: "chunk/[name]-[hash]",
    bundle: true,
    // One copy of each class, whichever entries a program imports: `instanceof` must hold across them.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.18",
    charset: "utf8",
    sourcemap: true,
    external: Object.keys(manifest.peerDependencies),
    plugins: [builtinsByImport],
    metafile: true,
    logLevel: "warning",
  });
  return result.metafile;
}

/** Bundled packages are distributed with their licences. Returns their names. */
function writeLicences(metafile: Metafile): string[] {
  const names = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
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
let metafile: Metafile;
let bundled: string[];
try {
  metafile = await buildJavaScript();
  bundled = writeLicences(metafile);
  if (!process.argv.includes("--no-declarations")) buildDeclarations();
  writeFileSync(join(root, fresh, basename(buildStamp)), sources);
  rmSync(dist, { recursive: true, force: true });
  renameSync(join(root, fresh), dist);
} catch (error) {
  rmSync(join(root, fresh), { recursive: true, force: true });
  // The bundler and the compiler have shown the places already.
  process.stderr.write(`${(error as Error).message.split("\n")[0]}\n`);
  process.exit(1);
}

const outputs = Object.entries(metafile.outputs).filter(([name]) => name.endsWith(".js"));
const bytes = outputs.reduce((sum, [, output]) => sum + output.bytes, 0);
process.stderr.write(
  `Built ${outputs.length} files, ${Math.round(bytes / 1024)} KB` +
    `${bundled.length > 0 ? `, with ${bundled.join(", ")} inside` : ""}, ` +
    `in ${Math.round(performance.now() - startedMs)} ms.\n`,
);
