/** Values by case, aggregates of some rows only, and functions over windows. */

import {
  CallNode,
  CaseNode,
  Expression,
  FragmentNode,
  ValueNode,
  type AnyExpression,
  type CaseBranch,
  type Condition,
} from "../../ast/expression.ts";
import type { WindowFunctionName } from "../../ast/function-name.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { OrderTerm } from "../../ast/statement.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError } from "../../core/error.ts";
import { isAlike } from "../alike.ts";
import { asc } from "../order.ts";
import { sql } from "../sql.ts";

type Literal = bigint | boolean | number | string | null;
type ValueOf<Given> = Given extends AnyExpression ? Given["~value"] : Given;
type FromOf<Given> = Given extends AnyExpression ? Given["~from"] : never;

const LITERALS: Readonly<Record<string, LogicalType>> = {
  bigint: { kind: "bigint", mode: "bigint" },
  boolean: { kind: "boolean" },
  number: { kind: "double" },
  string: { kind: "text", length: undefined },
};

/** Written out: MariaDB takes a case for text where it binds NULL. */
export const NULL: AnyExpression = new FragmentNode(["null"], []);

const COUNTED: LogicalType = { kind: "bigint", mode: "number" };

/** The type of what a case gives: that of its expressions, else that of its values. */
function typeOfValues(values: readonly unknown[]): LogicalType | undefined {
  const types = values.flatMap((value) =>
    value instanceof Expression ? (typeOf(value) ?? []) : [],
  );
  const [first] = types;
  if (types.some((type) => !isAlike(first!, type))) {
    throw new InvalidValueError("The values of a case are of different types.", {
      hint: "Select columns of one type, or decimals with the same number of digits.",
    });
  }
  return first ?? LITERALS[typeof values.find((value) => value !== null)];
}

function createCase<Value, From extends string>(
  branches: readonly { readonly condition: Condition; readonly value: unknown }[],
  otherwise: unknown,
): Case<Value, From> {
  const values = branches.map(({ value }) => value);
  const all = otherwise === undefined ? values : [...values, otherwise];
  if (all.includes(undefined)) throw new InvalidValueError("A value of a case is undefined.");
  const type = typeOfValues(all);
  const node = (value: unknown): AnyExpression => {
    if (value === null) return NULL;
    return value instanceof Expression ? value : new ValueNode(value, type);
  };
  return new Case(
    branches.map(({ condition, value }) => ({ condition, value: node(value) })),
    otherwise === undefined ? undefined : node(otherwise),
    type,
    branches,
  );
}

/** `case when … then …`; NULL where no condition is true, unless `else` says what. */
export class Case<Value, From extends string = never> extends CaseNode<Value | null, From> {
  readonly #given: readonly { readonly condition: Condition; readonly value: unknown }[];

  constructor(
    branches: readonly CaseBranch[],
    otherwise: AnyExpression | undefined,
    type: LogicalType | undefined,
    given: readonly { readonly condition: Condition; readonly value: unknown }[],
  ) {
    super(branches, otherwise, type);
    this.#given = given;
  }

  when<const Then extends AnyExpression | Literal>(
    condition: Condition,
    value: Then,
  ): Case<Value | ValueOf<Then>, From | FromOf<Then>> {
    return createCase([...this.#given, { condition, value }], undefined);
  }

  else<const Otherwise extends AnyExpression | Literal>(
    value: Otherwise,
  ): Expression<Value | ValueOf<Otherwise>, From | FromOf<Otherwise>> {
    return createCase(this.#given, value) as unknown as Expression<
      Value | ValueOf<Otherwise>,
      From | FromOf<Otherwise>
    >;
  }
}

/**
 * The value of the first condition that is true.
 *
 * @example
 * caseWhen(gt(users.points, 100), "gold").when(gt(users.points, 10), "silver").else("none")
 */
export function caseWhen<const Then extends AnyExpression | Literal>(
  condition: Condition,
  value: Then,
): Case<ValueOf<Then>, FromOf<Then>> {
  return createCase([{ condition, value }], undefined);
}

const AGGREGATES = new Set(["avg", "count", "countDistinct", "max", "min", "stringAgg", "sum"]);
/** What is counted where every row counts. */
const ROW = new FragmentNode(["1"], []);

/**
 * An aggregate of the rows for which the condition is true.
 *
 * @param aggregate Such as `count()` or `sum(orders.total)`.
 */
export function filter<Value>(
  aggregate: Expression<Value, string>,
  condition: Condition,
): Expression<Value> {
  if (!(aggregate instanceof CallNode) || !AGGREGATES.has(aggregate.name) || aggregate.over)
    throw new InvalidValueError("filter() takes an aggregate, such as count() or sum(column).");
  // NULLs are left out by every aggregate, so a case does what MySQL has no `filter` for.
  const counted: AnyExpression = aggregate.arguments[0] ?? ROW;
  const chosen = new CaseNode([{ condition, value: counted }], undefined, typeOf(counted));
  const { arguments: parts, name, option, type } = aggregate;
  return new CallNode(name, [chosen, ...parts.slice(1)], type, undefined, option);
}

type RangeBound = "current row" | "unbounded following" | "unbounded preceding";
type Bound = RangeBound | `${number} following` | `${number} preceding`;

/** The rows around a row that a function sees. */
export type Frame =
  | { readonly range: readonly [from: RangeBound, to: RangeBound] }
  | { readonly rows: readonly [from: Bound, to: Bound] };

export interface Window {
  /** The rows with equal values of these; default: all. */
  readonly partitionBy?: AnyExpression | readonly AnyExpression[];
  readonly orderBy?: AnyExpression | OrderTerm | readonly (AnyExpression | OrderTerm)[];
  /** Default with an order: from the first row to those that are equal to this one; without: all. */
  readonly frame?: Frame;
}

const BOUND = /^(?:current row|(?:unbounded|\d{1,9}) (?:preceding|following))$/;

function frameText(frame: Frame): string {
  const [unit, bounds] = "rows" in frame ? ["rows", frame.rows] : ["range", frame.range];
  const [from, to] = bounds as readonly [string, string];
  if (!BOUND.test(from) || !BOUND.test(to)) {
    throw new InvalidValueError("A frame goes from one row to another.", {
      hint: 'Such as { rows: ["unbounded preceding", "current row"] } or { rows: ["2 preceding", "2 following"] }.',
    });
  }
  return `${unit} between ${from} and ${to}`;
}

function listOf<Item>(given: Item | readonly Item[] | undefined): readonly Item[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly Item[]) : [given as Item];
}

/**
 * A function or an aggregate over a window of rows.
 *
 * @example
 * over(sum(orders.total), { partitionBy: orders.userId, orderBy: orders.paidAt })
 */
export function over<Value>(
  call: Expression<Value, string> | WindowFunction<Value>,
  window: Window,
): Expression<Value> {
  const node = call instanceof WindowFunction ? call.node : call;
  const isAggregate = node instanceof CallNode && AGGREGATES.has(node.name);
  if (!(call instanceof WindowFunction) && !isAggregate)
    throw new InvalidValueError("over() takes an aggregate or a function such as rowNumber().");
  const { name, arguments: parameters, type } = node as CallNode<Value>;
  if (name === "countDistinct" || name === "stringAgg") {
    throw new InvalidValueError(`over() takes no ${name}(), which not every database has.`);
  }
  return new CallNode<Value>(name, parameters, type, {
    partitionBy: listOf(window.partitionBy),
    orderBy: listOf(window.orderBy).map((term) => (term instanceof Expression ? asc(term) : term)),
    frame: window.frame && frameText(window.frame),
  });
}

/** A function that only stands in `over`. */
export class WindowFunction<Value> {
  /** Type-level only; never set. */
  declare readonly "~value": Value;
  readonly node: CallNode<Value>;

  constructor(
    name: WindowFunctionName,
    parameters: readonly AnyExpression[],
    type: LogicalType | undefined,
  ) {
    this.node = new CallNode(name, parameters, type);
  }
}

/** Counts the rows of the window from 1. */
export function rowNumber(): WindowFunction<number> {
  return new WindowFunction("rowNumber", [], COUNTED);
}

/** The place in the window's order; equal rows share one, and the next is as many further. */
export function rank(): WindowFunction<number> {
  return new WindowFunction("rank", [], COUNTED);
}

/** As `rank`, with no place left out. */
export function denseRank(): WindowFunction<number> {
  return new WindowFunction("denseRank", [], COUNTED);
}

function neighbour<Value>(
  name: "lag" | "lead",
  expression: AnyExpression,
  rowCount: number,
): WindowFunction<Value> {
  if (!Number.isSafeInteger(rowCount) || rowCount < 0 || rowCount > 1_000_000_000)
    throw new InvalidValueError(`${name}() takes a whole number of rows, 0 or more.`);
  return new WindowFunction(name, [expression, sql.raw(String(rowCount))], typeOf(expression));
}

/** The value in the row so many before; NULL where there is none. */
export function lag<Value>(
  expression: Expression<Value, string>,
  rowCount = 1,
): WindowFunction<Value | null> {
  return neighbour("lag", expression, rowCount);
}

/** The value in the row so many after; NULL where there is none. */
export function lead<Value>(
  expression: Expression<Value, string>,
  rowCount = 1,
): WindowFunction<Value | null> {
  return neighbour("lead", expression, rowCount);
}

/** The value in the frame's first row. */
export function firstValue<Value>(
  expression: Expression<Value, string>,
): WindowFunction<Value | null> {
  return new WindowFunction("firstValue", [expression], typeOf(expression));
}

/** The value in the frame's last row, which by default is the row itself. */
export function lastValue<Value>(
  expression: Expression<Value, string>,
): WindowFunction<Value | null> {
  return new WindowFunction("lastValue", [expression], typeOf(expression));
}
