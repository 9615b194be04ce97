/**
 * The walk from a statement to its shape. It follows the tree once, goes from kept node to kept node and collects the
 * values on its way. `template.ts` visits in the same order and must be changed with it; a test compares the two.
 */

import {
  nodeOf,
  Expression,
  type AnyExpression,
  type ExpressionNode,
  type WindowClause,
} from "./expression.ts";
import { pushCells, pushPlainRows } from "./plain-rows.ts";
import type { ShapeNode } from "./shape.ts";
import type {
  Assignment,
  ConflictClause,
  DeleteStatement,
  Inputs,
  InsertStatement,
  JoinClause,
  Lift,
  OrderTerm,
  SelectionNode,
  SelectionRecord,
  SelectStatement,
  Statement,
  UpdateStatement,
} from "./statement.ts";

const VALUE = Symbol("value");
const TYPED = Symbol("typed");
const END = Symbol("end");
/** A table's name, as the table alone stands for all its columns. */
const SOURCE = Symbol("source");
const OPEN = Symbol("open");
const ROWS = Symbol("rows");
const ROW = Symbol("row");
const DEFAULT = Symbol("default");
const WHERE = Symbol("where");
const ON = Symbol("on");
const GROUP = Symbol("group");
const HAVING = Symbol("having");
const ORDER = Symbol("order");
const SELECTED = Symbol("selected");
const OVER = Symbol("over");
const NULLS = Symbol("nulls");
const OPTION = Symbol("option");
const BESIDE = Symbol("beside");
const LIMIT = Symbol("limit");
const OFFSET = Symbol("offset");
const LOCK = Symbol("lock");
const DISTINCT = Symbol("distinct");
const DISTINCT_ON = Symbol("distinct on");
const QUERY = Symbol("query");
const COMMENT = Symbol("comment");
const PLAN = Symbol("plan");
const CONFLICT = Symbol("conflict");
const UPDATE = Symbol("update");
const SET = Symbol("set");
const RETURNING = Symbol("returning");
const LIFT = Symbol("lift");

/** A list longer than this is bound in buckets of powers of two, so that it doesn't make a plan for every length. */
const MAX_EXACT_LIST = 4;

/** How many places a list of this length takes; the last value fills the rest. */
export function listSize(length: number): number {
  return length <= MAX_EXACT_LIST ? length : 2 ** Math.ceil(Math.log2(length));
}

function walkExpression<Plan>(
  from: ShapeNode<Plan>,
  expression: AnyExpression,
  values: unknown[],
): ShapeNode<Plan> {
  const node = nodeOf(expression);
  switch (node.kind) {
    case "column":
    case "output":
      return from.to(node);
    case "value":
      values.push(node.value);
      return from.to(node.type ?? VALUE);
    case "compare":
      return walkExpression(
        walkExpression(from.to(node.operator), node.left, values),
        node.right,
        values,
      );
    case "logic":
      return walkAll(from.to(node.operator), node.operands, values);
    case "fragment": {
      let at = from.to(node.strings);
      if (node.type !== undefined) at = at.to(TYPED).to(node.type);
      for (const part of node.parts) at = walkExpression(at, part, values);
      return at;
    }
    default:
      return walkOther(from, node, values);
  }
}

type CommonKind = "column" | "compare" | "fragment" | "logic" | "output" | "value";

/** The kinds that few queries have. A function with all of them would be too long for the engine to put in place. */
function walkOther<Plan>(
  from: ShapeNode<Plan>,
  node: Exclude<ExpressionNode, { readonly kind: CommonKind }>,
  values: unknown[],
): ShapeNode<Plan> {
  switch (node.kind) {
    case "compareRows": {
      const left = walkAll(from.to("compare rows").to(node.operator), node.left, values);
      return walkAll(left, node.right, values);
    }
    case "not":
      return walkExpression(from.to("not"), node.operand, values);
    case "nullTest":
      return walkExpression(
        from.to(node.negated ? "is not null" : "is null"),
        node.operand,
        values,
      );
    case "inList": {
      values.push(node.values);
      const size = from
        .to(node.negated ? "not in" : "in")
        .to(listSize(node.values.length))
        .to(node.type ?? VALUE);
      return walkExpression(size, node.operand, values);
    }
    case "inQuery": {
      const kind = node.isCollected ? "in collected query" : "in query";
      const operand = walkExpression(from.to(kind).to(node.negated), node.operand, values);
      return walkSelect(operand, node.statement as SelectStatement, values).to(END);
    }
    case "between": {
      const low = walkExpression(
        walkExpression(from.to("between"), node.operand, values),
        node.low,
        values,
      );
      return walkExpression(low, node.high, values);
    }
    case "pattern": {
      const start = from.to(node.operator).to(node.negated).to(node.isAscii).to(node.isEscaped);
      return walkExpression(walkExpression(start, node.operand, values), node.pattern, values);
    }
    case "call": {
      let start = from.to(node.name).to(node.type);
      if (node.option !== undefined) start = start.to(OPTION).to(node.option);
      const at = walkAll(start, node.arguments, values);
      return node.over === undefined ? at : walkWindow(at, node.over, values);
    }
    case "case": {
      let at = from.to("case").to(node.type);
      for (const { condition, value } of node.branches)
        at = walkExpression(walkExpression(at.to("when"), condition, values), value, values);
      at = at.to(END);
      return node.otherwise === undefined
        ? at.to(END)
        : walkExpression(at.to("else"), node.otherwise, values);
    }
    case "source":
      return from.to(SOURCE).to(node.source);
    case "subquery":
      return walkSelect(from.to(node.form), node.statement as SelectStatement, values).to(END);
    case "parameter":
    case "inListParameter":
      throw new TypeError("A parameter stands only in a plan, which isn't walked.");
  }
}

function walkOrder<Plan>(from: ShapeNode<Plan>, term: OrderTerm): ShapeNode<Plan> {
  const at = from.to(term.direction);
  return term.nulls === undefined ? at : at.to(NULLS).to(term.nulls);
}

function walkWindow<Plan>(
  from: ShapeNode<Plan>,
  over: WindowClause,
  values: unknown[],
): ShapeNode<Plan> {
  let at = walkAll(from.to(OVER), over.partitionBy, values);
  for (const term of over.orderBy)
    at = walkExpression(walkOrder(at, term), term.expression, values);
  return at.to(END).to(over.frame);
}

function walkAll<Plan>(
  from: ShapeNode<Plan>,
  expressions: readonly AnyExpression[],
  values: unknown[],
): ShapeNode<Plan> {
  let at = from;
  for (const expression of expressions) at = walkExpression(at, expression, values);
  return at.to(END);
}

function walkSelection<Plan>(
  from: ShapeNode<Plan>,
  record: SelectionRecord,
  values: unknown[],
): ShapeNode<Plan> {
  if (record.source !== undefined) return from.to(record.source);
  let at = from.to(OPEN);
  for (let index = 0; index < record.keys.length; index++) {
    at = at.to(record.keys[index]);
    const value: SelectionNode = record.values[index]!;
    at =
      value instanceof Expression
        ? walkExpression(at, value, values)
        : walkSelection(at, value, values);
  }
  return at.to(END);
}

function walkOptional<Plan>(
  from: ShapeNode<Plan>,
  token: symbol,
  expression: AnyExpression | undefined,
  values: unknown[],
): ShapeNode<Plan> {
  return expression === undefined ? from : walkExpression(from.to(token), expression, values);
}

/**
 * Which member of the selection a term of the groups or of the order is, by identity: with values in it, it would be
 * another expression for a database. -1 for none, and for columns, which are the same wherever they stand.
 */
export function selectedPlace(selection: SelectionRecord, term: AnyExpression): number {
  if (term.kind === "column" || term.kind === "output" || selection.source !== undefined) return -1;
  return selection.values.indexOf(term);
}

function walkTerm<Plan>(
  from: ShapeNode<Plan>,
  selection: SelectionRecord,
  term: AnyExpression,
  values: unknown[],
): ShapeNode<Plan> {
  const place = selectedPlace(selection, term);
  return place === -1 ? walkExpression(from, term, values) : from.to(SELECTED).to(place);
}

/** A source stands for its own shape, so what a select that stands as a table binds is all that is left of it. */
function pushInputs(inputs: Inputs | undefined, values: unknown[]): void {
  if (inputs !== undefined) for (const value of inputs.values) values.push(value);
}

function walkJoins<Plan>(
  from: ShapeNode<Plan>,
  joins: readonly JoinClause[],
  values: unknown[],
): ShapeNode<Plan> {
  let at = from;
  for (const join of joins) {
    pushInputs(join.inputs, values);
    at = walkOptional(at.to(join.kind).to(join.source), ON, join.on, values);
  }
  return at;
}

function walkComment<Plan>(from: ShapeNode<Plan>, comment: string | undefined): ShapeNode<Plan> {
  return comment === undefined ? from : from.to(COMMENT).to(comment);
}

function walkLifts<Plan>(
  from: ShapeNode<Plan>,
  lifts: readonly Lift[] | undefined,
): ShapeNode<Plan> {
  if (lifts === undefined) return from;
  let at = from;
  for (const { isOfClient, mode, scope, source } of lifts)
    at = at.to(LIFT).to(mode).to(scope).to(source).to(isOfClient);
  return at;
}

function walkSelect<Plan>(
  from: ShapeNode<Plan>,
  statement: SelectStatement,
  values: unknown[],
): ShapeNode<Plan> {
  let at = walkSelection(from, statement.selection, values).to(statement.from);
  pushInputs(statement.inputs, values);
  if (statement.distinct) at = at.to(DISTINCT);
  if (statement.distinctOn.length > 0)
    at = walkAll(at.to(DISTINCT_ON), statement.distinctOn, values);
  at = walkJoins(at, statement.joins, values);
  at = walkOptional(at, WHERE, statement.where, values);
  if (statement.groupBy.length > 0) {
    at = at.to(GROUP);
    for (const term of statement.groupBy) at = walkTerm(at, statement.selection, term, values);
    at = at.to(END);
  }
  at = walkOptional(at, HAVING, statement.having, values);
  if (statement.orderBy.length > 0) {
    at = at.to(ORDER);
    for (const term of statement.orderBy)
      at = walkTerm(walkOrder(at, term), statement.selection, term.expression, values);
  }
  at = walkOptional(at, LIMIT, statement.limit, values);
  at = walkOptional(at, OFFSET, statement.offset, values);
  const { comment, lifts, lock, plan } = statement;
  at = walkLifts(walkComment(at, comment), lifts);
  if (statement.beside !== undefined) at = walkAll(at.to(BESIDE), statement.beside, values);
  if (plan !== undefined) at = at.to(PLAN);
  if (lock === undefined) return at;
  at = at.to(LOCK).to(lock.strength).to(lock.busy);
  return lock.of === undefined ? at : at.to(lock.of);
}

/** A select that is one of several. */
export function walkPart<Plan>(
  from: ShapeNode<Plan>,
  statement: SelectStatement,
  values: unknown[],
): ShapeNode<Plan> {
  return walkSelect(from, statement, values).to(END);
}

/** A cell of a row, or the right side of an assignment. */
function walkCell<Plan>(from: ShapeNode<Plan>, cell: unknown, values: unknown[]): ShapeNode<Plan> {
  if (cell instanceof Expression) return walkExpression(from.to(OPEN), cell, values);
  if (cell === undefined) return from.to(DEFAULT);
  values.push(cell);
  return from.to(VALUE);
}

function walkReturning<Plan>(
  from: ShapeNode<Plan>,
  returning: SelectionRecord | undefined,
  values: unknown[],
): ShapeNode<Plan> {
  return returning === undefined ? from : walkSelection(from.to(RETURNING), returning, values);
}

/**
 * @param values Collects what the statement binds, in the order of the walk; a list is one entry.
 * @returns The node that keeps the plan of this shape.
 */
export function walkStatement<Plan>(
  root: ShapeNode<Plan>,
  statement: Statement,
  values: unknown[],
): ShapeNode<Plan> {
  switch (statement.kind) {
    case "select":
      return walkSelect(root.to("select"), statement, values);
    case "insert":
      return walkInsert(root.to("insert"), statement, values);
    case "update":
      return walkRowWrite(root.to("update").to(statement.table), statement, statement.set, values);
    case "delete":
      return walkRowWrite(root.to("delete").to(statement.from), statement, NOTHING_SET, values);
    case "raw":
      return walkExpression(root.to("raw"), statement.fragment, values);
  }
}

function walkInsert<Plan>(
  from: ShapeNode<Plan>,
  statement: InsertStatement,
  values: unknown[],
): ShapeNode<Plan> {
  const { columns, conflict, query } = statement;
  let at = walkComment(from.to(statement.into), statement.comment);
  at = walkLifts(at, statement.lifts);
  for (const column of columns) at = at.to(column);
  if (query !== undefined) {
    at = walkPart(at.to(QUERY), query, values);
    return walkReturning(at, statement.returning, values);
  }
  at = walkRows(at.to(ROWS), statement, values);
  if (conflict !== undefined) at = walkConflict(at.to(CONFLICT), conflict, values);
  return walkReturning(at, statement.returning, values);
}

function walkRows<Plan>(
  from: ShapeNode<Plan>,
  { cells, columns, rows }: InsertStatement,
  values: unknown[],
): ShapeNode<Plan> {
  if (cells !== undefined) {
    pushCells(cells, values);
    return from.to(rows.length);
  }
  if (pushPlainRows(columns, rows, values)) return from.to(rows.length);
  let at = from;
  for (const row of rows) {
    at = at.to(ROW);
    for (const { key } of columns) at = walkCell(at, row[key], values);
  }
  return at.to(END);
}

function walkConflict<Plan>(
  from: ShapeNode<Plan>,
  conflict: ConflictClause,
  values: unknown[],
): ShapeNode<Plan> {
  let at = from;
  for (const column of conflict.target) at = at.to(column);
  at = at.to(UPDATE);
  for (const column of conflict.update) at = at.to(column);
  at = at.to(END);
  if (conflict.set !== undefined) at = walkSet(at.to(SET), conflict.set, values).to(END);
  return walkOptional(at, WHERE, conflict.where, values);
}

function walkSet<Plan>(
  from: ShapeNode<Plan>,
  set: readonly Assignment[],
  values: unknown[],
): ShapeNode<Plan> {
  let at = from;
  for (const { column, value } of set) at = walkCell(at.to(column), value, values);
  return at;
}

const NOTHING_SET: readonly Assignment[] = [];

/** What an update and a delete have in common. */
function walkRowWrite<Plan>(
  from: ShapeNode<Plan>,
  { comment, joins, lifts, returning, where }: UpdateStatement | DeleteStatement,
  set: readonly Assignment[],
  values: unknown[],
): ShapeNode<Plan> {
  let at = walkJoins(walkLifts(walkComment(from, comment), lifts), joins, values);
  at = walkSet(at, set, values);
  at = walkOptional(at, WHERE, where, values);
  return walkReturning(at, returning, values);
}
