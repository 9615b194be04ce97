import { relative } from "node:path";
import { codeFolders, findUnread, listFiles, type Report, runTool } from "./gate.ts";

/**
 * The compiler over sources, tests, examples and scripts, and over the sources once more as they are
 * built: what is exported there has to say its type.
 */
export function checkTypes(root: string): Report {
  const compile = (...parameters: string[]) => {
    const output = runTool(root, "typescript-7/bin/tsc", [...parameters, "--pretty", "false"]);
    const lines = output.stdout.split("\n").filter((line) => line !== "");
    const errors = lines.filter((line) => /\berror TS\d+/.test(line));
    if (output.code !== 0 && errors.length === 0) errors.push(output.stdout + output.stderr);
    return { lines, errors };
  };
  const { errors, lines } = compile("-p", "tsconfig.json", "--listFiles");
  const read = lines
    .filter((line) => line.startsWith(`${root}/`) && !line.includes("/node_modules/"))
    .map((line) => relative(root, line));
  const built = compile("-p", "tsconfig.build.json", "--noEmit");
  return {
    read: read.length,
    of: "files",
    violations: [
      ...new Set([...errors, ...built.errors]),
      ...findUnread(listFiles(root, codeFolders), read),
    ],
  };
}
