/** What a program knows of rows by how a cursor came to them: by a key, or by the order of an index. */

import { boundColumns, columnsWithin } from "./bounds.ts";
import type { Ways } from "./branches.ts";
import type { Cursors } from "./cursors.ts";
import type { Instruction } from "./program.ts";
import type { State } from "./state.ts";
import { NULL } from "./values.ts";

function keysAt({ p3, p4 }: Instruction, state: State): boolean[] {
  return Array.from({ length: Number(p4) }, (_, at) => (state.get(p3 + at).kinds & NULL) === 0);
}

/** Rows from a key on, or up to it. */
export function bindTo(one: Instruction, state: State, cursors: Cursors): void {
  const { opcode, p1, p3 } = one;
  const keys = keysAt(one, state);
  const order = cursors.orderOf(p1);
  if (order === undefined || keys.length === 0) return;
  const isUpper = opcode.startsWith("SeekL");
  const isStrict = opcode.endsWith("T");
  const bound = { isUpper, isStrict, base: p3, keys, same: keys.length };
  state.bind(p1, bound);
  state.know(p1, boundColumns(bound, order));
}

/** A row of an index that isn't beyond a key. */
export function endAt(one: Instruction, next: number, state: State, cursors: Cursors): Ways {
  const { opcode, p1, p2, p3 } = one;
  const beyond = state.copy();
  const order = cursors.orderOf(p1);
  const keys = keysAt(one, state);
  if (order !== undefined && keys.length > 0) {
    const isUpper = opcode.startsWith("IdxG");
    const isStrict = opcode === "IdxGE" || opcode === "IdxLE";
    const end = { isUpper, isStrict, base: p3, keys };
    state.know(p1, columnsWithin(state.cursor(p1).bound, end, order));
  }
  return [[next, state], ...(p2 === 0 ? [] : ([[p2, beyond]] as const))];
}

/** To the next row, or on behind the last. */
export function goOn(
  { opcode, p1, p2 }: Instruction,
  next: number,
  state: State,
  cursors: Cursors,
): Ways {
  const { bound } = state.cursor(p1);
  const behind = state.copy();
  behind.move(p1, !cursors.isOfWindow(p1));
  state.move(p1);
  const order = cursors.orderOf(p1);
  if (bound !== undefined && order !== undefined && bound.isUpper === (opcode === "Prev")) {
    state.bind(p1, bound);
    state.know(p1, boundColumns(bound, order));
  }
  return [
    [next, behind],
    [p2, state],
  ];
}

/** What is known of an index's row is so of the row that it is of. */
export function knowSame(cursor: number, other: number, state: State, cursors: Cursors): void {
  const { isNull, known } = state.cursor(cursor);
  if (!isNull) state.know(other, cursors.sameColumns(cursor, known, other));
}
