/**
 * Runs a statement's program without its data: of each register only the kinds that it may hold are known. What is true on
 * every way through the program is true of every row.
 */

import type { LogicalType } from "../../../ast/logical-type.ts";
import {
  branchOnCount,
  branchOnNull,
  branchOnTruth,
  convert,
  copy,
  jump,
  type Ways,
} from "./branches.ts";
import { Cursors, UnknownInstructionError } from "./cursors.ts";
import { Meanings } from "./meanings.ts";
import { make, targetOf, UnreachableError } from "./make.ts";
import {
  argumentCount,
  decidingRegisters,
  flagsOf,
  meetingPoints,
  functionName,
  type Instruction,
} from "./program.ts";
import { bindTo, endAt, goOn, knowSame } from "./searches.ts";
import { State } from "./state.ts";
import type { Tables } from "./tables.ts";
import { ANYTHING, INTEGER, isScaled, joinValues, NULL, UNSET, type Value } from "./values.ts";

const JUMP_IF_NULL = 0x10;
const NULL_EQUALS = 0x80;

/** How many states are looked at before it is given up. */
const MOST_STEPS = 8_000;

const DO_NOTHING = new Set(
  (
    "Noop Transaction Savepoint AutoCommit VerifyCookie ReadCookie SetCookie TableLock Expire CursorLock CursorUnlock " +
    "CursorHint Trace Explain ReleaseReg FilterAdd Close ColumnsUsed FkCounter FkCheck MemMax Abortable ResetCount " +
    "Delete IdxDelete Clear ResetSorter SeekHit Permutation TypeCheck ClrSubtype SetSubtype VInitIn VUpdate VCheck " +
    "RowSetAdd Compare FinishSeek VBegin"
  ).split(" "),
);

/** Go on, or go to p2. */
const BRANCHES = new Set(
  "Filter IfSizeBetween IfEmpty FkIfZero IsType SequenceTest RowSetTest SorterCompare ElseEq Program".split(
    " ",
  ),
);

/** Move the cursor p1, or go to p2 where there is no such row. */
const SEEKS = new Set(
  "Rewind Last Sort SorterSort SeekRowid NotExists SeekGE SeekGT SeekLE SeekLT SeekScan NotFound NoConflict IfNoHope VFilter".split(
    " ",
  ),
);

/** Move the cursor p1 and go to p2, or go on behind its last row. */
const STEPS = new Set("Next Prev SorterNext VNext".split(" "));

/** Go on, or go to p2 where the row is beyond a key. */
const ENDS = new Set(["IdxGE", "IdxGT", "IdxLT", "IdxLE"]);

const COMPARISONS = new Set("Eq Ne Lt Le Gt Ge".split(" "));

export interface Outcome {
  /** The columns of the rows that it gives; undefined where it gives none. */
  readonly columns: readonly Value[] | undefined;
  /** Types of parameters, by their numbers. */
  readonly meanings: ReadonlyMap<number, LogicalType>;
}

class Interpreter {
  readonly #program: readonly Instruction[];
  readonly #cursors: Cursors;
  readonly #deciding: readonly number[];
  readonly #points: ReadonlySet<number>;
  readonly #states: Map<string, State>[];
  /** States that are to be gone on from, by their instruction; the first ones go first, so that what meets is joined before it goes on. */
  readonly #pending: Set<string>[];
  #first = 0;
  readonly #meanings = new Meanings();
  /** The registers in which `min` and `max` tell whether their value is another one now. */
  readonly #flags: ReadonlyMap<Instruction, number>;
  #columns: readonly Value[] | undefined;
  #hasGrown = false;

  constructor(program: readonly Instruction[], tables: Tables) {
    this.#program = program;
    this.#cursors = new Cursors(program, tables);
    this.#points = meetingPoints(program);
    this.#flags = flagsOf(program);
    this.#deciding = decidingRegisters(program);
    this.#states = program.map(() => new Map());
    this.#pending = program.map(() => new Set());
  }

  run(): Outcome {
    this.#reach(0, new State());
    let steps = 0;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      if (++steps > MOST_STEPS) throw new UnknownInstructionError("too many ways");
      const [at, key] = next;
      for (const [to, state] of this.#waysFrom(at, key)) this.#reach(to, state);
      if (this.#hasGrown) this.#repeat();
    }
    return { columns: this.#columns, meanings: this.#meanings.types() };
  }

  /** Goes on for as long as no other way may meet this one. */
  #waysFrom(at: number, key: string): Ways {
    try {
      let ways = this.#step(at, this.#states[at]!.get(key)!.copy());
      for (;;) {
        const [only, other] = ways;
        if (only === undefined || other !== undefined || this.#points.has(only[0])) return ways;
        ways = this.#step(only[0], only[1]);
      }
    } catch (error) {
      if (error instanceof UnreachableError) return [];
      throw error;
    }
  }

  #reach(at: number, state: State): void {
    const states = this.#states[at];
    if (states === undefined) throw new UnknownInstructionError(`no instruction ${at}`);
    const key = state.keyOf(this.#deciding);
    const before = states.get(key);
    const joined = before === undefined ? state : before.join(state);
    if (joined === undefined) return;
    states.set(key, joined);
    this.#await(at, key);
  }

  #await(at: number, key: string): void {
    this.#pending[at]!.add(key);
    this.#first = Math.min(this.#first, at);
  }

  #take(): [at: number, key: string] | undefined {
    for (; this.#first < this.#pending.length; this.#first++) {
      const keys = this.#pending[this.#first]!;
      for (const key of keys) {
        keys.delete(key);
        return [this.#first, key];
      }
    }
    return undefined;
  }

  /** What a table of its own holds may be read anywhere. */
  #repeat(): void {
    this.#hasGrown = false;
    let hasRead = false;
    for (let at = this.#states.length - 1; at >= 0; at--) {
      hasRead ||= /^(?:Column|RowData|SorterData|Rowid)$/.test(this.#program[at]!.opcode);
      const states = this.#states[at]!;
      if (hasRead) for (const key of states.keys()) this.#await(at, key);
      if (states.size > 0) hasRead = false;
    }
  }

  #step(at: number, state: State): Ways {
    const one = this.#program[at]!;
    const { opcode, p1, p2, p3 } = one;
    const next = at + 1;
    this.#meanings.addOperands(this.#program, at, state);
    if (DO_NOTHING.has(opcode)) return [[next, state]];
    if (BRANCHES.has(opcode)) return [[next, state], ...this.#to(p2, state)];
    if (COMPARISONS.has(opcode)) return this.#compare(at, state);
    if (SEEKS.has(opcode)) return this.#seek(one, next, state);
    if (ENDS.has(opcode)) return endAt(one, next, state, this.#cursors);
    if (STEPS.has(opcode)) return goOn(one, next, state, this.#cursors);
    const made = make(one, state, this.#cursors);
    if (made !== undefined) {
      state.set(targetOf(one), made, at);
      return [[next, state]];
    }
    switch (opcode) {
      case "Init":
      case "Goto":
        return [[p2 === 0 ? next : p2, state]];
      case "Halt":
        return [];
      case "HaltIfNull":
        state.exclude(p3);
        return [[next, state]];
      case "Gosub":
        state.set(p1, { kinds: INTEGER, constant: at }, at);
        return [[p2, state]];
      case "Return":
        return this.#return(one, next, state);
      case "InitCoroutine":
        state.set(p1, { kinds: INTEGER, constant: p3 - 1 }, at);
        return [[p2 === 0 ? next : p2, state]];
      case "Yield": {
        const to = this.#address(state, p1);
        state.set(p1, { kinds: INTEGER, constant: at }, at);
        return [[to + 1, state]];
      }
      case "EndCoroutine": {
        const caller = this.#program[this.#address(state, p1)]!;
        state.set(p1, UNSET);
        return [[caller.p2, state]];
      }
      case "Null":
      case "BeginSubrtn":
        for (let register = p2; register <= Math.max(p2, p3); register++)
          state.set(register, UNSET, at);
        return [[next, state]];
      case "SoftNull":
        state.set(p1, UNSET, at);
        return [[next, state]];
      case "Copy":
      case "Move":
        return [[next, copy(one, state)]];
      case "Affinity":
        convert(one, state);
        return [[next, state]];
      case "Found": {
        this.#meanings.addSought(one, state, this.#cursors);
        const found = state.copy();
        found.move(p1);
        state.move(p1, true);
        return [
          [next, state],
          [p2, found],
        ];
      }
      case "DeferredSeek":
        state.move(p3);
        knowSame(p1, p3, state, this.#cursors);
        return [[next, state]];
      case "Once":
        return this.#once(at, p2, next, state);
      case "MustBeInt": {
        const other = state.copy();
        state.set(p1, { ...state.get(p1), kinds: INTEGER });
        return [[next, state], ...this.#to(p2, other)];
      }
      case "IsNull":
        return branchOnNull(one, next, state);
      case "NotNull":
        return branchOnNull(one, next, state);
      case "If":
      case "IfNot":
        return branchOnTruth(one, next, state);
      case "IfPos":
      case "IfNotZero":
      case "DecrJumpZero":
        return branchOnCount(one, next, state);
      case "IfNullRow": {
        const there = state.copy();
        there.stand(p1);
        state.set(p3, UNSET, at);
        return state.cursor(p1).isNull
          ? [
              [next, there],
              [p2, state],
            ]
          : [[next, there]];
      }
      case "NullRow":
        // One that reads a register only forgets what it had read.
        state.move(p1, this.#cursors.registerOf(p1) === undefined);
        return [[next, state]];
      case "Jump":
        return jump(one, this.#program[at - 1], state);
      case "RowSetRead": {
        const other = state.copy();
        state.set(p3, { kinds: INTEGER }, at);
        return [
          [next, state],
          [p2, other],
        ];
      }
      case "SeekEnd":
      case "RowCell":
        return [[next, state]];
      case "OpenRead":
      case "OpenWrite":
      case "ReopenIdx":
      case "OpenEphemeral":
      case "OpenAutoindex":
      case "SorterOpen":
      case "OpenPseudo":
      case "OpenDup":
      case "VOpen":
        state.move(p1);
        return [[next, state]];
      case "Insert":
      case "IdxInsert":
      case "SorterInsert":
        this.#store(p1, state.get(p2));
        return [[next, state]];
      case "AggStep":
      case "AggStep1":
      case "AggInverse":
        this.#aggregate(one, state);
        return [[next, state]];
      case "ResultRow":
        this.#give(Array.from({ length: p2 }, (_, place) => state.get(p1 + place)));
        return [[next, state]];
      default:
        throw new UnknownInstructionError(opcode);
    }
  }

  #seek(one: Instruction, next: number, state: State): Ways {
    const { opcode, p1, p2, p3, p4 } = one;
    if (opcode === "SeekRowid" || opcode === "NotExists")
      this.#meanings.add(state.get(p3), this.#cursors.rowNumberOf(p1));
    else if (/^(?:Seek|NotFound)/.test(opcode)) {
      for (let at = 0; at < Number(p4); at++)
        this.#meanings.add(state.get(p3 + at), this.#cursors.storedRecordOf(p1)?.[at]);
    }
    if (opcode === "NotFound") this.#meanings.addSought(one, state, this.#cursors);
    const absent = state.copy();
    absent.move(p1, true);
    const { place } = state.get(p3);
    // Without anywhere else to go it goes on; a table that is read from its beginning isn't empty then.
    state.move(p1, p2 === 0 && opcode !== "Rewind");
    if (/^Seek[GL]/.test(opcode)) bindTo(one, state, this.#cursors);
    else if (/^(?:SeekRowid|NotExists)$/.test(opcode) && place?.column === -1)
      knowSame(place.cursor, p1, state, this.#cursors);
    return [[next, state], ...this.#to(p2, absent)];
  }

  /** Goes on the first time, and to p2 from then on. */
  #once(at: number, to: number, next: number, state: State): Ways {
    return state.did(at) ? [[to, state]] : [[next, state]];
  }

  /** 0 goes nowhere. */
  #to(at: number, state: State): Ways {
    return at === 0 ? [] : [[at, state.copy()]];
  }

  #address(state: State, register: number): number {
    const { constant } = state.get(register);
    if (typeof constant !== "number") throw new UnknownInstructionError("an unknown address");
    return constant;
  }

  #return({ p1, p3 }: Instruction, next: number, state: State): Ways {
    const { constant } = state.get(p1);
    if (typeof constant === "number") return [[constant + 1, state]];
    if (p3 === 1) return [[next, state]];
    throw new UnknownInstructionError("an unknown address");
  }

  /** Puts a record into a table. */
  #store(cursor: number, value: Value): void {
    const record = this.#cursors.storedRecordOf(cursor);
    value.row?.forEach((one, at) => this.#meanings.add(one, record?.[at]));
    if (record === undefined && this.#cursors.add(cursor, value)) this.#hasGrown = true;
  }

  #compare(at: number, state: State): Ways {
    const { opcode, p1, p2, p3, p5 } = this.#program[at]!;
    const next = at + 1;
    this.#meanings.add(state.get(p1), state.get(p3));
    this.#meanings.add(state.get(p3), state.get(p1));
    const areNeverNull = [p1, p3].map((register) => (state.get(register).kinds & NULL) === 0);
    const jumping = state.copy();
    if ((p5 & NULL_EQUALS) === 0) {
      if (areNeverNull.every(Boolean) && isOfAbsent(this.#program, at)) return [[p2, jumping]];
      const excluded = (p5 & JUMP_IF_NULL) === 0 ? jumping : state;
      excluded.exclude(p1);
      excluded.exclude(p3);
    } else if (areNeverNull.some(Boolean)) {
      // What is the same as something that isn't NULL isn't either.
      const equal = opcode === "Eq" ? jumping : state;
      equal.exclude(p1);
      equal.exclude(p3);
    }
    return [
      [next, state],
      [p2, jumping],
    ];
  }

  #aggregate(one: Instruction, state: State): void {
    const { opcode, p2, p3 } = one;
    const before = state.get(p3);
    if (opcode === "AggInverse") {
      state.set(p3, { ...before, kinds: ANYTHING, isGiven: undefined });
      return;
    }
    const name = functionName(one);
    const given = argumentCount(one) === 0 ? INTEGER : state.get(p2).kinds;
    const flag = this.#flags.get(one);
    // The first value is always the greatest so far.
    if (flag !== undefined && /^(?:min|max)$/.test(name) && before.isGiven === true)
      state.set(flag, { kinds: INTEGER });
    const own = state.get(p2).type;
    const type = before.given === undefined || before.type === own ? own : undefined;
    const isUnclear = [before, state.get(p2)].some(isScaled) && type === undefined;
    state.set(p3, {
      kinds: ANYTHING,
      given: given | (before.given ?? 0),
      isGiven: true,
      type: isUnclear ? "unclear" : type,
    });
  }

  #give(values: readonly Value[]): void {
    const before = this.#columns;
    this.#columns = values.map((value, at) =>
      before?.[at] === undefined ? value : joinValues(before[at], value),
    );
  }
}

/**
 * `x in (select …)`: a value that was looked for in vain is compared with the first of those among which it isn't, as that
 * is NULL if any is. It is unequal, then, unless one of both is NULL.
 */
function isOfAbsent(program: readonly Instruction[], at: number): boolean {
  const [found, rewind, column, compare] = program.slice(Math.max(0, at - 3), at + 1);
  return (
    found?.opcode === "Found" &&
    rewind?.opcode === "Rewind" &&
    column?.opcode === "Column" &&
    compare?.opcode === "Ne" &&
    [rewind.p1, column.p1].every((cursor) => cursor === found.p1) &&
    column.p2 === 0 &&
    Number(found.p4) === 1 &&
    found.p3 === compare.p1 &&
    column.p3 === compare.p3
  );
}

/** @throws {UnknownInstructionError} */
export function interpret(program: readonly Instruction[], tables: Tables): Outcome {
  return new Interpreter(program, tables).run();
}
