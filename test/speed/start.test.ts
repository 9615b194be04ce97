import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What stands behind `from` of imports and exports that aren't of types alone. */
const STATIC = /^(?:import|export) (?!type )(?:[^;]*? from )?"([^"]+)";/gm;

/** The parts of Node that are imported at once with a file of Plinth's, by whatever it imports. */
function partsOfNode(file: string): string[] {
  const files = new Set([new URL(`../../src/${file}`, import.meta.url).href]);
  const parts = new Set<string>();
  for (const href of files) {
    for (const [, name] of readFileSync(new URL(href), "utf8").matchAll(STATIC)) {
      if (name!.startsWith(".")) files.add(new URL(name!, href).href);
      else parts.add(name!);
    }
  }
  return [...parts].sort();
}

/*
 * An import reads all members of a part of Node, which makes what they would make when it is wanted. Some cost each
 * program's start milliseconds: node:crypto 4, node:fs and node:util 2 to 3 each. `core/builtin.ts` finds them later.
 */
test("a program's start imports of Node what costs it nothing", () => {
  expect(partsOfNode("entry/main.ts")).toEqual([
    "node:async_hooks",
    "node:diagnostics_channel",
    "node:path",
  ]);
  expect(partsOfNode("databases/sqlite/dialect.ts")).toEqual(["node:path", "node:sqlite"]);
});
