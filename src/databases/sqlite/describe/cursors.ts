/** What the cursors of a program read: tables, indexes, and tables of the program's own. */

import { orderOf, type Order } from "./bounds.ts";
import type { Instruction } from "./program.ts";
import type { Record, Tables } from "./tables.ts";
import { isSameValue, joinValues, UNSET, type Value } from "./values.ts";

/** The program does something that isn't known here. */
export class UnknownInstructionError extends Error {
  override readonly name = "UnknownInstructionError";
}

/** A page that stands in a register. */
const PAGE_IN_REGISTER = 0x10;

/** `OpenEphemeral` with three that read the same right behind it is what a window function begins with. */
function isWindow(program: readonly Instruction[], at: number): boolean {
  const { opcode, p1 } = program[at]!;
  if (opcode !== "OpenEphemeral") return false;
  return [1, 2, 3].every((next) => {
    const other = program[at + next];
    return other?.opcode === "OpenDup" && other.p1 === p1 + next && other.p2 === p1;
  });
}

export class Cursors {
  /** Records of what is stored. */
  readonly #stored = new Map<number, Record>();
  /** What the number of a row is, where it is a column. */
  readonly #rowNumbers = new Map<number, Value | undefined>();
  /** Tables of the program's own. */
  readonly #own = new Set<number>();
  /** All that is ever put into them, as one record. */
  readonly #contents = new Map<number, Record>();
  /** Cursors that read what another one does. */
  readonly #owners = new Map<number, number>();
  /** How the indexes are sorted that cursors read. */
  readonly #orders = new Map<number, Order>();
  /** Tables of the rows that window functions are of. */
  readonly #windows = new Set<number>();
  /** The registers of cursors that read a record there. */
  readonly #registers = new Map<number, number>();

  /** @throws {UnknownInstructionError} where a cursor is of one table here and of another there. */
  constructor(program: readonly Instruction[], tables: Tables) {
    const opened = new Map<number, string>();
    for (const [at, one] of program.entries()) {
      const { opcode, p1, p2, p3, p4, p5 } = one;
      if (!/^(?:Open|ReopenIdx|SorterOpen|VOpen)/.test(opcode)) continue;
      const isStored = /^(?:OpenRead|OpenWrite|ReopenIdx)$/.test(opcode);
      const what = isStored ? `${p3}.${p2}` : opcode;
      if ((opened.get(p1) ?? what) !== what)
        throw new UnknownInstructionError("a cursor of two tables");
      opened.set(p1, what);
      if (isWindow(program, at)) this.#windows.add(p1);
      if (opcode === "OpenDup") this.#owners.set(p1, p2);
      else if (opcode === "OpenPseudo") this.#registers.set(p1, p2);
      else if (!isStored && opcode !== "VOpen") this.#own.add(p1);
      const isKnown = isStored && (opcode !== "OpenWrite" || (p5 & PAGE_IN_REGISTER) === 0);
      const record = isKnown ? tables.records.get(what) : undefined;
      if (record === undefined) continue;
      this.#stored.set(p1, record);
      this.#rowNumbers.set(p1, tables.rowNumbers.get(what));
      const order = orderOf(p4);
      if (order !== undefined) this.#orders.set(p1, order);
    }
  }

  #ownerOf(cursor: number): number {
    const owner = this.#owners.get(cursor);
    return owner === undefined ? cursor : this.#ownerOf(owner);
  }

  isOwn(cursor: number): boolean {
    return this.#own.has(this.#ownerOf(cursor));
  }

  /** Whether it reads the rows of a window, where SQLite reads from no cursor that is behind the last. */
  isOfWindow(cursor: number): boolean {
    return this.#windows.has(this.#ownerOf(cursor));
  }

  /** Undefined for what is no index. */
  orderOf(cursor: number): Order | undefined {
    return this.#orders.get(cursor);
  }

  /** Where columns of a row stand in a row of the same that another cursor reads. */
  sameColumns(cursor: number, columns: Iterable<number>, other: number): readonly number[] {
    const names = new Set([...columns].map((at) => this.#stored.get(cursor)?.[at]?.column));
    names.delete(undefined);
    const record = this.#stored.get(other) ?? [];
    return record.flatMap(({ column }, at) => (names.has(column) ? [at] : []));
  }

  /** The register of a cursor that reads a record there. */
  registerOf(cursor: number): number | undefined {
    return this.#registers.get(cursor);
  }

  rowNumberOf(cursor: number): Value | undefined {
    return this.#rowNumbers.get(cursor);
  }

  storedRecordOf(cursor: number): Record | undefined {
    return this.#stored.get(this.#ownerOf(cursor));
  }

  recordOf(cursor: number): Record | undefined {
    return this.storedRecordOf(cursor) ?? this.#contents.get(this.#ownerOf(cursor));
  }

  /**
   * Puts a record into a table of the program's own.
   *
   * @returns whether it holds more than before.
   */
  add(cursor: number, { row: added = [] }: Value): boolean {
    const owner = this.#ownerOf(cursor);
    const before = this.#contents.get(owner);
    const longest = before === undefined || added.length > before.length ? added : before;
    const joined =
      before === undefined
        ? added
        : longest.map((_, at) => joinValues(before[at] ?? UNSET, added[at] ?? UNSET));
    const isSame =
      before?.length === joined.length &&
      joined.every((value, at) => isSameValue(value, before[at]!));
    if (!isSame) this.#contents.set(owner, joined);
    return !isSame;
  }
}
