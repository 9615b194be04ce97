/** What is known before an instruction of SQLite's machine: its registers and its cursors. */

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
}

const FRESH: CursorState = { isNull: false, known: new Set() };

export class State {
  readonly #registers: Map<number, Value>;
  readonly #cursors: Map<number, CursorState>;

  constructor(
    registers: Map<number, Value> = new Map(),
    cursors: Map<number, CursorState> = new Map(),
  ) {
    this.#registers = registers;
    this.#cursors = cursors;
  }

  copy(): State {
    return new State(new Map(this.#registers), new Map(this.#cursors));
  }

  get(register: number): Value {
    return this.#registers.get(register) ?? UNSET;
  }

  /** @param at The instruction that makes it; what it made before is another value now. */
  set(register: number, value: Value, at?: number): void {
    if (at === undefined) {
      this.#registers.set(register, value);
      return;
    }
    for (const [other, old] of this.#registers) {
      const left = withoutNeeds(old, (name) => name === `=${at}`);
      if (left.id === at) this.#registers.set(other, { ...left, id: undefined });
      else if (left !== old) this.#registers.set(other, left);
    }
    this.#registers.set(register, { ...withoutNeeds(value, (name) => name === `=${at}`), id: at });
  }

  cursor(cursor: number): CursorState {
    return this.#cursors.get(cursor) ?? FRESH;
  }

  /** The cursor goes to another row, or to none. */
  move(cursor: number, isNull = false): void {
    this.#cursors.set(cursor, { isNull, known: new Set() });
    for (const [register, value] of this.#registers) {
      const left = withoutNeeds(value, (name) => name.startsWith(`${cursor}.`));
      if (left.place?.cursor === cursor)
        this.#registers.set(register, { ...left, place: undefined });
      else if (left !== value) this.#registers.set(register, left);
    }
  }

  /** The cursor stands on a row. */
  stand(cursor: number): void {
    this.#cursors.set(cursor, { ...this.cursor(cursor), isNull: false });
  }

  /** The register isn't NULL, nor is what is the same value, nor what it was made of. */
  exclude(register: number): void {
    const value = this.get(register);
    this.#registers.set(register, { ...value, kinds: value.kinds & ~NULL });
    const names = new Set(needsOf([value])?.split(" "));
    for (const [other, { id, ...rest }] of this.#registers) {
      if (id !== undefined && names.has(`=${id}`))
        this.#registers.set(other, { ...rest, id, kinds: rest.kinds & ~NULL });
    }
    for (const name of names) {
      const [cursor = "", column = ""] = name.split(".");
      if (name.startsWith("=")) continue;
      const { known } = this.cursor(Number(cursor));
      this.#cursors.set(Number(cursor), {
        isNull: false,
        known: new Set([...known, Number(column)]),
      });
    }
  }

  /** What holds here and there; undefined where nothing new is learnt from the other. */
  join(other: State): State | undefined {
    const joined = this.copy();
    let isNew = false;
    for (const register of new Set([...this.#registers.keys(), ...other.#registers.keys()])) {
      const value = joinValues(this.get(register), other.get(register));
      if (isSameValue(value, this.get(register))) continue;
      joined.#registers.set(register, value);
      isNew = true;
    }
    for (const cursor of new Set([...this.#cursors.keys(), ...other.#cursors.keys()])) {
      const [one, two] = [this.cursor(cursor), other.cursor(cursor)];
      const known = new Set([...one.known].filter((column) => two.known.has(column)));
      const isNull = one.isNull || two.isNull;
      if (isNull === one.isNull && known.size === one.known.size) continue;
      joined.#cursors.set(cursor, { isNull, known });
      isNew = true;
    }
    return isNew ? joined : undefined;
  }

  /** The constants of registers by which the program decides where to go: those that differ are kept apart. */
  keyOf(registers: readonly number[]): string {
    return registers.map((register) => this.get(register).constant ?? "").join();
  }
}
