/**
 * Expressions: plain data that a builder makes, a pass walks and a dialect renders. A node never changes after it was
 * made, so that it can stand in several queries.
 */

import type { FunctionName } from "./function-name.ts";
import type { LogicalType } from "./logical-type.ts";

/** What a value is in TypeScript, and the tables whose absence in an outer join makes it null. */
export abstract class Expression<Value, From extends string = never> {
  abstract readonly kind: ExpressionNode["kind"];
  /** Type-level only; never set. */
  declare readonly "~value": Value;
  /** Type-level only; never set. */
  declare readonly "~from": From;
}

/** A condition; SQL's third truth value is `null`. */
export type Condition<From extends string = string> = Expression<boolean | null, From>;

/** A table under the name that it has in one query. Columns are told apart by identity, so sources are made once. */
export interface Source {
  /** The table's name as declared. */
  readonly table: string;
  /** The name in this query: an alias, or the table's own. */
  readonly alias: string | undefined;
  /** The database's schema in which the table is, where that isn't the connection's own. */
  readonly schema?: string | undefined;
  /** Whether it is a query of the database's, which has no columns but those it gives. */
  readonly isView?: boolean;
  /** Which of its rows queries see by themselves. */
  readonly scopes?: readonly SourceScope[];
}

/** A condition that stands wherever a query reads or writes the rows of a source, unless the query lifts it. */
export interface SourceScope {
  readonly name: string;
  /** Of the source's own columns. Its values are the declaration's, or given by whoever runs the query. */
  readonly condition: AnyExpression;
  /** For the rows that it leaves out. */
  readonly opposite?: AnyExpression | undefined;
  /** Whether it stands only where it is asked for. */
  readonly isOff?: boolean;
  /** A column that is NULL only where an outer join found no row. */
  readonly anchor: AnyExpression | undefined;
}

/** Whether a query that reads both can't tell them apart by their names. */
export function isNamedAlike(one: Source, other: Source): boolean {
  if ((one.alias ?? one.table) !== (other.alias ?? other.table)) return false;
  const schema = one.alias === undefined ? one.schema : undefined;
  return schema === (other.alias === undefined ? other.schema : undefined);
}

/** A column of a source. `schema/` extends it with what a declaration says. */
export abstract class ColumnNode<Value, From extends string = never> extends Expression<
  Value,
  From
> {
  override readonly kind = "column";
  abstract readonly source: Source;
  /** The key in the declaration and in rows. */
  abstract readonly key: string;
  /** The database's name where it was given; otherwise the key, spelt as the connection's naming says. */
  abstract readonly givenName: string | undefined;
  abstract readonly type: LogicalType;
  abstract readonly nullable: boolean;
}

/** A column of the result of a select that stands as a table. Interned with its source, as columns are. */
export class OutputNode extends Expression<unknown, string> {
  override readonly kind = "output";
  readonly source: Source;
  /** The key in rows. */
  readonly key: string;
  /** The name in SQL. */
  readonly name: string;
  readonly type: LogicalType | undefined;
  readonly nullable: boolean;

  constructor(
    source: Source,
    key: string,
    name: string,
    type: LogicalType | undefined,
    nullable: boolean,
  ) {
    super();
    this.source = source;
    this.key = key;
    this.name = name;
    this.type = type;
    this.nullable = nullable;
  }
}

/** A value to bind. With a type it is checked and stored as that type; without one, by what it is in JavaScript. */
export class ValueNode<Value> extends Expression<Value> {
  override readonly kind = "value";
  readonly value: unknown;
  readonly type: LogicalType | undefined;

  constructor(value: unknown, type: LogicalType | undefined) {
    super();
    this.value = value;
    this.type = type;
  }
}

/** Stands for a value in a plan: the place in which the walk found it. */
export class ParameterNode extends Expression<unknown> {
  override readonly kind = "parameter";
  /** -1 where the value is none of the walk's. */
  readonly index: number;
  readonly type: LogicalType | undefined;
  readonly given: GivenValue | undefined;

  constructor(index: number, type: LogicalType | undefined, given?: GivenValue) {
    super();
    this.index = index;
    this.type = type;
    this.given = given;
  }
}

/** A value in a scope's condition: one of the declaration, or that by which whoever runs the query knows the scope. */
export type GivenValue = { readonly constant: unknown } | { readonly scope: string };

export type CompareOperator =
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  /** These take NULL for a value, and are never NULL. */
  | "is distinct from"
  | "is not distinct from";

export class CompareNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "compare";
  readonly operator: CompareOperator;
  readonly left: AnyExpression;
  readonly right: AnyExpression;

  constructor(operator: CompareOperator, left: AnyExpression, right: AnyExpression) {
    super();
    this.operator = operator;
    this.left = left;
    this.right = right;
  }
}

/**
 * `(a, b) < (x, y)`: the first that differ decide. Nothing in it is NULL, but for the first on the left, of which it is
 * then not true.
 */
export class RowCompareNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "compareRows";
  readonly operator: "<" | ">";
  readonly left: readonly AnyExpression[];
  /** As many. */
  readonly right: readonly AnyExpression[];

  constructor(
    operator: "<" | ">",
    left: readonly AnyExpression[],
    right: readonly AnyExpression[],
  ) {
    super();
    this.operator = operator;
    this.left = left;
    this.right = right;
  }
}

export class LogicNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "logic";
  readonly operator: "and" | "or";
  readonly operands: readonly AnyExpression[];

  constructor(operator: "and" | "or", operands: readonly AnyExpression[]) {
    super();
    this.operator = operator;
    this.operands = operands;
  }
}

export class NotNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "not";
  readonly operand: AnyExpression;

  constructor(operand: AnyExpression) {
    super();
    this.operand = operand;
  }
}

export class NullTestNode<From extends string> extends Expression<boolean, From> {
  override readonly kind = "nullTest";
  readonly operand: AnyExpression;
  readonly negated: boolean;

  constructor(operand: AnyExpression, negated: boolean) {
    super();
    this.operand = operand;
    this.negated = negated;
  }
}

/** `operand in (…)` over values; a list of any length, of which the shape knows only a bucket. */
export class InListNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "inList";
  readonly operand: AnyExpression;
  readonly values: readonly unknown[];
  readonly type: LogicalType | undefined;
  readonly negated: boolean;

  constructor(
    operand: AnyExpression,
    values: readonly unknown[],
    type: LogicalType | undefined,
    negated: boolean,
  ) {
    super();
    this.operand = operand;
    this.values = values;
    this.type = type;
    this.negated = negated;
  }
}

/** A list in a plan: `size` places of the values' list, or one place that holds the whole list. */
export class ListParameterNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "inListParameter";
  readonly operand: AnyExpression;
  readonly index: number;
  readonly size: number;
  readonly type: LogicalType | undefined;
  readonly negated: boolean;

  constructor(
    operand: AnyExpression,
    index: number,
    size: number,
    type: LogicalType | undefined,
    negated: boolean,
  ) {
    super();
    this.operand = operand;
    this.index = index;
    this.size = size;
    this.type = type;
    this.negated = negated;
  }
}

/** `operand in (select …)` */
export class InQueryNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "inQuery";
  readonly operand: AnyExpression;
  readonly statement: SubqueryStatement;
  readonly negated: boolean;
  /** Whether its values are collected before the operand is looked for among them, which means the same. */
  readonly isCollected: boolean;

  constructor(
    operand: AnyExpression,
    statement: SubqueryStatement,
    negated: boolean,
    isCollected = false,
  ) {
    super();
    this.operand = operand;
    this.statement = statement;
    this.negated = negated;
    this.isCollected = isCollected;
  }
}

export class BetweenNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "between";
  readonly operand: AnyExpression;
  readonly low: AnyExpression;
  readonly high: AnyExpression;

  constructor(operand: AnyExpression, low: AnyExpression, high: AnyExpression) {
    super();
    this.operand = operand;
    this.low = low;
    this.high = high;
  }
}

/**
 * A pattern with `%`, `_` and the escape `\`. `like` tells case apart and `ilike` doesn't, on every database. Whether the
 * pattern is plain ASCII is part of the shape, because a database may fold only that by itself; whether it has escapes, too,
 * because a database may be quicker where it needn't look for them.
 */
export class PatternNode<From extends string> extends Expression<boolean | null, From> {
  override readonly kind = "pattern";
  readonly operator: "like" | "ilike";
  readonly operand: AnyExpression;
  readonly pattern: AnyExpression;
  readonly isAscii: boolean;
  /** True where that isn't known. */
  readonly isEscaped: boolean;
  readonly negated: boolean;

  constructor(
    operator: "like" | "ilike",
    operand: AnyExpression,
    pattern: AnyExpression,
    isAscii: boolean,
    isEscaped: boolean,
    negated: boolean,
  ) {
    super();
    this.operator = operator;
    this.operand = operand;
    this.pattern = pattern;
    this.isAscii = isAscii;
    this.isEscaped = isEscaped;
    this.negated = negated;
  }
}

/** The rows that a function over a window sees. */
export interface WindowClause {
  readonly partitionBy: readonly AnyExpression[];
  readonly orderBy: readonly WindowTerm[];
  /** SQL of Plinth's own, and part of the shape. */
  readonly frame: string | undefined;
}

/** Avoids a circle of files: `OrderTerm` is the same. */
interface WindowTerm {
  readonly expression: AnyExpression;
  readonly direction: "asc" | "desc";
  readonly nulls?: "first" | "last" | undefined;
}

export class CallNode<Value, From extends string = never> extends Expression<Value, From> {
  override readonly kind = "call";
  readonly name: FunctionName;
  readonly arguments: readonly AnyExpression[];
  /** The type of the result; undefined where it is that of an argument without one. */
  readonly type: LogicalType | undefined;
  readonly over: WindowClause | undefined;
  /** What the function is told besides its arguments: a word of Plinth's own, and part of the shape. */
  readonly option: string | undefined;

  constructor(
    name: FunctionName,
    parameters: readonly AnyExpression[],
    type: LogicalType | undefined,
    over?: WindowClause,
    option?: string,
  ) {
    super();
    this.name = name;
    this.arguments = parameters;
    this.type = type;
    this.over = over;
    this.option = option;
  }
}

export interface CaseBranch {
  readonly condition: AnyExpression;
  readonly value: AnyExpression;
}

/** `case when … then … else … end` */
export class CaseNode<Value, From extends string = never> extends Expression<Value, From> {
  override readonly kind = "case";
  readonly branches: readonly CaseBranch[];
  readonly otherwise: AnyExpression | undefined;
  readonly type: LogicalType | undefined;

  constructor(
    branches: readonly CaseBranch[],
    otherwise: AnyExpression | undefined,
    type: LogicalType | undefined,
  ) {
    super();
    this.branches = branches;
    this.otherwise = otherwise;
    this.type = type;
  }
}

/** SQL text with holes. The text stands for its shape by identity, as a tagged template's strings do. */
export class FragmentNode<Value, From extends string = never> extends Expression<Value, From> {
  override readonly kind = "fragment";
  readonly strings: readonly string[];
  readonly parts: readonly AnyExpression[];
  /** The type of the value, where it was given with `.as()`. */
  readonly type: LogicalType | undefined;

  constructor(strings: readonly string[], parts: readonly AnyExpression[], type?: LogicalType) {
    super();
    this.strings = strings;
    this.parts = parts;
    this.type = type;
  }
}

/** A table's name inside a fragment. */
export class SourceNode extends Expression<never> {
  override readonly kind = "source";
  readonly source: Source;

  constructor(source: Source) {
    super();
    this.source = source;
  }
}

/** `exists (select …)`, or a select with one column as a value. The statement is of `ast/statement.ts`. */
export class SubqueryNode<Value, From extends string = never> extends Expression<Value, From> {
  override readonly kind = "subquery";
  readonly form: "exists" | "value";
  readonly statement: SubqueryStatement;

  constructor(form: "exists" | "value", statement: SubqueryStatement) {
    super();
    this.form = form;
    this.statement = statement;
  }
}

/** Avoids a circle of files: `SelectStatement` is the only one. */
export interface SubqueryStatement {
  readonly kind: "select";
}

export type AnyExpression = Expression<unknown, string>;

/** Every kind of node. A pass over expressions has a case for each. */
export type ExpressionNode =
  | ColumnNode<unknown, string>
  | OutputNode
  | ValueNode<unknown>
  | ParameterNode
  | CompareNode<string>
  | RowCompareNode<string>
  | LogicNode<string>
  | NotNode<string>
  | NullTestNode<string>
  | InListNode<string>
  | ListParameterNode<string>
  | InQueryNode<string>
  | BetweenNode<string>
  | PatternNode<string>
  | CallNode<unknown, string>
  | CaseNode<unknown, string>
  | FragmentNode<unknown, string>
  | SourceNode
  | SubqueryNode<unknown, string>;

/** The union of the nodes, to switch over its `kind`: every `Expression` is one of them. */
export function nodeOf(expression: AnyExpression): ExpressionNode {
  return expression as ExpressionNode;
}
