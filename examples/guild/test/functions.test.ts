// That no function is forgotten: every table has all four kinds, and every function is in a test.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { schema } from "../src/schema/schema.ts";

const here = new URL(".", import.meta.url);
const queries = new URL("../src/queries/", here);

const tests = readdirSync(here)
  .filter((name) => name.endsWith(".test.ts") && name !== "functions.test.ts")
  .map((name) => readFileSync(new URL(name, here), "utf8"))
  .join("\n");

/** `guildMembers` is in guild-members.ts. */
function functionsOf(table: string): string[] {
  const file = `${table.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
  const text = readFileSync(new URL(file, queries), "utf8");
  return [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name = ""]) => name);
}

/** But for those of the outbox, which are Plinth's. */
const tables = Object.keys(schema.tables).filter((table) => !table.startsWith("plinth"));

describe.each(tables)("%s", (table) => {
  const functions = functionsOf(table);

  test("is created, found, updated and deleted", () => {
    for (const kind of ["create", "find", "update", "delete"])
      expect(functions.some((name) => name.startsWith(kind))).toBe(true);
    for (const name of functions) expect(name).toMatch(/^(?:create|delete|find|update)[A-Z]/);
  });

  test("has each of its functions tried", () => {
    for (const name of functions) expect(tests).toMatch(new RegExp(`\\b${name}\\b(?!,)`));
  });
});
