import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "./gate.ts";

interface Package {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly resolved?: string;
}

/** Every package is known by its digest and may come from any registry. */
export function checkLockfile(root: string): Report {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, Package>;
  };
  const installed = Object.entries(packages).filter(
    ([path, { link }]) => path.includes("node_modules/") && link !== true,
  );
  const violations = installed.flatMap(([path, { integrity, resolved }]) => [
    ...(integrity === undefined ? [`${path}: has no digest`] : []),
    ...(resolved === undefined ? [] : [`${path}: names the host that it came from`]),
  ]);
  return { read: installed.length, of: "packages", violations };
}
