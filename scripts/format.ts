/** Formats the project, or what is named: node scripts/format.ts [PATHS] */
import { runTool } from "./gates/gate.ts";
import { root } from "./prepare.mjs";

const paths = process.argv.slice(2);
const output = runTool(root, "oxfmt/bin/oxfmt", paths.length > 0 ? paths : ["."]);
process.stdout.write(output.stdout);
process.stderr.write(output.stderr);
process.exitCode = output.code;
