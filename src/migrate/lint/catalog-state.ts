/** What earlier migrations have made, as far as their SQL tells. */

import type { Action, Ddl } from "./ddl.ts";
import type { ColumnDefinition } from "./definitions.ts";

export interface KnownTable {
  readonly columns: Map<string, ColumnDefinition>;
  /** The columns of keys, uniques and indexes, each as one text. */
  readonly keys: Set<string>;
  readonly indexes: Set<string>;
  /** Checks that a column is not NULL, by their names: whether all rows are known to meet them. */
  readonly notNulls: Map<string, { readonly column: string; readonly isValid: boolean }>;
}

/** Whether a check has shown already that no row has NULL there. */
export function isKnownNotNull({ notNulls }: KnownTable, column: string): boolean {
  return [...notNulls.values()].some((check) => check.isValid && check.column === column);
}

export function columnList(columns: readonly string[]): string {
  return JSON.stringify(columns);
}

/** Whether an index or a key begins with the columns. */
export function isServed({ indexes, keys }: KnownTable, columns: readonly string[]): boolean {
  const prefix = columnList(columns).slice(0, -1);
  return [...indexes, ...keys].some(
    (list) => list.startsWith(prefix) && /^[,\]]/.test(list.slice(prefix.length)),
  );
}

export class KnownTables {
  readonly #tables = new Map<string, KnownTable>();
  /** Names of indexes, with their tables. */
  readonly #indexes = new Map<string, { readonly table: string; readonly list: string }>();

  readonly #enums = new Map<string, readonly string[]>();

  /** The values of an enum that is a type of its own. */
  enumValues(type: string): readonly string[] {
    return this.#enums.get(type) ?? [];
  }

  get(name: string): KnownTable | undefined {
    return this.#tables.get(name);
  }

  apply(ddl: Ddl): void {
    switch (ddl.kind) {
      case "createTable": {
        const columns = new Map(ddl.columns.map((column) => [column.name, column]));
        const keys = ddl.constraints
          .filter(({ of }) => of === "primary key" || of === "unique")
          .map((constraint) => columnList(constraint.columns));
        const own = ddl.columns
          .filter(({ isKey, isUnique }) => isKey || isUnique)
          .map(({ name }) => columnList([name]));
        this.#tables.set(ddl.table, {
          columns,
          keys: new Set([...keys, ...own]),
          indexes: new Set(),
          notNulls: new Map(),
        });
        return;
      }
      case "dropTable":
        for (const name of ddl.tables) this.#tables.delete(name);
        return;
      case "createIndex": {
        const list = columnList(ddl.columns);
        this.#indexes.set(ddl.name, { table: ddl.table, list });
        if (!ddl.isPartial) this.#tables.get(ddl.table)?.indexes.add(list);
        return;
      }
      case "dropIndex": {
        const index = this.#indexes.get(ddl.name);
        if (index !== undefined) this.#tables.get(index.table)?.indexes.delete(index.list);
        return;
      }
      case "createEnum":
        this.#enums.set(ddl.type, ddl.values);
        return;
      case "alterTable":
        for (const action of ddl.actions) this.#alter(ddl.table, action);
        return;
      default:
      // The rest changes no table.
    }
  }

  #alter(name: string, action: Action): void {
    const table = this.#tables.get(name);
    if (table === undefined) return;
    const { columns, keys, notNulls } = table;
    switch (action.kind) {
      case "addColumn":
        columns.set(action.column.name, action.column);
        return;
      case "changeColumn":
        columns.delete(action.from);
        columns.set(action.column.name, action.column);
        return;
      case "dropColumn":
        columns.delete(action.column);
        return;
      case "alterType":
        this.#change(columns, action.column, { type: action.type });
        return;
      case "setNotNull":
      case "dropNotNull":
        this.#change(columns, action.column, { isRequired: action.kind === "setNotNull" });
        return;
      case "renameColumn": {
        const column = columns.get(action.column);
        columns.delete(action.column);
        if (column !== undefined) columns.set(action.to, { ...column, name: action.to });
        return;
      }
      case "renameTable":
        this.#tables.delete(name);
        this.#tables.set(action.to, table);
        return;
      case "addConstraint":
        if (action.constraint.of === "primary key" || action.constraint.of === "unique")
          keys.add(columnList(action.constraint.columns));
        if (action.constraint.notNullColumn !== undefined)
          notNulls.set(action.constraint.name ?? "", {
            column: action.constraint.notNullColumn,
            isValid: !action.constraint.isNotValid,
          });
        return;
      case "validate": {
        const check = notNulls.get(action.name);
        if (check !== undefined) notNulls.set(action.name, { ...check, isValid: true });
        return;
      }
      default:
      // The rest changes nothing that a rule asks for.
    }
  }

  #change(
    columns: Map<string, ColumnDefinition>,
    name: string,
    changes: Partial<ColumnDefinition>,
  ): void {
    const column = columns.get(name);
    if (column !== undefined) columns.set(name, { ...column, ...changes });
  }
}
