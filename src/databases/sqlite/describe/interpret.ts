/**
 * Runs a statement's program without its data: of each register only the kinds that it may hold are known. What is true on
 * every way through the program is true of every row.
 */

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
import { make, targetOf, UnreachableError } from "./make.ts";
import {
  argumentCount,
  decidingRegisters,
  flagsOf,
  functionName,
  type Instruction,
} from "./program.ts";
import { State } from "./state.ts";
import type { Tables } from "./tables.ts";
import { ANYTHING, INTEGER, joinValues, UNSET, type Value } from "./values.ts";

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
  "Filter IfSizeBetween IfEmpty FkIfZero IsType SequenceTest RowSetTest SorterCompare IdxGE IdxGT IdxLT IdxLE ElseEq Program".split(
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

const COMPARISONS = new Set("Eq Ne Lt Le Gt Ge".split(" "));

export interface Outcome {
  /** The columns of the rows that it gives; undefined where it gives none. */
  readonly columns: readonly Value[] | undefined;
  /** Columns that parameters are compared with or stored in, by the parameter's number. */
  readonly meanings: ReadonlyMap<number, string>;
}

class Interpreter {
  readonly #program: readonly Instruction[];
  readonly #cursors: Cursors;
  readonly #deciding: readonly number[];
  readonly #states: Map<string, State>[];
  /** States that are to be gone on from, by their instruction; the first ones go first, so that what meets is joined before it goes on. */
  readonly #pending: Set<string>[];
  #first = 0;
  readonly #meanings = new Map<number, string>();
  /** The registers in which `min` and `max` tell whether their value is another one now. */
  readonly #flags: ReadonlyMap<Instruction, number>;
  #columns: readonly Value[] | undefined;
  #hasGrown = false;

  constructor(program: readonly Instruction[], tables: Tables) {
    this.#program = program;
    this.#cursors = new Cursors(program, tables);
    this.#flags = flagsOf(program);
    const onces = program.flatMap(({ opcode }, at) =>
      opcode === "Once" ? [onceRegister(at)] : [],
    );
    this.#deciding = [...decidingRegisters(program), ...onces];
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
    return { columns: this.#columns, meanings: this.#meanings };
  }

  #waysFrom(at: number, key: string): Ways {
    try {
      return this.#step(at, this.#states[at]!.get(key)!.copy());
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
    this.#states.forEach((states, at) => {
      const { opcode } = this.#program[at]!;
      if (!/^(?:Column|RowData|SorterData|Rowid)$/.test(opcode)) return;
      for (const key of states.keys()) this.#await(at, key);
    });
  }

  #step(at: number, state: State): Ways {
    const one = this.#program[at]!;
    const { opcode, p1, p2, p3 } = one;
    const next = at + 1;
    if (DO_NOTHING.has(opcode)) return [[next, state]];
    if (BRANCHES.has(opcode)) return [[next, state], ...this.#to(p2, state)];
    if (COMPARISONS.has(opcode)) return this.#compare(one, next, state);
    if (SEEKS.has(opcode)) return this.#seek(one, next, state);
    if (STEPS.has(opcode)) {
      const behind = state.copy();
      behind.move(p1, true);
      state.move(p1);
      return [
        [next, behind],
        [p2, state],
      ];
    }
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

  #seek({ opcode, p1, p2, p3, p4 }: Instruction, next: number, state: State): Ways {
    if (opcode === "SeekRowid" || opcode === "NotExists")
      this.#mean(state.get(p3), { kinds: INTEGER, column: this.#cursors.rowColumnOf(p1) });
    else if (/^(?:Seek|NotFound)/.test(opcode)) {
      for (let at = 0; at < Number(p4); at++)
        this.#mean(state.get(p3 + at), this.#cursors.storedRecordOf(p1)?.[at]);
    }
    const absent = state.copy();
    absent.move(p1, true);
    // Without anywhere else to go it goes on; a table that is read from its beginning isn't empty then.
    state.move(p1, p2 === 0 && opcode !== "Rewind");
    return [[next, state], ...this.#to(p2, absent)];
  }

  /** Goes on the first time, and to p2 from then on. */
  #once(at: number, to: number, next: number, state: State): Ways {
    const flag = onceRegister(at);
    if (state.get(flag).constant === 1) return [[to, state]];
    state.set(flag, { kinds: INTEGER, constant: 1 });
    return [[next, state]];
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
    value.row?.forEach((one, at) => this.#mean(one, record?.[at]));
    if (record === undefined && this.#cursors.add(cursor, value)) this.#hasGrown = true;
  }

  #mean({ parameter }: Value, other: Value | undefined): void {
    if (parameter === undefined || other?.column === undefined) return;
    if (!this.#meanings.has(parameter)) this.#meanings.set(parameter, other.column);
  }

  #compare({ p1, p2, p3, p5 }: Instruction, next: number, state: State): Ways {
    this.#mean(state.get(p1), state.get(p3));
    this.#mean(state.get(p3), state.get(p1));
    const jumping = state.copy();
    if ((p5 & NULL_EQUALS) === 0) {
      const excluded = (p5 & JUMP_IF_NULL) === 0 ? jumping : state;
      excluded.exclude(p1);
      excluded.exclude(p3);
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
      state.set(p3, { ...before, kinds: ANYTHING, given: undefined });
      return;
    }
    const name = functionName(one);
    const given = argumentCount(one) === 0 ? INTEGER : state.get(p2).kinds;
    const flag = this.#flags.get(one);
    // The first value is always the greatest so far.
    if (flag !== undefined && /^(?:min|max)$/.test(name) && before.given !== undefined)
      state.set(flag, { kinds: INTEGER });
    state.set(p3, { kinds: ANYTHING, given: given | (before.given ?? 0) });
  }

  #give(values: readonly Value[]): void {
    const before = this.#columns;
    this.#columns = values.map((value, at) =>
      before?.[at] === undefined ? value : joinValues(before[at], value),
    );
  }
}

/** Stands for the memory of an instruction that does something once. */
function onceRegister(at: number): number {
  return -1 - at;
}

/** @throws {UnknownInstructionError} */
export function interpret(program: readonly Instruction[], tables: Tables): Outcome {
  return new Interpreter(program, tables).run();
}
