/** What is known before an instruction of SQLite's machine: its registers and its cursors. */

import { isSameBound, joinBounds, type Bound } from "./bounds.ts";
import {
  isSameValue,
  joinValues,
  needsOf,
  NULL,
  UNSET,
  withoutNeeds,
  type Value,
} from "./values.ts";

export interface CursorState {
  /** Whether it may stand on no row, all columns of which are NULL: behind an outer join. */
  readonly isNull: boolean;
  /** Columns of its row that are not NULL. */
  readonly known: ReadonlySet<number>;
  /** Which rows of an index it comes to. */
  readonly bound?: Bound | undefined;
}

/** The value of a register that something was put into, if only what another one had from the beginning. */
function given(value: Value): Value {
  return value.isMissing === true ? { ...value, isMissing: undefined } : value;
}

const NOTHING: ReadonlySet<number> = new Set();
const FRESH: CursorState = { isNull: false, known: NOTHING };

export class State {
  readonly #registers: (Value | undefined)[];
  readonly #cursors: (CursorState | undefined)[];

  /** What is done once, and is done. */
  #done: string;

  constructor(
    registers: (Value | undefined)[] = [],
    cursors: (CursorState | undefined)[] = [],
    done = "",
  ) {
    this.#registers = registers;
    this.#cursors = cursors;
    this.#done = done;
  }

  /** Whether an instruction was come to before that is told so now. */
  did(at: number): boolean {
    const name = `${at},`;
    if (` ${this.#done}`.includes(` ${name}`)) return true;
    this.#done += `${name} `;
    return false;
  }

  copy(): State {
    return new State(this.#registers.slice(), this.#cursors.slice(), this.#done);
  }

  get(register: number): Value {
    return this.#registers[register] ?? UNSET;
  }

  /**
   * The registers from one on, up to the first that nothing was put into: the arguments of a function of any number of
   * them, and perhaps some behind.
   */
  from(first: number): readonly Value[] {
    const values: Value[] = [];
    for (let register = first; this.get(register).isMissing !== true; register++)
      values.push(this.get(register));
    return values;
  }

  /** @param at The instruction that makes it; what it made before is another value now. */
  set(register: number, value: Value, at?: number): void {
    this.#unbind(register);
    if (at === undefined) {
      this.#put(register, given(value));
      return;
    }
    const name = `=${at}`;
    this.#registers.forEach((old, other) => {
      if (old === undefined) return;
      const left = withoutNeeds(old, name);
      if (left.id === at) this.#registers[other] = { ...left, id: undefined };
      else if (left !== old) this.#registers[other] = left;
    });
    this.#put(register, { ...given(withoutNeeds(value, name)), id: at });
  }

  /** Without holes, which are slow. */
  #put(register: number, value: Value): void {
    while (this.#registers.length < register) this.#registers.push(undefined);
    this.#registers[register] = value;
  }

  cursor(cursor: number): CursorState {
    return this.#cursors[cursor] ?? FRESH;
  }

  #place(cursor: number, state: CursorState): void {
    while (this.#cursors.length < cursor) this.#cursors.push(undefined);
    this.#cursors[cursor] = state;
  }

  /** The cursor goes to another row, or to none. */
  move(cursor: number, isNull = false): void {
    this.#place(cursor, { isNull, known: NOTHING });
    const gone = `${cursor}.`;
    this.#registers.forEach((value, register) => {
      if (value === undefined) return;
      const left = withoutNeeds(value, gone);
      if (left.place?.cursor === cursor) this.#registers[register] = { ...left, place: undefined };
      else if (left !== value) this.#registers[register] = left;
    });
  }

  /** A key isn't in its register any more. */
  #unbind(register: number): void {
    this.#cursors.forEach((one, cursor) => {
      const bound = one?.bound;
      if (one === undefined || bound === undefined || register < bound.base) return;
      const same = register - bound.base;
      if (same < bound.same) this.#cursors[cursor] = { ...one, bound: { ...bound, same } };
    });
  }

  /** The cursor stands on a row whose columns are not NULL. */
  know(cursor: number, columns: Iterable<number>): void {
    const one = this.cursor(cursor);
    this.#place(cursor, { ...one, known: new Set([...one.known, ...columns]) });
  }

  /** The cursor comes to rows of an index. */
  bind(cursor: number, bound: Bound): void {
    this.#place(cursor, { ...this.cursor(cursor), bound });
  }

  /** The cursor stands on a row. */
  stand(cursor: number): void {
    this.#place(cursor, { ...this.cursor(cursor), isNull: false });
  }

  /** The register isn't NULL, nor is what is the same value, nor what it was made of. */
  exclude(register: number): void {
    const value = this.get(register);
    this.#put(register, { ...value, kinds: value.kinds & ~NULL });
    const names = new Set(needsOf([value])?.split(" "));
    this.#registers.forEach((one, other) => {
      if (one?.id !== undefined && (one.kinds & NULL) !== 0 && names.has(`=${one.id}`))
        this.#registers[other] = { ...one, kinds: one.kinds & ~NULL };
    });
    for (const name of names) {
      const [cursor = "", column = ""] = name.split(".");
      if (name.startsWith("=")) continue;
      this.stand(Number(cursor));
      this.know(Number(cursor), [Number(column)]);
    }
  }

  /** What holds here and there; undefined where nothing new is learnt from the other. */
  join(other: State): State | undefined {
    let registers: (Value | undefined)[] | undefined;
    const count = Math.max(this.#registers.length, other.#registers.length);
    for (let register = 0; register < count; register++) {
      const [one, two] = [this.#registers[register], other.#registers[register]];
      if (one === two) continue;
      const value = joinValues(one ?? UNSET, two ?? UNSET);
      if (isSameValue(value, one ?? UNSET)) continue;
      registers ??= this.#registers.slice();
      while (registers.length < register) registers.push(undefined);
      registers[register] = value;
    }
    const cursors = this.#joinCursors(other);
    return registers === undefined && cursors === undefined
      ? undefined
      : new State(
          registers ?? this.#registers.slice(),
          cursors ?? this.#cursors.slice(),
          this.#done,
        );
  }

  #joinCursors(other: State): (CursorState | undefined)[] | undefined {
    let cursors: (CursorState | undefined)[] | undefined;
    const count = Math.max(this.#cursors.length, other.#cursors.length);
    for (let cursor = 0; cursor < count; cursor++) {
      const [one, two] = [this.cursor(cursor), other.cursor(cursor)];
      if (one === two) continue;
      const known = new Set([...one.known].filter((column) => two.known.has(column)));
      const isNull = one.isNull || two.isNull;
      const bound = joinBounds(one.bound, two.bound);
      const isSame = isSameBound(bound, one.bound);
      if (isNull === one.isNull && known.size === one.known.size && isSame) continue;
      cursors ??= this.#cursors.slice();
      while (cursors.length < cursor) cursors.push(undefined);
      cursors[cursor] = { isNull, known, bound };
    }
    return cursors;
  }

  /** By what the program decides where to go: constants of registers, and what is done. Those that differ are kept apart. */
  keyOf(registers: readonly number[]): string {
    let key = this.#done;
    for (const register of registers) key += `${this.#registers[register]?.constant ?? ""},`;
    return key;
  }
}
