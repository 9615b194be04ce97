import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { buildStamp, hashSources, root } from "./prepare.mjs";

/**
 * Makes dist/ what a release would ship, unless it is that already: JavaScript and declarations.
 *
 * One process at a time: another one would take away what the first one packs.
 */
export function buildForRelease(): void {
  // Its lock is the system's, so that it ends with whoever has it.
  using lock = new DatabaseSync(join(root, "node_modules", ".build-lock"), { timeout: 300_000 });
  lock.exec("begin exclusive");
  const isFresh =
    existsSync(join(root, "dist", "entry", "main.d.ts")) &&
    existsSync(buildStamp) &&
    readFileSync(buildStamp, "utf8") === hashSources();
  if (isFresh) return;
  const done = spawnSync(process.execPath, [join(root, "scripts", "build.ts")], {
    cwd: root,
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`The build failed.\n${done.stdout}${done.stderr}`);
}

/**
 * Packs the package that stands in `folder`, as it is built now.
 *
 * @returns The path of the tarball, and the files in it.
 */
export function pack(folder: string, destination: string): { tarball: string; files: string[] } {
  const done = spawnSync(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", destination],
    { cwd: folder, encoding: "utf8", shell: process.platform === "win32" },
  );
  if (done.status !== 0) throw new Error(`npm pack failed.\n${done.stdout}${done.stderr}`);
  const [packed] = JSON.parse(done.stdout) as {
    filename: string;
    files: { path: string }[];
  }[];
  if (packed === undefined) throw new Error("npm pack made no tarball.");
  return {
    tarball: join(destination, packed.filename),
    files: packed.files.map(({ path }) => path),
  };
}
