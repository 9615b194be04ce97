import { expect, test } from "vitest";
import { KeptStatements } from "./kept-statements.ts";

/** Uses a statement as a connection whose server answers at once does. */
function execute(kept: KeptStatements, key: number | string): string | undefined {
  const statement = kept.use(key);
  if (statement === undefined) return undefined;
  statement.isReady = true;
  return statement.name;
}

test("a statement gets its name when it comes for the second time", () => {
  const kept = new KeptStatements();
  expect(execute(kept, 1)).toBe(undefined);
  expect(execute(kept, 2)).toBe(undefined);
  const name = execute(kept, 1);
  expect(name).toMatch(/^plinth_\d+$/);
  expect(execute(kept, 1)).toBe(name);
  expect(execute(kept, 2)).not.toBe(name);
});

test("until the server has understood the name, others go without", () => {
  const kept = new KeptStatements();
  kept.use(1);
  const first = kept.use(1);
  expect(first?.isReady).toBe(false);
  expect(kept.use(1)).toBe(undefined);
  first!.isReady = true;
  expect(kept.use(1)).toBe(first);
});

test("a dropped name is closed once, and another one follows", () => {
  const kept = new KeptStatements();
  kept.use(1);
  const statement = kept.use(1)!;
  const { name } = statement;
  kept.drop(statement, name);
  // A second execution that went by the same name tells the same.
  kept.drop(statement, name);
  expect(kept.takeClosing()).toEqual([name]);
  expect(kept.takeClosing()).toEqual([]);
  expect(kept.use(1)?.name).not.toBe(name);
});

test("when it is full it lets go of what was not used for the longest time", () => {
  const kept = new KeptStatements(4);
  const names = [1, 2, 3, 4].map((key) => (execute(kept, key), execute(kept, key)));
  execute(kept, 1);
  execute(kept, 5);
  expect(new Set(kept.takeClosing())).toEqual(new Set([names[1], names[2]]));
  expect(execute(kept, 1)).toBe(names[0]);
  expect(execute(kept, 4)).toBe(names[3]);
  expect(execute(kept, 2)).toBe(undefined);
});

test("clearing closes every name", () => {
  const kept = new KeptStatements();
  const names = [1, 2].map((key) => (execute(kept, key), execute(kept, key)));
  execute(kept, 3);
  kept.clear();
  expect(kept.takeClosing()).toEqual(names);
  expect(execute(kept, 1)).toBe(undefined);
});
