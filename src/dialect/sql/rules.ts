/**
 * One rule for each kind of node. A rule is a plain function from data to text. Contested nodes, on which databases
 * differ, have no standard rule: a database that doesn't answer one does not compile.
 */

import type { DerivedSource } from "../../ast/derived.ts";
import type {
  AnyExpression,
  BetweenNode,
  CallNode,
  CaseNode,
  ColumnNode,
  CompareNode,
  FragmentNode,
  InListNode,
  InQueryNode,
  ListParameterNode,
  LogicNode,
  NotNode,
  NullTestNode,
  OutputNode,
  ParameterNode,
  PatternNode,
  RowCompareNode,
  Source,
  SourceNode,
  SubqueryNode,
  ValueNode,
} from "../../ast/expression.ts";
import type { RowsSource } from "../../ast/rows.ts";
import type {
  AnyColumn,
  ConflictClause,
  DeleteStatement,
  Inputs,
  InsertStatement,
  JoinClause,
  LockClause,
  OrderTerm,
  RawStatement,
  SelectionRecord,
  SelectStatement,
  UpdateStatement,
} from "../../ast/statement.ts";
import type { Change } from "../../schema/change.ts";
import type { ApartFunctionName, FunctionName } from "../../ast/function-name.ts";
import type { Writer } from "./writer.ts";

type Rule<Node> = (node: Node, out: Writer) => void;

/** A rule for each function of a group. */
export type CallRules<Name extends FunctionName> = Readonly<
  Record<Name, Rule<CallNode<unknown, string>>>
>;

/** The rule of a function, where it is spelt apart. */
export function ruleOf(
  rules: CallRules<ApartFunctionName>,
  name: FunctionName,
): Rule<CallNode<unknown, string>> | undefined {
  return (rules as Partial<CallRules<FunctionName>>)[name];
}

export interface AgreedQueryRules {
  column: Rule<ColumnNode<unknown, string>>;
  output: Rule<OutputNode>;
  value: Rule<ValueNode<unknown>>;
  parameter: Rule<ParameterNode>;
  compare: Rule<CompareNode<string>>;
  logic: Rule<LogicNode<string>>;
  not: Rule<NotNode<string>>;
  nullTest: Rule<NullTestNode<string>>;
  inList: Rule<InListNode<string>>;
  inQuery: Rule<InQueryNode<string>>;
  between: Rule<BetweenNode<string>>;
  fragment: Rule<FragmentNode<unknown, string>>;
  source: Rule<SourceNode>;
  subquery: Rule<SubqueryNode<unknown, string>>;
  /** A table where it is read. */
  table: Rule<Source>;
  select: Rule<SelectStatement>;
  insert: Rule<InsertStatement>;
  update: Rule<UpdateStatement>;
  delete: Rule<DeleteStatement>;
  raw: Rule<RawStatement>;
}

/** A list behind an operand of which nothing is known. Its length may be 0: nothing is in it, NULL neither. */
export type ListByHand = Pick<ListParameterNode<string>, "index" | "negated" | "size" | "type">;

/** A value of which only its type is known. */
export type ValueByHand = Pick<ParameterNode, "index" | "type">;

export interface ContestedQueryRules {
  /** `in (…)` over a list: as many places as its bucket has, or the whole list as one value. */
  inListParameter: Rule<ListParameterNode<string>>;
  /** The same behind an operand that stands in SQL by hand: from `in` or `not in` to the parenthesis. */
  listByHand: Rule<ListByHand>;
  /** A value in SQL by hand, whose neighbours tell nothing: where it must be told what it is, it is. */
  valueByHand: Rule<ValueByHand>;
  /** `like` that tells case apart and `ilike` that doesn't. */
  pattern: Rule<PatternNode<string>>;
  /** Functions differ in the type of an average and in how decimals are summed. */
  call: Rule<CallNode<unknown, string>>;
  /** Databases differ in what a value in it is taken for. */
  case: Rule<CaseNode<unknown, string>>;
  /** Databases differ in whether an index serves it. */
  compareRows: Rule<RowCompareNode<string>>;
  join: Rule<JoinClause>;
  /** The selects of a source that stands in the place of a table, which `write` writes. */
  rowsOf: (source: DerivedSource, write: () => void, out: Writer) => void;
  /** The select with which a recursive one begins, which `write` writes. */
  recursiveStart: (source: DerivedSource, write: () => void, out: Writer) => void;
  /** Rows of values that stand as a table. */
  rows: (source: RowsSource, inputs: Inputs, out: Writer) => void;
  /** A delete whose rows meet those of other sources. */
  joinedDelete: Rule<DeleteStatement>;
  /**
   * NULLs are smallest unless the term says where they stand; `canBeNull` tells whether there can be any. `whole` is the
   * term's expression, of which the term itself may tell no more than its place in the result.
   */
  orderTerm: (term: OrderTerm, out: Writer, canBeNull: boolean, whole: AnyExpression) => void;
  /** Limit and offset, of which one or both are given. */
  range: (limit: AnyExpression | undefined, offset: AnyExpression | undefined, out: Writer) => void;
  /** `for update`, `for share`. */
  lockRows: Rule<LockClause>;
  /** `distinct on (…)`, with a space behind it. */
  distinctOn: (terms: readonly AnyExpression[], out: Writer) => void;
  /** A row of defaults only. */
  emptyRow: (out: Writer) => void;
  /** A cell that takes the column's default. */
  defaultCell: Rule<AnyColumn>;
  conflict: (conflict: ConflictClause, into: InsertStatement, out: Writer) => void;
  returning: (record: SelectionRecord, out: Writer) => void;
}

export type QueryRules = AgreedQueryRules & ContestedQueryRules;

/** One for each kind of change. */
export type DdlRules = {
  [Kind in Change["kind"]]: Rule<Extract<Change, { readonly kind: Kind }>>;
};

/** All rules of the dialect that writes. A writer is made with a dialect's rules and nothing less. */
export function rulesOf(out: Writer): QueryRules {
  return out.context.rules as QueryRules;
}
