// Adds up what ran, in one line, below what failed: node scripts/sum-counts.mjs FILE EXIT-CODE [FILE EXIT-CODE ...]
//
// Read by Node 20 too: it has to speak when the installation failed.
import { existsSync, readFileSync } from "node:fs";

const parameters = process.argv.slice(2);
let passed = 0;
let failed = 0;
const failures = [];
for (let index = 0; index < parameters.length; index += 2) {
  const file = parameters[index] ?? "";
  const counts = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { passed: 0, failed: 0 };
  passed += counts.passed;
  failures.push(...(counts.failures ?? []));
  // What failed without saying how often, has failed once: it did not start, or did not finish.
  failed += counts.failed > 0 || parameters[index + 1] === "0" ? counts.failed : 1;
}
if (passed === 0 && failed === 0) failed = 1;
process.exitCode = failed > 0 ? 1 : 0;
for (const failure of failures) process.stdout.write(`${failure}\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
