import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What stands behind `from` of imports and exports that aren't of types alone. */
const STATIC = /^(?:import|export) (?!type )(?:[^;]*? from )?"([^"]+)";/gm;

interface Loaded {
  /** Files of Plinth's, from `src/` on. */
  readonly files: readonly string[];
  /** Parts of Node. */
  readonly parts: readonly string[];
}

const sources = new URL("../../src/", import.meta.url).href;

/** What is imported at once with files of Plinth's, by whatever they import. */
function loadedWith(...starts: readonly string[]): Loaded {
  const files = new Set(starts.map((file) => new URL(file, sources).href));
  const parts = new Set<string>();
  for (const href of files) {
    for (const [, name] of readFileSync(new URL(href), "utf8").matchAll(STATIC)) {
      if (name!.startsWith(".")) files.add(new URL(name!, href).href);
      else parts.add(name!);
    }
  }
  return { files: [...files].map((href) => href.slice(sources.length)), parts: [...parts].sort() };
}

/*
 * An import reads all members of a part of Node, which makes what they would make when it is wanted. Some cost each
 * program's start milliseconds: node:crypto 4, node:fs and node:util 2 to 3 each. `core/builtin.ts` finds them later.
 */
test("a program's start imports of Node what costs it nothing", () => {
  expect(loadedWith("entry/main.ts").parts).toEqual([
    "node:async_hooks",
    "node:diagnostics_channel",
    "node:path",
  ]);
  expect(loadedWith("databases/sqlite/dialect.ts").parts).toEqual(["node:path", "node:sqlite"]);
});

// Each KB costs a start 0.02 ms and more. `test/package` holds how many there are.
test("a program's start on SQLite imports nothing of what few programs do", () => {
  const { files } = loadedWith("entry/main.ts", "databases/sqlite/dialect.ts");
  const late =
    /^(?:databases\/sqlite\/(?:copy|ddl\/(?!ranges)|describe|introspect)|migrate\/(?!create-tables)|outbox|services|testing|tools)\b/;
  expect(files.filter((file) => late.test(file))).toEqual([]);
  for (const file of [
    "connect/pool/pool.ts",
    "connect/transaction/named-lock.ts",
    "query/audit/trail.ts",
    "query/checked/plan.ts",
    "query/checked/statements.ts",
    "query/follow/followers.ts",
    "query/relations/code.ts",
    "query/relations/load.ts",
    "query/relations/write/apply.ts",
    "query/write/purge.ts",
    "query/write/returning.ts",
    "query/write/watched/insert.ts",
  ])
    expect(files).not.toContain(file);
});
