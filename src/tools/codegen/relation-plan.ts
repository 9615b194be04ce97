/** The relations that foreign keys imply, both ways, named as a person would name them. */

import type { LogicalType } from "../../ast/logical-type.ts";
import { isExact } from "../../schema/collation.ts";
import type { ColumnModel, ForeignKeyModel, TableModel } from "../../schema/model.ts";
import { keyOf } from "../../schema/moves.ts";
import { spellTogether, Taken } from "./identifiers.ts";
import { pluralOf, singularOf } from "./plural.ts";

/** What relations are between, by the names in the module. */
export interface RelatedTable {
  readonly model: TableModel;
  readonly constant: string;
  /** Its name as a word of a relation's. */
  readonly noun: string;
  /** Keys of columns by their names. */
  keyOf(column: string): string;
  /** The names of relations that are declared already. */
  readonly relations?: Iterable<string> | undefined;
  /** Whether what is to be said of a foreign key was said already, or left out on purpose. */
  isKnown?(key: ForeignKeyModel): boolean;
}

export interface RelationPlan {
  /** Undefined for one that is declared already, or was left out on purpose. */
  readonly name: string | undefined;
  readonly cardinality: "many" | "one";
  readonly target: RelatedTable;
  /** The foreign key, in the table that holds it. */
  readonly key?: { readonly of: RelatedTable; readonly columns: readonly string[] };
  /** Whether `on` is to name it. */
  readonly isNamed?: boolean;
  readonly through?: {
    readonly table: RelatedTable;
    /** The columns of the keys, where they are to be named. */
    readonly columns?: readonly [string, string];
  };
}

/** A foreign key between two tables of the model. */
interface Edge {
  readonly key: ForeignKeyModel;
  readonly from: RelatedTable;
  readonly to: RelatedTable;
  readonly isNullable: boolean;
  /** Whether a row of the target has one row at most. */
  readonly isUnique: boolean;
}

/** Values that a program can't compare as every database does. `reference.ts` refuses them. */
function isUnfit(type: LogicalType): boolean {
  if (type.kind === "json" || type.kind === "array" || type.kind === "custom") return true;
  if (type.kind === "timestamp") return type.precision > 3;
  return type.kind === "text" && !isExact(type);
}

function keysOf({ indexes, primaryKey, uniques }: TableModel): (readonly string[])[] {
  return [
    ...(primaryKey === undefined ? [] : [primaryKey.columns]),
    ...uniques.map(({ columns }) => columns),
    ...indexes
      .filter(
        ({ columns, isUnique, terms, where }) =>
          isUnique && where === undefined && columns.length === terms.length,
      )
      .map(({ columns }) => columns),
  ];
}

function columnsOf({ model }: RelatedTable, names: readonly string[]): readonly ColumnModel[] {
  return model.columns.filter(({ name }) => names.includes(name));
}

function edgesOf(tables: readonly RelatedTable[]): Edge[] {
  const byPlace = new Map(tables.map((table) => [keyOf(table.model), table]));
  return tables.flatMap((from) =>
    from.model.foreignKeys.flatMap((key): Edge[] => {
      const to = byPlace.get(keyOf({ schema: key.targetSchema, name: key.target }));
      if (to === undefined) return [];
      const columns = columnsOf(from, key.columns);
      const both = [...columns, ...columnsOf(to, key.targetColumns)];
      if (both.some(({ type }) => isUnfit(type))) return [];
      const isUnique = keysOf(from.model).some((own) =>
        own.every((column) => key.columns.includes(column)),
      );
      return [{ key, from, to, isNullable: columns.some(({ nullable }) => nullable), isUnique }];
    }),
  );
}

const KEY_ENDS = /(?:Id|Uuid|Guid|Fk|Key|Code|No|Ref|ID)$/;

/** What a key is called after: `authorId` is the author's. Undefined for a column that says no more than the table. */
function roleOf({ from, key, to }: Edge): string | undefined {
  const [column, ...others] = key.columns;
  if (column === undefined || others.length > 0) return undefined;
  const own = from.keyOf(column);
  const role = own.replace(KEY_ENDS, "");
  const target = key.targetColumns[0] === undefined ? "" : to.keyOf(key.targetColumns[0]);
  // The key of a table that is also a key to another one, as `id` is.
  if (role === "" || /^id$/i.test(own)) return undefined;
  // `albumId` of a table where it points at `albumId`.
  return own === target && role === own ? undefined : role;
}

function keyOfEdge({ from, key }: Edge): RelationPlan["key"] & {} {
  return { of: from, columns: key.columns };
}

class Planner {
  readonly #edges: readonly Edge[];
  readonly #taken = new Map<RelatedTable, Taken>();
  readonly plans = new Map<RelatedTable, RelationPlan[]>();

  constructor(tables: readonly RelatedTable[]) {
    this.#edges = edgesOf(tables);
    for (const table of tables) {
      const keys = table.model.columns.map(({ name }) => table.keyOf(name));
      this.#taken.set(table, new Taken([...keys, ...(table.relations ?? []), "__proto__"]));
      this.plans.set(table, []);
    }
    for (const edge of this.#edges) this.#addOne(edge);
    for (const edge of this.#edges) this.#addBack(edge);
    for (const table of tables) this.#addThrough(table);
  }

  #add(
    owner: RelatedTable,
    names: readonly [string, ...string[]],
    plan: Omit<RelationPlan, "name">,
    ...edges: readonly Edge[]
  ): void {
    const isKnown = edges.every(({ from, key }) => from.isKnown?.(key) === true);
    const name = isKnown ? undefined : this.#taken.get(owner)!.take(...names);
    this.plans.get(owner)!.push({ name, ...plan });
  }

  #between(from: RelatedTable, to: RelatedTable): readonly Edge[] {
    return this.#edges.filter((edge) => edge.from === from && edge.to === to);
  }

  /** What `r.one` would have to choose from. */
  #choices(owner: RelatedTable, target: RelatedTable): number {
    if (owner === target) return 2;
    const back = this.#between(target, owner).filter(({ isUnique }) => isUnique);
    return this.#between(owner, target).length + back.length;
  }

  #addOne(edge: Edge): void {
    const { from, isNullable, to } = edge;
    const target = singularOf(to.noun);
    const role = roleOf(edge);
    const isNamed = isNullable || this.#choices(from, to) > 1;
    const names = role === undefined ? [target] : [role, spellTogether(role, target)];
    const plan = { cardinality: "one", target: to, key: keyOfEdge(edge), isNamed } as const;
    this.#add(from, names as [string, ...string[]], plan, edge);
  }

  #addBack(edge: Edge): void {
    const { from, isUnique, to } = edge;
    const siblings = this.#between(from, to);
    const isSelf = from === to;
    const role = roleOf(edge);
    const noun = isUnique && !isSelf ? singularOf(from.noun) : pluralOf(from.noun);
    const byRole = role === undefined ? noun : spellTogether(role, noun);
    const cardinality = isUnique && !isSelf ? "one" : "many";
    const isNamed = isSelf || cardinality === "one" || siblings.length > 1;
    const plain = role === "parent" && isSelf ? "children" : noun;
    const plan = { cardinality, target: from, key: keyOfEdge(edge), isNamed } as const;
    this.#add(to, siblings.length > 1 ? [byRole] : [plain, byRole], plan, edge);
  }

  /** A table whose row is made of two keys alone, and what the database gives by itself. */
  #addThrough(table: RelatedTable): void {
    const edges = this.#edges.filter(({ from }) => from === table);
    const [first, second] = edges;
    if (first === undefined || second === undefined || edges.length > 2) return;
    if (table.model.foreignKeys.length > 2) return;
    if (first.to === table || second.to === table) return;
    const columns = [...first.key.columns, ...second.key.columns];
    if (new Set(columns).size < columns.length || columns.length > 2) return;
    const isPure = table.model.columns.every(
      ({ default: value, generated, isAutoIncrement, name }) =>
        columns.includes(name) || isAutoIncrement || value !== undefined || generated !== undefined,
    );
    const isPair = keysOf(table.model).some(
      (key) => key.length === 2 && key.every((column) => columns.includes(column)),
    );
    if (!isPure || !isPair) return;
    this.#pair(table, first, second);
    this.#pair(table, second, first);
  }

  #pair(table: RelatedTable, near: Edge, far: Edge): void {
    const isSelf = near.to === far.to;
    const role = roleOf(far);
    const noun = isSelf && role !== undefined ? pluralOf(role) : pluralOf(far.to.noun);
    const back = this.#edges.some(
      ({ from, to }) => (from === near.to || from === far.to) && to === table,
    );
    const columns = [near.key.columns[0]!, far.key.columns[0]!] as const;
    const through = { table, ...((isSelf || back) && { columns }) };
    const plan = { cardinality: "many", target: far.to, through } as const;
    this.#add(near.to, [noun, spellTogether(table.noun, noun)], plan, near, far);
  }
}

/** The relations of each table, in the order in which they are to stand. */
export function planRelations(
  tables: readonly RelatedTable[],
): ReadonlyMap<RelatedTable, readonly RelationPlan[]> {
  return new Planner(tables).plans;
}
