import { relative } from "node:path";
import { codeFolders, findUnread, listFiles, type Report, runTool } from "./gate.ts";

/** The compiler over sources, tests, examples and scripts. */
export function checkTypes(root: string): Report {
  const output = runTool(root, "typescript-7/bin/tsc", [
    "-p",
    "tsconfig.json",
    "--listFiles",
    "--pretty",
    "false",
  ]);
  const lines = output.stdout.split("\n").filter((line) => line !== "");
  const read = lines
    .filter((line) => line.startsWith(`${root}/`) && !line.includes("/node_modules/"))
    .map((line) => relative(root, line));
  const violations = lines.filter((line) => /\berror TS\d+/.test(line));
  if (output.code !== 0 && violations.length === 0) violations.push(output.stdout + output.stderr);
  return {
    read: read.length,
    of: "files",
    violations: [...violations, ...findUnread(listFiles(root, codeFolders), read)],
  };
}
