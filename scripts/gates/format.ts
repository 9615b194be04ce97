import { codeFolders, listFiles, type Report, runTool } from "./gate.ts";

/** oxfmt with its defaults, over all that it can format. */
export function checkFormat(root: string): Report {
  const { code, stderr, stdout } = runTool(root, "oxfmt/bin/oxfmt", ["--check", "."]);
  const found = /on (\d+) files/.exec(stdout)?.[1];
  if (found === undefined) {
    // It says so in other words when there is no file that it knows.
    if (/no files|Expected at least one target file/i.test(stdout + stderr)) {
      return { read: 0, of: "files", violations: [] };
    }
    throw new Error(stdout + stderr);
  }
  const violations = stdout
    .split("\n")
    .map((line) => /^(.+) \(\d+ms\)$/.exec(line)?.[1])
    .filter((path) => path !== undefined)
    .map((path) => `${path}: is not formatted. Run: npm run format`);
  if (code !== 0 && violations.length === 0) violations.push(stdout + stderr);
  const expected = listFiles(root, codeFolders).length;
  if (Number(found) < expected)
    violations.push(`${found} files were read and there are ${expected}`);
  return { read: Number(found), of: "files", violations };
}
