/**
 * A statement's template: the same tree with a numbered parameter for every value. It is what a dialect renders and a
 * plan keeps, so that no plan ever holds on to a user's data. The order of the numbers is the order of `walk.ts`.
 */

import {
  BetweenNode,
  CallNode,
  CaseNode,
  CompareNode,
  Expression,
  FragmentNode,
  InQueryNode,
  ListParameterNode,
  LogicNode,
  nodeOf,
  NotNode,
  NullTestNode,
  ParameterNode,
  PatternNode,
  RowCompareNode,
  SubqueryNode,
  ValueNode,
  type AnyExpression,
  type InListNode,
  type WindowClause,
} from "./expression.ts";
import { ConfigError, InvalidValueError } from "../core/error.ts";
import {
  allComparable,
  comparable,
  folded,
  foldedSelection,
  foldedType,
  isCaseInsensitive,
  leavesOf,
  refuseArrays,
  refuseFolding,
} from "./folding.ts";
import { conflictGuards, placeScopes } from "./scoping.ts";
import type { LogicalType } from "./logical-type.ts";
import type {
  Assignment,
  ConflictClause,
  Inputs,
  InsertStatement,
  JoinClause,
  Lift,
  SelectionNode,
  SelectionRecord,
  SelectStatement,
  Statement,
} from "./statement.ts";
import { checkSealed, checkSealedCell, refuseSealed } from "./sealed.ts";
import { typeOf } from "./type-of.ts";
import { listSize, selectedPlace } from "./walk.ts";

const MAX_DEPTH = 8;

const REFUSES_FOLDING = new Set(["greatest", "least", "max", "min"]);

class Numbering {
  #next = 0;
  /** What the client said in the statements around. */
  #lifts: readonly Lift[] = [];

  parameter(type: LogicalType | undefined): ParameterNode {
    return new ParameterNode(this.#next++, type);
  }

  value({ type }: ValueNode<unknown>): AnyExpression {
    return this.parameter(type);
  }

  list(node: InListNode<string>): AnyExpression {
    const index = this.#next++;
    const size = listSize(node.values.length);
    const operand = comparable(this.expression(node.operand));
    const type = isCaseInsensitive(node.type) ? foldedType(node.type) : node.type;
    return new ListParameterNode(operand, index, size, type, node.negated);
  }

  /** Every expression of a new shape comes through here, and is one by its class: data that looks like one is not. */
  expression(expression: AnyExpression): AnyExpression {
    if (!(expression instanceof Expression)) {
      throw new InvalidValueError("What stands for an expression in this query is none.", {
        hint: "Make it with eq(…), sql`…` and the like; what a user sends never is one.",
      });
    }
    const node = nodeOf(expression);
    checkSealed(node);
    switch (node.kind) {
      case "column":
      case "output":
      case "source":
        return node;
      case "value":
        return this.value(node);
      case "compare": {
        const left = this.expression(node.left);
        return new CompareNode(node.operator, ...allComparable(left, this.expression(node.right)));
      }
      case "compareRows": {
        const left = this.all(node.left);
        const right = this.all(node.right);
        const pairs = left.map((one, place) => allComparable(one, right[place]!));
        return new RowCompareNode(
          node.operator,
          pairs.map(([one]) => one),
          pairs.map(([, other]) => other),
        );
      }
      case "logic":
        return new LogicNode(node.operator, this.all(node.operands));
      case "not":
        return new NotNode(this.expression(node.operand));
      case "nullTest":
        return new NullTestNode(this.expression(node.operand), node.negated);
      case "inList":
        return this.list(node);
      case "inQuery": {
        const operand = this.expression(node.operand);
        const statement = this.select(node.statement as SelectStatement);
        const { selection } = statement;
        if (![operand, ...leavesOf(selection)].some((one) => isCaseInsensitive(typeOf(one))))
          return new InQueryNode(operand, statement, node.negated, node.isCollected);
        const inner = { ...statement, selection: foldedSelection(selection) };
        return new InQueryNode(folded(operand), inner, node.negated, node.isCollected);
      }
      case "between": {
        const operand = this.expression(node.operand);
        const low = this.expression(node.low);
        return new BetweenNode(...allComparable(operand, low, this.expression(node.high)));
      }
      case "pattern": {
        const operand = this.expression(node.operand);
        return new PatternNode(
          node.operator,
          operand,
          this.expression(node.pattern),
          node.isAscii,
          node.isEscaped,
          node.negated,
        );
      }
      case "call":
        return new CallNode(
          node.name,
          this.arguments(node),
          node.type,
          node.over && this.window(node.over),
          node.option,
        );
      case "case": {
        const branches = node.branches.map(({ condition, value }) => {
          const numbered = this.expression(condition);
          return { condition: numbered, value: this.expression(value) };
        });
        return new CaseNode(branches, this.optional(node.otherwise), node.type);
      }
      case "fragment":
        return new FragmentNode(node.strings, this.all(node.parts), node.type);
      case "subquery":
        return new SubqueryNode(node.form, this.select(node.statement as SelectStatement));
      case "parameter":
        if (node.given !== undefined) return node;
        throw new TypeError("A parameter stands only in a template, which isn't numbered again.");
      case "inListParameter":
        throw new TypeError("A parameter stands only in a template, which isn't numbered again.");
    }
  }

  /** Adds what queries see of their sources by themselves. Its values are none of the walk's, so nothing is counted. */
  scoped(reading: Parameters<typeof placeScopes>[0]): ReturnType<typeof placeScopes> {
    return placeScopes(reading, (condition) => this.declared(condition));
  }

  /** What stands in the statement for its own sources. @param work Meets the selects inside of it. */
  within<Result>(
    own: readonly Lift[] | undefined,
    work: (lifts: readonly Lift[]) => Result,
  ): Result {
    const outer = this.#lifts;
    const lifts = own === undefined ? outer : [...outer, ...own];
    this.#lifts = lifts.filter(({ isOfClient, source }) => isOfClient && source === undefined);
    const result = work(lifts);
    this.#lifts = outer;
    return result;
  }

  declared(condition: AnyExpression, depth = 1): AnyExpression {
    const constants = new Constants(depth);
    constants.#lifts = this.#lifts;
    return constants.expression(condition);
  }

  arguments(node: CallNode<unknown, string>): AnyExpression[] {
    const all = this.all(node.arguments);
    if (REFUSES_FOLDING.has(node.name)) refuseFolding(`${node.name}()`, all);
    if (node.name === "countDistinct") refuseArrays("countDistinct()", all);
    if (node.name === "stringAgg")
      return all.map((part, place) => (place < 2 ? part : comparable(part)));
    return node.name === "countDistinct" ? all.map(comparable) : all;
  }

  window(over: WindowClause): WindowClause {
    const partitionBy = this.all(over.partitionBy).map(comparable);
    const orderBy = over.orderBy.map(({ expression, direction, nulls }) => ({
      expression: comparable(this.expression(expression)),
      direction,
      nulls,
    }));
    return { partitionBy, orderBy, frame: over.frame };
  }

  all(expressions: readonly AnyExpression[]): AnyExpression[] {
    return expressions.map((expression) => this.expression(expression));
  }

  optional(expression: AnyExpression | undefined): AnyExpression | undefined {
    return expression === undefined ? undefined : this.expression(expression);
  }

  selection(record: SelectionRecord): SelectionRecord {
    if (record.source !== undefined) return record;
    const values = record.values.map((value): SelectionNode =>
      value instanceof Expression ? this.expression(value) : this.selection(value),
    );
    return { keys: record.keys, values, source: undefined };
  }

  returning(record: SelectionRecord | undefined): SelectionRecord | undefined {
    return record === undefined ? undefined : this.selection(record);
  }

  inputs(inputs: Inputs | undefined): Inputs | undefined {
    if (inputs === undefined) return undefined;
    const first = this.#next;
    this.#next += inputs.values.length;
    return { values: [], first };
  }

  joins(joins: readonly JoinClause[]): JoinClause[] {
    return joins.map((join) => {
      const inputs = this.inputs(join.inputs);
      return { ...join, inputs, on: this.optional(join.on) };
    });
  }

  select(statement: SelectStatement): SelectStatement {
    return this.within(statement.lifts, (lifts) => this.#select(statement, lifts));
  }

  #select(statement: SelectStatement, lifts: readonly Lift[]): SelectStatement {
    const selection = this.selection(statement.selection);
    const inputs = this.inputs(statement.inputs);
    if (statement.distinct) refuseFolding("distinct()", leavesOf(selection));
    const distinctOn = this.all(statement.distinctOn).map(comparable);
    const read = this.joins(statement.joins);
    const kept = this.optional(statement.where);
    const { joins, where } = this.scoped({ ...statement, joins: read, where: kept, lifts });
    // What is selected too stays the same node, so that a dialect sees it.
    const term = (expression: AnyExpression): AnyExpression => {
      const place = selectedPlace(statement.selection, expression);
      return place === -1
        ? this.expression(expression)
        : (selection.values[place] as AnyExpression);
    };
    const groupBy = statement.groupBy.map(term);
    refuseFolding("groupBy()", groupBy);
    const having = this.optional(statement.having);
    const ordered = statement.orderBy.map(({ expression }) => expression);
    refuseArrays("an order", ordered);
    refuseSealed("an order", ordered);
    refuseSealed("distinctOn()", statement.distinctOn);
    const orderBy = statement.orderBy.map(({ expression, direction, nulls }) => ({
      expression: comparable(term(expression)),
      direction,
      nulls,
    }));
    const limit = this.optional(statement.limit);
    const offset = this.optional(statement.offset);
    const beside = statement.beside && this.all(statement.beside);
    return {
      ...statement,
      selection,
      inputs,
      distinctOn,
      joins,
      where,
      groupBy,
      having,
      orderBy,
      limit,
      offset,
      ...(beside !== undefined && { beside }),
    };
  }

  /** Unlike a `ValueNode`'s, the type of a cell is its column's. */
  cell(cell: unknown, type: LogicalType): AnyExpression | undefined {
    if (!(cell instanceof Expression)) return cell === undefined ? undefined : this.parameter(type);
    checkSealedCell(type, cell);
    return this.expression(cell);
  }

  assignments(set: readonly Assignment[]): Assignment[] {
    return set.map(({ column, value }) => ({ column, value: this.cell(value, column.type) }));
  }

  conflict(conflict: ConflictClause, statement: InsertStatement): ConflictClause {
    const set = conflict.set && this.assignments(conflict.set);
    const guards = conflictGuards(statement).map((guard) => this.declared(guard));
    const where = this.optional(conflict.where);
    const all = where === undefined ? guards : [where, ...guards];
    return { ...conflict, set, where: all.length > 1 ? new LogicNode("and", all) : all[0] };
  }

  statement(statement: Statement): Statement {
    if (statement.kind === "raw" || statement.kind === "select") return this.#statement(statement);
    return this.within(statement.lifts, () => this.#statement(statement));
  }

  #statement(statement: Statement): Statement {
    switch (statement.kind) {
      case "select":
        return this.select(statement);
      case "insert": {
        const rows = statement.rows.map((row) => {
          const cells: Record<string, unknown> = Object.create(null);
          for (const { key, type } of statement.columns) cells[key] = this.cell(row[key], type);
          return cells;
        });
        const query = statement.query && this.select(statement.query);
        const conflict = statement.conflict && this.conflict(statement.conflict, statement);
        return {
          ...statement,
          rows,
          cells: undefined,
          query,
          conflict,
          returning: this.returning(statement.returning),
        };
      }
      case "update": {
        const joins = this.joins(statement.joins);
        const set = this.assignments(statement.set);
        const where = this.optional(statement.where);
        const scoped = this.scoped({ ...statement, from: statement.table, joins, where });
        return { ...statement, ...scoped, set, returning: this.returning(statement.returning) };
      }
      case "delete": {
        const joins = this.joins(statement.joins);
        const where = this.optional(statement.where);
        const scoped = this.scoped({ ...statement, joins, where });
        return { ...statement, ...scoped, returning: this.returning(statement.returning) };
      }
      case "raw":
        return { kind: "raw", fragment: this.expression(statement.fragment) };
    }
  }
}

/** Numbers nothing: the values of a declaration's condition are the same in every query. */
class Constants extends Numbering {
  readonly #depth: number;

  /** @param depth Conditions may read tables that have conditions. */
  constructor(depth: number) {
    super();
    this.#depth = depth;
  }

  override declared(condition: AnyExpression): AnyExpression {
    if (this.#depth < MAX_DEPTH) return super.declared(condition, this.#depth + 1);
    throw new ConfigError("The conditions of scopes read the tables of one another.", {
      code: "E_SCHEMA",
    });
  }

  override parameter(): never {
    throw new TypeError("A declaration binds nothing of a query's.");
  }

  override value({ type, value }: ValueNode<unknown>): AnyExpression {
    return new ParameterNode(-1, type, { constant: value });
  }

  override list({ negated, operand, type, values }: InListNode<string>): AnyExpression {
    if (values.length === 0) return new FragmentNode([negated ? "1 = 1" : "1 = 0"], []);
    const compares = values.map(
      (value) => new CompareNode(negated ? "<>" : "=", operand, new ValueNode(value, type)),
    );
    return this.expression(new LogicNode(negated ? "and" : "or", compares));
  }

  override inputs(inputs: Inputs | undefined): undefined {
    if (inputs === undefined) return;
    throw new ConfigError("The condition of a scope reads a query that stands as a table.", {
      code: "E_SCHEMA",
      hint: "Read the tables themselves.",
    });
  }
}

/** Templates of selects that stand together, whose parameters are counted on from one to the next. */
export function templatesOf(statements: readonly SelectStatement[]): SelectStatement[] {
  const numbering = new Numbering();
  return statements.map((statement) => numbering.select(statement));
}

export function templateOf<Kind extends Statement>(statement: Kind): Kind {
  return new Numbering().statement(statement) as Kind;
}
