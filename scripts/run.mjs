// Runs a script of this project: node scripts/run.mjs [--build] [--packages FOLDER] FILE [ARGUMENTS]
//
// --build makes dist/ first, when it is older than the sources; --packages installs those of a
// folder that has a lockfile of its own.
//
// This file and prepare.mjs are the only ones that an old Node has to read, because they run
// before the project's own Node is installed. They use no syntax and no API newer than Node 20.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { buildIfStale, installIfStale, nodePath, Refusal, root } from "./prepare.mjs";

const parameters = process.argv.slice(2);
const build = parameters[0] === "--build";
if (build) parameters.shift();
const folder = parameters[0] === "--packages" ? parameters.splice(0, 2)[1] : undefined;
const [file, ...rest] = parameters;

try {
  if (file === undefined) throw new Refusal("Which file? See the head of scripts/run.mjs.");
  installIfStale(root);
  const node = nodePath();
  if (!existsSync(join(root, file))) throw new Refusal(`There is no ${file} in this checkout.`);
  if (folder !== undefined) installIfStale(join(root, folder));
  if (build) buildIfStale(node);
  run(node, [join(root, file), ...rest]);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/**
 * @param {string} node
 * @param {string[]} nodeParameters
 */
function run(node, nodeParameters) {
  const child = spawn(node, nodeParameters, { cwd: root, stdio: "inherit" });
  // A terminal sends its signals to the child as well; whoever kills this process alone does not.
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("exit", (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal ?? "SIGTERM"]);
  });
}
