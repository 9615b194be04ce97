/** Where a program goes from an instruction, and what is known there. */

import type { Instruction } from "./program.ts";
import type { State } from "./state.ts";
import { INTEGER, NULL, NUMERIC, REAL, TEXT, UNSET } from "./values.ts";

/** The instructions that may follow, each with what is known before it. */
export type Ways = readonly (readonly [at: number, state: State])[];

/** `IsNull` and `NotNull`. */
export function branchOnNull(
  { opcode, p1: register, p2: to }: Instruction,
  next: number,
  state: State,
): Ways {
  const isJumping = opcode === "IsNull";
  const value = state.get(register);
  const there = state.copy();
  there.exclude(register);
  const ways: (readonly [number, State])[] = [];
  if ((value.kinds & ~NULL) !== 0) ways.push([isJumping ? next : to, there]);
  if ((value.kinds & NULL) !== 0) {
    state.set(register, { ...value, kinds: NULL });
    ways.push([isJumping ? to : next, state]);
  }
  return ways;
}

/** p3 tells where NULL goes. */
export function branchOnTruth(
  { opcode, p1, p2, p3 }: Instruction,
  next: number,
  state: State,
): Ways {
  const { constant } = state.get(p1);
  if (typeof constant === "number") {
    const isTrue = constant !== 0;
    return [[isTrue === (opcode === "If") ? p2 : next, state]];
  }
  const jumping = state.copy();
  (p3 === 0 ? jumping : state).exclude(p1);
  return [
    [next, state],
    [p2, jumping],
  ];
}

export function branchOnCount(
  { opcode, p1, p2, p3 }: Instruction,
  next: number,
  state: State,
): Ways {
  const { constant } = state.get(p1);
  const counted = { kinds: INTEGER };
  if (opcode === "IfPos" && typeof constant === "number") {
    if (constant <= 0) return [[next, state]];
    if (p3 === 0) return [[p2, state]];
  }
  const jumping = state.copy();
  jumping.set(p1, counted);
  if (opcode !== "IfPos") state.set(p1, counted);
  return [
    [next, state],
    [p2, jumping],
  ];
}

/** After a comparison: where the values are equal, none or both are NULL. */
export function jump(
  { p1, p2, p3 }: Instruction,
  compared: Instruction | undefined,
  state: State,
): Ways {
  const unequal = [p1, p3].map((to) => [to, state.copy()] as const);
  if (compared?.opcode !== "Compare") return [...unequal, [p2, state]];
  for (let at = 0; at < compared.p3; at++) {
    const registers = [compared.p1 + at, compared.p2 + at];
    if (registers.every((register) => (state.get(register).kinds & NULL) !== 0)) continue;
    for (const register of registers) state.exclude(register);
    if (registers.some((register) => state.get(register).kinds === 0)) return unequal;
  }
  return [...unequal, [p2, state]];
}

export function copy({ opcode, p1, p2, p3 }: Instruction, state: State): State {
  const count = opcode === "Copy" ? p3 + 1 : p3;
  const values = Array.from({ length: count }, (_, at) => state.get(p1 + at));
  if (opcode === "Move") for (let at = 0; at < count; at++) state.set(p1 + at, UNSET);
  values.forEach((value, at) => state.set(p2 + at, value));
  return state;
}

/** Texts that are numbers become such, and numbers become texts; NULL stays what it is. */
export function convert({ p1, p2, p4 }: Instruction, state: State): void {
  for (let at = 0; at < p2; at++) {
    const value = state.get(p1 + at);
    const affinity = p4[at] ?? "A";
    let { kinds } = value;
    if (affinity === "B" && (kinds & NUMERIC) !== 0) kinds |= TEXT;
    if (affinity >= "C" && (kinds & TEXT) !== 0) kinds |= NUMERIC;
    if (affinity === "E" && (kinds & INTEGER) !== 0) kinds |= REAL;
    state.set(p1 + at, { ...value, kinds });
  }
}
