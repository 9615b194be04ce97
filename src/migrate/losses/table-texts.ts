/** The texts of tables, as statements make, rename and drop them one after the other. */

import { isPragma, tableStatement } from "./table-statements.ts";

export interface TableText {
  /** What made it. */
  readonly text: string;
  /** Its name before the first of the statements. */
  readonly origin: string;
  /** The names of its columns that have changed since, by those in the text. */
  readonly columns: ReadonlyMap<string, string>;
  /** Which of the statements made it; undefined for one that was there. */
  readonly madeBy: number | undefined;
}

/** A table that another one takes the place of. */
export interface Remade {
  readonly before: TableText;
  readonly after: TableText;
}

interface Dropped {
  readonly name: string;
  readonly table: TableText | undefined;
}

/** With names in small letters. */
export class TableTexts {
  readonly #tables = new Map<string, TableText>();
  /** The names that tables have now, by those before. */
  readonly #names = new Map<string, string>();
  #dropped: Dropped | undefined;
  #count = 0;

  constructor(tables: Iterable<readonly [name: string, text: string]> = []) {
    for (const [name, text] of tables) this.#set(name.toLowerCase(), text, undefined);
  }

  /** By the name of now. */
  nameOf = (name: string): string => this.#names.get(name) ?? name;

  /** The tables that there are now, as if no statement had come before. */
  asTheyAre(): TableTexts {
    const now = new TableTexts();
    for (const [name, table] of this.#tables)
      now.#tables.set(name, { ...table, origin: name, madeBy: undefined });
    return now;
  }

  /** @returns What it puts in the place of another table. */
  apply(statement: string): Remade | undefined {
    const at = this.#count++;
    if (isPragma(statement)) return undefined;
    const { kind, names: [name = "", to = "", next = ""] = [] } = tableStatement(statement) ?? {};
    const dropped = this.#dropped;
    this.#dropped = undefined;
    switch (kind) {
      case "create":
        this.#set(name, statement, at);
        return undefined;
      case "drop":
        return this.#drop(name);
      case "rename":
        return this.#rename(name, to, dropped);
      case "renameColumn":
        this.#renameColumn(name, to, next);
        return undefined;
      default:
        return undefined;
    }
  }

  #set(name: string, text: string, madeBy: number | undefined): void {
    this.#tables.set(name, { text, origin: name, columns: new Map(), madeBy });
  }

  /** One that was put aside, when another one of its name is there by now. */
  #drop(name: string): Remade | undefined {
    const table = this.#tables.get(name);
    this.#tables.delete(name);
    this.#dropped = { name, table };
    const after = table && this.#tables.get(table.origin);
    if (table === undefined || table.madeBy !== undefined) return undefined;
    // One that only got the name took another one's place.
    if (after?.madeBy === undefined || after.origin !== table.origin) return undefined;
    this.#names.delete(table.origin);
    return { before: table, after };
  }

  #rename(from: string, to: string, dropped: Dropped | undefined): Remade | undefined {
    const table = this.#tables.get(from);
    if (table === undefined) return undefined;
    this.#tables.delete(from);
    this.#tables.set(to, table);
    if (table.madeBy === undefined) this.#names.set(table.origin, to);
    if (table.madeBy === undefined || dropped?.name !== to) return undefined;
    // Nobody else knows of one that the statements made themselves.
    if (dropped.table === undefined || dropped.table.madeBy !== undefined) return undefined;
    return { before: dropped.table, after: table };
  }

  #renameColumn(name: string, from: string, to: string): void {
    const table = this.#tables.get(name);
    if (table === undefined) return;
    const columns = new Map(table.columns);
    const [own = from] = [...columns].find(([, now]) => now === from) ?? [];
    columns.set(own, to);
    this.#tables.set(name, { ...table, columns });
  }
}
