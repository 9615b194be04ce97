import { join, relative } from "node:path";
import { codeFolders, listFiles, readJson, type Report, runTool } from "./gate.ts";

interface DeadCode {
  readonly read: number;
  readonly found: readonly {
    readonly type: string;
    readonly filePath: string;
    readonly line?: number;
    readonly symbol: string;
  }[];
}

const verdicts: Readonly<Record<string, string>> = {
  binaries: "is run and comes with no package",
  duplicates: "is exported twice",
  unlisted: "is imported and not in package.json",
  unresolved: "is imported and leads nowhere",
};

/** knip with `knip.json`: files, exports and packages that nothing uses. */
export function checkDeadCode(root: string): Report {
  const { found, read } = readJson<DeadCode>(
    runTool(root, "knip/bin/knip.js", [
      "--no-progress",
      "--no-config-hints",
      "--reporter",
      join(root, "scripts/gates/report-dead-code.mjs"),
    ]),
  );
  const violations = found.map(({ filePath, line, symbol, type }) => {
    const path = relative(root, join(root, relative(root, filePath)));
    return `${path}${line === undefined ? "" : `:${line}`}: ${symbol} ${verdicts[type] ?? "is used by nothing"} [${type}]`;
  });
  const expected = listFiles(root, codeFolders).length;
  if (read < expected) violations.push(`${read} files were read and there are ${expected}`);
  return { read, of: "files", violations };
}
