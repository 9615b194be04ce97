/** Related rows inside of another query: those that belong to the row around it. */

import {
  CompareNode,
  FragmentNode,
  isNamedAlike,
  SubqueryNode,
  type AnyExpression,
  type Condition,
  type Source,
} from "../../ast/expression.ts";
import { mapColumns } from "../../ast/map-columns.ts";
import type { SelectionRecord, SelectStatement } from "../../ast/statement.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { Relation } from "../../schema/relation.ts";
import { infoOf, type AnyTable, type AnyTableColumn, type TableInfo } from "../../schema/table.ts";
import { emptyStatement } from "../statement.ts";
import { allOf, joinsOf, pairwise, type Stop } from "./joins.ts";

/** How many queries inside of one another an alias of ours is deep. */
const depths = new WeakMap<TableInfo, number>();

/** The stops of a relation inside of the query that reads its owner, and the target as a table. */
interface Stops {
  readonly stops: readonly Stop[];
  readonly table: AnyTable;
}

/** Where names would clash a table gets another one, so that the owner's columns mean the row around. */
function stopsWithin({ owner, steps, table }: Relation): Stops {
  const depth = (depths.get(owner) ?? 0) + 1;
  const taken: Source[] = [owner];
  let target = table;
  const stops = [...steps].reverse().map(({ table: own }, index): Stop => {
    const isTaken = taken.some((source) => isNamedAlike(source, own));
    const alias = index === 0 ? `related_${depth}` : `through_${depth}_${index}`;
    const aliased = isTaken ? own.aliased(alias) : undefined;
    const info = aliased === undefined ? own : infoOf(aliased);
    if (aliased !== undefined) depths.set(info, depth);
    if (index === 0) target = aliased ?? table;
    taken.push(info);
    return {
      info,
      columns: (columns) => (isTaken ? columns.map(({ key }) => info.column(key)!) : columns),
    };
  });
  return { stops: stops.reverse(), table: target };
}

/** A condition over the tables as they are declared, said of them by the names that they have there. */
function moved(condition: Condition, { name, steps }: Relation, stops: readonly Stop[]): Condition {
  const infos = new Map<Source, TableInfo>();
  steps.forEach(({ table }, index) => infos.set(table, stops[index]!.info));
  if ([...infos].every(([source, info]) => source === info)) return condition;
  return mapColumns(condition, {
    column: (column) => infos.get(column.source)?.column((column as AnyTableColumn).key) ?? column,
    source: (source) => infos.get(source) ?? source,
    query: () => {
      throw new InvalidValueError(
        `The condition over relation "${name}", which leads to its own table, holds a query.`,
        { hint: "Write it as a function of the related row: some(relation, (row) => …)." },
      );
    },
  }) as Condition;
}

/** What is asked of the related rows: columns of the target mean them, or those of the table that a function gets. */
export type RelatedCondition<Target extends AnyTable> = Condition | ((row: Target) => Condition);

/** The related rows of the row around, for a query to select from. */
export interface Within {
  readonly table: AnyTable;
  conditionOf(condition: RelatedCondition<AnyTable>): Condition;
  select(value: AnyExpression, condition: AnyExpression | undefined): SelectStatement;
}

export function within(relation: Relation): Within {
  const { from } = relation.steps[0]!;
  const { stops, table } = stopsWithin(relation);
  const own = relation.where && moved(relation.where, relation, stops);
  const start = allOf([
    pairwise(stops[0]!.columns(relation.steps[0]!.to), from),
    relation.ownerWhere,
  ])!;
  return {
    table,
    conditionOf: (condition) =>
      typeof condition === "function" ? condition(table) : moved(condition, relation, stops),
    select: (value, condition) => {
      const record: SelectionRecord = { keys: ["value"], values: [value], source: undefined };
      const way = relation.isDistinct
        ? { joins: joinsOf(relation.steps, stops), where: [start, own, condition] }
        : { joins: [], where: [led(relation, stops, start), own, condition] };
      return {
        ...emptyStatement(infoOf(table), record),
        joins: way.joins,
        where: allOf(way.where),
      };
    },
  };
}

/** Whether a way leads from the row around to this one, however many there are. */
function led({ steps }: Relation, stops: readonly Stop[], start: AnyExpression): AnyExpression {
  const last = steps.at(-1)!;
  const end = stops.at(-2)!;
  const arrives = end
    .columns(last.from)
    .map((column, index) => new CompareNode("=", column, stops.at(-1)!.columns(last.to)[index]!));
  const statement: SelectStatement = {
    ...emptyStatement(end.info, { keys: ["value"], values: [ONE], source: undefined }),
    joins: joinsOf(steps.slice(0, -1), stops.slice(0, -1)),
    where: allOf([start, ...arrives]),
  };
  return new SubqueryNode("exists", statement);
}

export const ONE: FragmentNode<number> = new FragmentNode<number>(["1"], []);
