/** Holds a contender's answers against those of the bare driver, and what it writes against what should stand there. */
import type { Database } from "../data/tables.ts";
import { loadShapes, baseline } from "../run/contenders.ts";
import type { Targets } from "../run/targets.ts";
import { byId, difference, openPlain } from "../work/verify.ts";
import {
  shapeNames,
  shapeParameters,
  type Balance,
  type ShapeName,
  type Shapes,
} from "./shapes.ts";

type Call = (...parameters: unknown[]) => unknown;

/** Whose parameters are taken, of all. */
const turns = [0, 1, 2, 13, 14, 15];

/** @returns What was wrong, one sentence each. */
export async function verifyShapes(
  database: Database,
  targets: Targets,
  shapes: Shapes,
): Promise<string[]> {
  const plain = await openPlain(database, targets);
  const raw = await (await loadShapes(database, baseline)).open(targets);
  const parameters = shapeParameters();
  const mark = database === "postgres" ? "$1" : "?";

  async function upserts(): Promise<string | undefined> {
    const [[id, name]] = parameters.upsert as [[number, string]];
    await plain.query("delete from counters");
    for (let turn = 0; turn < 3; turn++) await shapes.upsert(id, name);
    const rows = await plain.query("select id, name, hits from counters");
    return difference([{ id, name, hits: 3 }], rows, "counters");
  }

  async function updates(): Promise<string | undefined> {
    const [[rows]] = parameters.updateMany as [[Balance[]]];
    await shapes.updateMany(rows);
    const text = `select id, balance from accounts where id >= ${mark} order by id limit 100`;
    return difference(rows, await plain.query(text, rows[0]!.id), "accounts");
  }

  async function reads(name: ShapeName): Promise<string | undefined> {
    for (const turn of turns) {
      const values = parameters[name][turn]!;
      const wanted = ordered(await (raw.shapes[name] as Call)(...values));
      const answer = ordered(await (shapes[name] as Call)(...values));
      const found = difference(wanted, answer, `turn ${turn}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  const wrong: string[] = [];
  for (const name of shapeNames) {
    try {
      const check = { upsert: upserts, updateMany: updates }[name as string] ?? (() => reads(name));
      const found = await check();
      if (found !== undefined) wrong.push(`${name} ${found}`);
    } catch (error) {
      wrong.push(`${name} threw ${String((error as Error)?.stack ?? error).slice(0, 500)}`);
    }
  }
  await plain.end();
  await raw.close();
  return wrong;
}

/** The details of an order come in whatever order: nobody asks for one. */
function ordered(answer: unknown): unknown {
  if (!Array.isArray(answer) || !Array.isArray(answer[0]?.details)) return answer;
  return answer.map((order) => ({ ...order, details: byId(order.details) }));
}
