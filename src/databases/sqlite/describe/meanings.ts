/** What parameters of a program are: of the type of what they are compared with, stored in, or done with. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { Cursors } from "./cursors.ts";
import { argumentCount, functionName, type Instruction } from "./program.ts";
import type { State } from "./state.ts";
import { ANYTHING, INTEGER, isScaled, TEXT, type Value } from "./values.ts";

/** Operators that say something of a parameter. */
const OPERANDS =
  /^(?:Add|Subtract|Multiply|Divide|Remainder|Concat|MustBeInt|(?:Pure)?Func(?:tion)?|NotNull)$/;
/** Functions all of whose arguments are texts. */
const TEXT_FUNCTIONS =
  /^(?:glob|like|lower|ltrim|replace|rtrim|trim|upper|plinth_(?:i?like|lower|upper))$/;
const TEXT_VALUE: Value = { kinds: TEXT, type: { kind: "text", length: undefined } };
const COUNT_VALUE: Value = { kinds: INTEGER, type: { kind: "bigint", mode: "number" } };

/** What is added to a number is of its type. */
function numberOf(value: Value): Value | undefined {
  const { type } = value;
  if (type === undefined || type === "unclear") return undefined;
  return /^(?:integer|bigint|real|double|decimal)$/.test(type.kind) ? value : undefined;
}

export class Meanings {
  readonly #types = new Map<number, LogicalType>();
  readonly #counted = new Set<string>();

  /** A parameter and something else are of one type. */
  add({ parameters }: Value, other: Value | undefined): void {
    const type = other?.type;
    if (parameters === undefined || type === undefined || type === "unclear") return;
    for (const parameter of parameters.split(" ").map(Number))
      if (!this.#types.has(parameter)) this.#types.set(parameter, type);
  }

  /** What an operator says of its operands, if it is certain. */
  addOperands(program: readonly Instruction[], at: number, state: State): void {
    const one = program[at]!;
    const { opcode, p1, p2 } = one;
    if (!OPERANDS.test(opcode)) return;
    const [first, second] = [state.get(p1), state.get(p2)];
    if (/^(?:Add|Subtract|Multiply|Divide|Remainder)$/.test(opcode)) {
      const isAdding = opcode === "Add" || opcode === "Subtract";
      for (const [value, other] of [
        [first, second],
        [second, first],
      ] as const)
        if (isAdding || !isScaled(other)) this.add(value, numberOf(other));
    } else if (opcode === "Concat") {
      for (const value of [first, second]) this.add(value, TEXT_VALUE);
    } else if (opcode === "MustBeInt" && p2 === 0) {
      if (first.parameters !== undefined) this.#counted.add(first.parameters);
    } else if (/^(?:Pure)?Func/.test(opcode) && TEXT_FUNCTIONS.test(functionName(one))) {
      for (let place = 0; place < (argumentCount(one) ?? 0); place++)
        this.add(state.get(p2 + place), TEXT_VALUE);
    } else if (opcode === "NotNull" && p2 === at + 2) {
      // `coalesce(x, ?)`
      const other = program[at + 1]!;
      if (other.opcode === "Variable" && other.p2 === p1)
        this.add({ kinds: ANYTHING, parameters: String(other.p1) }, first);
    }
  }

  /** By the numbers of the parameters. What must be a whole number, as LIMIT, and is nothing else, is one. */
  types(): ReadonlyMap<number, LogicalType> {
    for (const parameters of this.#counted) this.add({ kinds: ANYTHING, parameters }, COUNT_VALUE);
    return this.#types;
  }

  /** `x in (?, …)`: parameters in a table of the program's own are what is looked for there. */
  addSought({ p1, p3, p4 }: Instruction, state: State, cursors: Cursors): void {
    if (!cursors.isOwn(p1)) return;
    const contents = cursors.recordOf(p1) ?? [];
    contents.slice(0, Number(p4)).forEach((content, at) => this.add(content, state.get(p3 + at)));
  }
}
