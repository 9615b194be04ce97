import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listFiles, type Report, runTool } from "./gate.ts";

const folder = "test/types";
const budgetFile = `${folder}/budget.json`;
const growth = 1.1;

/** The type tests, and what they cost the compiler: fails above the committed number by a tenth. */
export function checkTypeCost(root: string): Report {
  const files = listFiles(root, [folder], /\.test-d\.ts$/);
  const measured = measureTypeCost(root);
  const { instantiations: budget } = JSON.parse(readFileSync(join(root, budgetFile), "utf8")) as {
    instantiations: number;
  };
  const violations = [...measured.errors];
  if (measured.instantiations > budget * growth) {
    violations.push(
      `${measured.instantiations} instantiations are more than a tenth above the ${budget} of ${budgetFile}. ` +
        "Find out which type became expensive; when it is worth it: npm run budget",
    );
  }
  return {
    read: files.length,
    of: "type tests",
    note: `${measured.instantiations} instantiations, ${budget} in the budget`,
    violations,
  };
}

/** Commits to what the types cost now. */
export function writeTypeBudget(root: string): number {
  const { instantiations } = measureTypeCost(root);
  writeFileSync(join(root, budgetFile), `{ "instantiations": ${instantiations} }\n`);
  return instantiations;
}

function measureTypeCost(root: string): { instantiations: number; errors: string[] } {
  // One thread: several divide the work differently each time, and count shared types twice.
  const output = runTool(root, "typescript-7/bin/tsc", [
    "-p",
    `${folder}/tsconfig.json`,
    "--extendedDiagnostics",
    "--singleThreaded",
    "--pretty",
    "false",
  ]);
  const found = /^Instantiations:\s+(\d+)/m.exec(output.stdout)?.[1];
  if (found === undefined) throw new Error(output.stdout + output.stderr);
  return {
    instantiations: Number(found),
    errors: output.stdout.split("\n").filter((line) => /\berror TS\d+/.test(line)),
  };
}
