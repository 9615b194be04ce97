// node:sqlite, every statement kept by its text, rows as objects.
import { DatabaseSync, type StatementSync } from "node:sqlite";

import type { Targets } from "../../run/targets.ts";
import { pragmas } from "../../work/statements.ts";
import { rawShapes } from "../shared/raw.ts";
import type { ShapesContender } from "../shapes.ts";

export const title = "raw node:sqlite";

export function open(targets: Targets): ShapesContender {
  const db = new DatabaseSync(targets.sqlite!.file);
  for (const pragma of pragmas) db.exec(`pragma ${pragma}`);
  const kept = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    let statement = kept.get(text);
    if (statement === undefined) kept.set(text, (statement = db.prepare(text)));
    return statement;
  };
  const shapes = rawShapes({
    database: "sqlite",
    all: (text, values) => prepare(text).all(...(values as number[])),
    each(text, values, take) {
      for (const row of prepare(text).iterate(...(values as number[]))) take(row);
    },
    runEach(text, lists) {
      const statement = prepare(text);
      if (lists.length === 1) return statement.run(...(lists[0] as number[]));
      prepare("begin").run();
      try {
        for (const values of lists) statement.run(...(values as number[]));
        return prepare("commit").run();
      } catch (error) {
        prepare("rollback").run();
        throw error;
      }
    },
  });
  return { shapes, close: () => db.close() };
}
