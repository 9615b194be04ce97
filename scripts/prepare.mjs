// What has to be there before anything else can run: packages, a Node that is new enough, dist/.
// Read by Node 20 too; see run.mjs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Said to the reader in one sentence, without a stack. */
export class Refusal extends Error {}

/**
 * Runs `npm ci` when what is installed is not what the lockfile says.
 *
 * @param {string} folder
 */
export function installIfStale(folder) {
  if (isInstalled(folder)) return;
  process.stderr.write(
    `Installing packages (npm ci${folder === root ? "" : ` in ${relative(root, folder)}`}) …\n`,
  );
  // npm puts node_modules/.bin first in the path; npm itself must not run on the Node that it is
  // about to replace.
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes(`node_modules${sep}.bin`))
    .join(delimiter);
  const env = { ...process.env, PATH: path };
  /** @type {import("node:child_process").SpawnSyncOptions} */
  const options = { cwd: folder, env, stdio: ["ignore", 2, 2] };
  const npm = process.env.npm_execpath;
  const node = process.env.npm_node_execpath;
  const done =
    npm && node && existsSync(node) && !node.startsWith(join(root, "node_modules"))
      ? spawnSync(node, [npm, "ci", "--no-progress", "--loglevel=error"], options)
      : spawnSync("npm", ["ci", "--no-progress", "--loglevel=error"], {
          ...options,
          shell: process.platform === "win32",
        });
  if (done.error) throw new Refusal(`npm could not be started: ${done.error.message}`);
  if (done.status !== 0)
    throw new Refusal("The packages could not be installed; npm says why above.");
}

/**
 * npm writes what it installed into a lockfile of its own, last of all: an interrupted
 * installation has none. Packages for other platforms are missing from it.
 *
 * @param {string} folder
 */
function isInstalled(folder) {
  const wanted = packagesOf(join(folder, "package-lock.json"));
  const found = packagesOf(join(folder, "node_modules", ".package-lock.json"));
  if (wanted === undefined) {
    throw new Refusal(
      `There is no package-lock.json in ${relative(root, folder) || "this checkout"}.`,
    );
  }
  if (found === undefined) return false;
  return Object.keys(wanted).every((path) => {
    // Only what is below node_modules is installed; the rest are the workspaces themselves.
    if (!path.includes("node_modules/")) return true;
    if (found[path] === undefined) return wanted[path]?.optional === true;
    return found[path].version === wanted[path]?.version && existsSync(join(folder, path));
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }> | undefined}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * The Node that the project is developed on, or the present one where none is shipped for the
 * platform.
 *
 * @returns {string}
 */
export function nodePath() {
  const bundled = join(root, "node_modules", `node-linux-${process.arch}`, "bin", "node");
  if (process.platform === "linux" && existsSync(bundled)) return bundled;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new Refusal(
    `This is Node ${process.versions.node} and the project brings none for ${process.platform} on ${process.arch}: ` +
      `install Node 24 (22.18 at the oldest) and run the command again.`,
  );
}

/** Where the build notes what it was made from. */
export const buildStamp = join(root, "dist", ".built-from");

/**
 * Builds the JavaScript when dist/ was made from other sources; declarations are not needed to run.
 *
 * @param {string} node
 */
export function buildIfStale(node) {
  const stamp = existsSync(buildStamp) ? readFileSync(buildStamp, "utf8") : "";
  if (stamp === hashSources()) return;
  const done = spawnSync(node, [join(root, "scripts", "build.ts"), "--no-declarations"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (done.status !== 0) throw new Refusal("The build failed; see above.");
}

/**
 * A digest of all that dist/ depends on.
 *
 * @returns {string}
 */
export function hashSources() {
  const hash = createHash("sha256");
  for (const file of [
    "package.json",
    "package-lock.json",
    "scripts/break-lines.ts",
    "scripts/build.ts",
    "scripts/plain-texts.ts",
    "scripts/syntax.ts",
    "tsconfig.json",
    "tsconfig.build.json",
  ]) {
    if (existsSync(join(root, file))) add(join(root, file));
  }
  addFolder(join(root, "src"));
  return hash.digest("hex");

  /** @param {string} path */
  function add(path) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }

  /** @param {string} folder */
  function addFolder(folder) {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) addFolder(path);
      else if (!name.endsWith(".test.ts")) add(path);
    }
  }
}
