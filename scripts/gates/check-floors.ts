import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { floors } from "./floors.ts";
import { findUnread, listFiles, readJson, type Report, runTool } from "./gate.ts";

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
      readonly comment?: string;
    }[];
  };
}

/** dependency-cruiser with `.dependency-cruiser.mjs`: who may import whom. */
export function checkFloors(root: string): Report {
  const folders = ["src", "examples"].filter((folder) => existsSync(join(root, folder)));
  const files = listFiles(root, folders);
  if (files.length === 0) return { read: 0, of: "modules", violations: [] };
  const cruise = readJson<Cruise>(
    runTool(root, "dependency-cruiser/bin/dependency-cruiser.mjs", [
      ...folders,
      "--config",
      ".dependency-cruiser.mjs",
      "--output-type",
      "json",
    ]),
  );
  const read = cruise.modules.map(({ source }) => source).filter((path) => files.includes(path));
  const violations = cruise.summary.violations.map(
    ({ from, rule, to }) => `${from} → ${to} [${rule.name}]`,
  );
  return {
    read: read.length,
    of: "modules",
    violations: [...violations, ...findUnread(files, read), ...findHomeless(root)],
  };
}

/** No rule covers a folder that stands on no floor. */
function findHomeless(root: string): string[] {
  if (!existsSync(join(root, "src"))) return [];
  return readdirSync(join(root, "src"), { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() || floors[entry.name] === undefined)
    .map(({ name }) => `src/${name}: stands on no floor; give it one in scripts/gates/floors.ts`);
}
