/** The query that reads the related rows of many rows at once. */

import {
  CompareNode,
  InListNode,
  InQueryNode,
  LogicNode,
  nodeOf,
  ValueNode,
  type AnyExpression,
  type Condition,
} from "../../ast/expression.ts";
import { visit } from "../../ast/visit.ts";
import type { DerivedSource } from "../../ast/derived.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import type {
  JoinClause,
  OrderTerm,
  SelectionRecord,
  SelectStatement,
} from "../../ast/statement.ts";
import type { Relation, RelationStep } from "../../schema/relation.ts";
import { infoOf, sourceOf, type AnyTableColumn, type TableInfo } from "../../schema/table.ts";
import { over, rowNumber } from "../functions/window.ts";
import { asc } from "../order.ts";
import { inputsOf, queryTable } from "../read/derived.ts";
import { liftDeleted, type Lifts } from "../lifts.ts";
import { emptyStatement } from "../statement.ts";
import { allOf, joinsOf, pairwise, type Stop } from "./joins.ts";
import { isFound, valueFor, type Key, type Keys } from "./keys.ts";
import type { Branch } from "./tree.ts";

const COUNT: LogicalType = { kind: "bigint", mode: "number" };

/** Where a table stands twice on the way, the one that is nearer to the target keeps its name. */
function stopsOf(steps: readonly RelationStep[]): Stop[] {
  const taken = new Set<TableInfo>();
  return [...steps]
    .reverse()
    .map(({ table }, index): Stop => {
      const isTaken = taken.has(table);
      taken.add(table);
      const info = isTaken ? infoOf(table.aliased(`through_${index}`)) : table;
      return {
        info,
        columns: (columns) =>
          isTaken ? columns.map((column) => info.column(column.key)!) : columns,
      };
    })
    .reverse();
}

/** Pairs are compared one by one, in as many as a power of two, so that their number doesn't make a plan for each. */
const MAX_PAIRS = 128;

/** The keys in lots of which each is one query. */
export function lotsOf(keys: readonly Key[]): (readonly Key[])[] {
  if (keys[0]!.length === 1) return [keys];
  const lots = [];
  for (let start = 0; start < keys.length; start += MAX_PAIRS)
    lots.push(keys.slice(start, start + MAX_PAIRS));
  return lots;
}

/** A single key is compared as such: a server's plan for a list is one for more rows. */
function isOneOf(columns: readonly AnyTableColumn[], keys: Keys): AnyExpression {
  const [column] = columns;
  if (isFound(keys)) return new InQueryNode(column!, keys, false, true);
  if (keys.length === 1) return isKey(columns, keys[0]!);
  if (columns.length === 1)
    return new InListNode(
      column!,
      keys.map(([value]) => valueFor(column!, value)),
      column!.type,
      false,
    );
  const size = 2 ** Math.ceil(Math.log2(keys.length));
  const pairs = Array.from({ length: size }, (_, index) =>
    isKey(columns, keys[Math.min(index, keys.length - 1)]!),
  );
  return new LogicNode("or", pairs);
}

function isKey(columns: readonly AnyTableColumn[], key: Key): AnyExpression {
  const values = columns.map((own, place) => new ValueNode(valueFor(own, key[place]), own.type));
  return pairwise(columns, values);
}

/** A query for the related rows of some rows, but for what it selects of them. */
export interface RelatedSelect {
  /** By which a related row is put to the row that it belongs to. */
  readonly keys: readonly AnyExpression[];
  /** Whether it differs from others of the branch in nothing but what `forKeys` says. */
  readonly isFixed: boolean;
  /** Whether its rows are those of the target, to which others may be joined. */
  readonly isOpen: boolean;
  select(record: SelectionRecord): SelectStatement;
}

/**
 * @param wanted Those of the rows whose related rows are read.
 * @param lifts Of the query to whose rows they belong.
 */
export function relatedSelect(branch: Branch, wanted: Keys, lifts: Lifts): RelatedSelect {
  return branch.relation.isDistinct
    ? joinedSelect(branch, wanted, lifts)
    : pairedSelect(branch, wanted, lifts);
}

function isOne(wanted: Keys): boolean {
  return !isFound(wanted) && wanted.length === 1;
}

/** Those of the related rows. */
function liftsOf({ relation, withDeleted }: Branch, lifts: Lifts): Lifts {
  return withDeleted ? liftDeleted(lifts, relation.target, "with") : lifts;
}

/** The target, joined with the tables on the way. */
function joinedSelect(branch: Branch, wanted: Keys, lifts: Lifts): RelatedSelect {
  const { joins, keys } = wayOf(branch.relation);
  const select = (record: SelectionRecord): SelectStatement => {
    const statement = { ...emptyStatement(branch.relation.target, record), joins };
    return forKeys(statement, branch, wanted, lifts);
  };
  return narrowed({ keys, isFixed: true, isOpen: true, select }, branch, isOne(wanted));
}

/** A query of a branch, for these keys. */
export function forKeys(
  statement: SelectStatement,
  branch: Branch,
  wanted: Keys,
  lifts: Lifts,
): SelectStatement {
  const { relation, where } = branch;
  const { keys } = wayOf(relation);
  return {
    ...statement,
    where: allOf([isOneOf(keys, wanted), relation.where, where]),
    lifts: liftsOf(branch, lifts),
  };
}

interface Way {
  readonly keys: readonly AnyTableColumn[];
  readonly joins: readonly JoinClause[];
}

const ways = new WeakMap<Relation, Way>();

function wayOf(relation: Relation): Way {
  let way = ways.get(relation);
  if (way === undefined) {
    const { steps } = relation;
    const stops = stopsOf(steps);
    way = { keys: stops[0]!.columns(steps[0]!.to), joins: joinsOf(steps, stops) };
    ways.set(relation, way);
  }
  return way;
}

/** The target, joined with each pair of a row and what it leads to, once. */
function pairedSelect(branch: Branch, wanted: Keys, lifts: Lifts): RelatedSelect {
  const { relation, where } = branch;
  const { steps, target } = relation;
  const last = steps.at(-1)!;
  const hops = steps.slice(0, -1);
  const stops = stopsOf(hops);
  const end = stops.at(-1)!;
  const first = stops[0]!.columns(steps[0]!.to);
  const columns = [...first, ...end.columns(last.from)];
  const { ofTarget, others } = splitByTarget(relation.where, target);
  const pairs = queryTable(
    {
      ...emptyStatement(end.info, {
        keys: columns.map((_, index) => `key${index}`),
        values: columns,
        source: undefined,
      }),
      lifts,
      distinct: true,
      joins: joinsOf(hops, stops),
      where: allOf([isOneOf(first, wanted), ...others]),
    },
    "pairs",
  );
  const source = sourceOf(pairs) as DerivedSource;
  const keys = source.columns.slice(0, first.length);
  const on = pairwise(source.columns.slice(first.length), last.to);
  const joins: JoinClause[] = [{ kind: "inner", source, inputs: inputsOf(pairs), on }];
  const select = (record: SelectionRecord): SelectStatement => ({
    ...emptyStatement(target, record, undefined, liftsOf(branch, lifts)),
    joins,
    where: allOf([...ofTarget, where]),
  });
  return narrowed({ keys, isFixed: false, isOpen: true, select }, branch, isOne(wanted));
}

function splitByTarget(
  condition: Condition | undefined,
  target: TableInfo,
): { ofTarget: AnyExpression[]; others: AnyExpression[] } {
  const split = { ofTarget: [] as AnyExpression[], others: [] as AnyExpression[] };
  if (condition === undefined) return split;
  const node = nodeOf(condition);
  const parts = node.kind === "logic" && node.operator === "and" ? node.operands : [condition];
  for (const part of parts) {
    let isOfTarget = true;
    visit(part, (inner) => {
      if (inner.kind === "column") isOfTarget &&= inner.source === target;
    });
    (isOfTarget ? split.ofTarget : split.others).push(part);
  }
  return split;
}

/** Whether not all related rows of a row are read. */
export function isCut({ limit, offset }: Branch): boolean {
  return limit !== undefined || offset > 0;
}

/** With its order, and its limit: of the only row's related rows, or of each row's by numbering them. */
function narrowed(related: RelatedSelect, branch: Branch, isOfOne: boolean): RelatedSelect {
  const { limit, offset, relation } = branch;
  const orderBy: readonly OrderTerm[] =
    isCut(branch) && branch.orderBy.length === 0
      ? relation.target.primaryKey.map((column) => asc(column))
      : branch.orderBy;
  const ordered = (record: SelectionRecord): SelectStatement => ({
    ...related.select(record),
    orderBy,
  });
  if (!isCut(branch)) return { ...related, select: ordered };
  if (isOfOne) {
    return {
      ...related,
      select: (record) => ({
        ...ordered(record),
        limit: limit === undefined ? undefined : new ValueNode(limit, COUNT),
        offset: offset === 0 ? undefined : new ValueNode(offset, COUNT),
      }),
    };
  }
  return {
    keys: related.keys,
    isFixed: false,
    isOpen: false,
    select: (record) => numbered(related, branch, orderBy, record),
  };
}

function numbered(
  related: RelatedSelect,
  { limit, offset }: Branch,
  orderBy: readonly OrderTerm[],
  record: SelectionRecord,
): SelectStatement {
  const place = over(rowNumber(), { partitionBy: related.keys, orderBy });
  const inner = related.select({
    keys: ["item", "place"],
    values: [record, place],
    source: undefined,
  });
  const table = queryTable(inner, "related");
  const source = sourceOf(table) as DerivedSource;
  const [item, number] = source.record.values as [SelectionRecord, AnyExpression];
  const after = new CompareNode(">", number, new ValueNode(offset, COUNT));
  const last = limit === undefined ? undefined : new ValueNode(offset + limit, COUNT);
  return {
    ...emptyStatement(source, item, inputsOf(table)),
    where: allOf([after, last && new CompareNode("<=", number, last)]),
    orderBy: [asc(number)],
  };
}
