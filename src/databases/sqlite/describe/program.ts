/** The program that SQLite makes of a statement. Source: sqlite.org/opcode.html. */

import type { CatalogueRow } from "../../../dialect/server/introspector.ts";

export interface Instruction {
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  /** A name, a function, a key; empty where there is none. */
  readonly p4: string;
  readonly p5: number;
}

/** Those of triggers follow the program, and count from 0 again. */
export function readProgram(rows: readonly CatalogueRow[]): Instruction[] {
  const program: Instruction[] = [];
  for (const row of rows) {
    if (Number(row["addr"]) !== program.length) break;
    const p4 = row["p4"];
    program.push({
      opcode: String(row["opcode"]),
      p1: Number(row["p1"]),
      p2: Number(row["p2"]),
      p3: Number(row["p3"]),
      p4: typeof p4 === "string" ? p4 : "",
      p5: Number(row["p5"]),
    });
  }
  return program;
}

/** `sum(1)`: a function's name. */
export function functionName({ p4 }: Instruction): string {
  return p4.slice(0, p4.lastIndexOf("(")).toLowerCase();
}

/** How many arguments a function gets, `sum(1)`; undefined where there may be any number. */
export function argumentCount({ p4 }: Instruction): number | undefined {
  const count = Number(p4.slice(p4.lastIndexOf("(") + 1, -1));
  return count >= 0 ? count : undefined;
}

/** Registers by which a program decides where to go. */
export function decidingRegisters(program: readonly Instruction[]): number[] {
  const deciding = /^(?:IfPos|If|IfNot|Return|Yield|EndCoroutine|IfNotZero)$/;
  const found = program.filter(({ opcode }) => deciding.test(opcode)).map(({ p1 }) => p1);
  return [...new Set(found)].toSorted((one, other) => one - other);
}

/**
 * Where ways may meet: where anything may go to, and behind what may not go on. What stands between has one way to it.
 */
export function meetingPoints(program: readonly Instruction[]): ReadonlySet<number> {
  const points = new Set([0]);
  for (const { opcode, p1, p2, p3 } of program) {
    points.add(p2);
    if (opcode === "InitCoroutine") points.add(p3);
    if (opcode !== "Jump") continue;
    points.add(p1);
    points.add(p3);
  }
  program.forEach(({ opcode }, at) => {
    if (/^(?:Gosub|Yield|EndCoroutine|Return|Goto|Halt)$/.test(opcode)) points.add(at + 1);
  });
  return points;
}

/** By an aggregate's instruction the register in which `min` and `max` tell whether their value is another one now. */
export function flagsOf(program: readonly Instruction[]): ReadonlyMap<Instruction, number> {
  const found = program.flatMap(({ opcode, p1 }, at): [Instruction, number][] =>
    opcode === "CollSeq" && p1 !== 0 ? [[program[at + 1]!, p1]] : [],
  );
  return new Map(found);
}
