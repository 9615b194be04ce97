/**
 * Runs the gates, all of them or those that are named: node scripts/check.ts [--root FOLDER] [GATES]
 *
 * With PLINTH_GATE_COUNTS=FILE it leaves there how many passed and failed, as JSON.
 */
import { realpathSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkApi } from "./gates/api.ts";
import { checkArchitecture } from "./gates/architecture.ts";
import { checkErrors } from "./gates/errors.ts";
import { checkDeadCode } from "./gates/dead-code.ts";
import { checkFloors } from "./gates/check-floors.ts";
import { checkFormat } from "./gates/format.ts";
import type { Gate } from "./gates/gate.ts";
import { checkLint } from "./gates/lint.ts";
import { checkLockfile } from "./gates/lockfile.ts";
import { checkPackage } from "./gates/package.ts";
import { checkTypeCost } from "./gates/type-cost.ts";
import { checkTypes } from "./gates/types.ts";
import { buildForRelease } from "./pack.ts";
import { root as here } from "./prepare.mjs";

const gates: Readonly<Record<string, Gate>> = {
  types: checkTypes,
  "type-cost": checkTypeCost,
  lint: checkLint,
  format: checkFormat,
  floors: checkFloors,
  "dead-code": checkDeadCode,
  architecture: checkArchitecture,
  lockfile: checkLockfile,
  errors: checkErrors,
  package: checkPackage,
  api: checkApi,
};
const readsDist = new Set(["package", "api"]);

const { positionals, values } = parseArgs({
  options: { root: { type: "string" } },
  allowPositionals: true,
});
const root = realpathSync(values.root ?? here);
const unknown = positionals.filter((name) => gates[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `No such gate: ${unknown.join(", ")}. There are ${Object.keys(gates).join(", ")}.\n`,
  );
  process.exit(1);
}

let hasBuildFailed = false;
let passed = 0;
let failed = 0;
for (const name of positionals.length > 0 ? positionals : Object.keys(gates)) {
  // One that fails must not hide the next, whatever way it fails.
  if (await pass(name)) passed += 1;
  else failed += 1;
}
const countsFile = process.env["PLINTH_GATE_COUNTS"];
if (countsFile !== undefined) writeFileSync(countsFile, JSON.stringify({ passed, failed }));
process.exitCode = failed > 0 ? 1 : 0;

async function pass(name: string): Promise<boolean> {
  const startedMs = performance.now();
  try {
    const gate = gates[name];
    if (gate === undefined) throw new Error("There is no such gate.");
    if (readsDist.has(name) && root === here) buildOnce();
    const { note, of, read, violations } = await gate(root);
    const found = read === 0 ? [...violations, "nothing was read"] : violations;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    for (const violation of found) print(`  ${violation}`);
    print(
      `${name}: ${read} ${of}, ${found.length} ${found.length === 1 ? "violation" : "violations"}` +
        `${note === undefined ? "" : ` (${note})`} · ${seconds} s`,
    );
    return found.length === 0;
  } catch (error) {
    print(`${name}: could not be checked: ${(error as Error).message}`);
    return false;
  }
}

/** Two gates read what is built; the second need not fail at the same length as the first. */
function buildOnce(): void {
  if (hasBuildFailed) throw new Error("The build failed; see above.");
  hasBuildFailed = true;
  buildForRelease();
  hasBuildFailed = false;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
