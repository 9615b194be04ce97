/** The rules on which all databases truly agree. */

import { DerivedSource } from "../../ast/derived.ts";
import {
  Expression,
  FragmentNode,
  nodeOf,
  type AnyExpression,
  type CallNode,
  type CaseNode,
  type Source,
  type SubqueryStatement,
} from "../../ast/expression.ts";
import type { ArithmeticName, WindowFunctionName } from "../../ast/function-name.ts";
import { RowsSource } from "../../ast/rows.ts";
import { canBeNull, nullableSources } from "../../ast/nullable.ts";
import type {
  AnyColumn,
  DeleteStatement,
  Inputs,
  SelectionNode,
  SelectionRecord,
  SelectStatement,
  SourceColumn,
} from "../../ast/statement.ts";
import { typeOf } from "../../ast/type-of.ts";
import { selectedPlace } from "../../ast/walk.ts";
import { UnsupportedError } from "../../core/error.ts";
import type { TableInfo } from "../../schema/table.ts";
import { requireOneForm, requireSameForm } from "../values/same-form.ts";
import { rulesOf, type AgreedQueryRules } from "./rules.ts";
import type { Writer } from "./writer.ts";

/** Sources of queries are tables, their aliases, and selects or values that stand as tables. */
export function columnsOf(source: Source): readonly SourceColumn[] {
  return (source as DerivedSource | RowsSource | TableInfo).columns;
}

/** A source where it is named: a table, or a select in parentheses, with its alias. */
export function writeSource(source: Source, inputs: Inputs | undefined, out: Writer): void {
  if (source instanceof RowsSource) rulesOf(out).rows(source, inputs!, out);
  else if (!(source instanceof DerivedSource)) rulesOf(out).table(source, out);
  else if (source.form !== "inline") out.id(source.alias);
  else {
    out.sql("(");
    rulesOf(out).rowsOf(source, () => writeParts(source, inputs!, out), out);
    out.sql(") as ").id(source.alias);
  }
}

/** The columns of a result, one by one. */
function flat(record: SelectionRecord): readonly AnyExpression[] {
  if (record.source !== undefined) return columnsOf(record.source);
  return record.values.flatMap((value) => (value instanceof Expression ? [value] : flat(value)));
}

/** What a query gives for columns must be kept as they are. */
export function requireForms(
  columns: readonly AnyExpression[],
  { selection }: SelectStatement,
  out: Writer,
): void {
  for (const [place, value] of flat(selection).entries()) {
    const column = columns[place];
    if (column !== undefined) requireSameForm(column, value, out);
  }
}

function writeParts(source: DerivedSource, inputs: Inputs, out: Writer): void {
  out.apart(inputs.first, () => {
    const first = flat(source.parts[0]!.statement.selection);
    for (const { operator, statement } of source.parts) {
      requireForms(first, statement, out);
      const write = (): void => writeSelect(statement, out, source.names);
      if (operator !== undefined) out.sql(` ${operator} `);
      if (operator === undefined && source.form === "recursive")
        rulesOf(out).recursiveStart(source, write, out);
      else write();
    }
  });
}

/** The selects that stand before the query that reads them. */
function writeWith(node: SelectStatement, out: Writer): void {
  const named = [node, ...node.joins].flatMap((clause) => {
    const source = "from" in clause ? clause.from : clause.source;
    const isNamed =
      source instanceof DerivedSource && (source.form === "with" || source.form === "recursive");
    return isNamed ? [{ source, inputs: clause.inputs! }] : [];
  });
  if (named.length === 0) return;
  out.sql(named.some(({ source }) => source.form === "recursive") ? "with recursive " : "with ");
  out.list(named, ({ source, inputs }) => {
    out.id(source.alias).sql(" as (");
    writeParts(source, inputs, out);
    out.sql(")");
  });
  out.sql(" ");
}

export const ARITHMETIC: Readonly<Record<ArithmeticName, string>> = {
  add: " + ",
  bitAnd: " & ",
  bitOr: " | ",
  multiply: " * ",
  subtract: " - ",
};

/** A lone `\\` at a pattern's end stands for itself everywhere; some servers refuse it and some match nothing. */
export function completePattern(pattern: string): string {
  const [tail = ""] = /\\*$/.exec(pattern) ?? [];
  return tail.length % 2 === 1 ? `${pattern}\\` : pattern;
}

/** An operand that is itself made of words stands in parentheses. */
export function writeOperand(expression: AnyExpression, out: Writer): void {
  const { kind } = nodeOf(expression);
  const isSimple =
    kind === "column" ||
    kind === "output" ||
    kind === "parameter" ||
    kind === "call" ||
    kind === "subquery";
  if (isSimple) out.expression(expression);
  else out.sql("(").expression(expression).sql(")");
}

/** How many columns of the result a member of the selection is. */
function widthOf(member: SelectionNode): number {
  if (member instanceof Expression) return 1;
  if (member.source !== undefined) return columnsOf(member.source).length;
  return member.values.reduce((width, inner) => width + widthOf(inner), 0);
}

/**
 * A term that is selected too, by its place in the result: written again, its values would be other parameters, and the
 * expression another one.
 */
function byPlace({ selection }: SelectStatement, term: AnyExpression): AnyExpression {
  const place = selectedPlace(selection, term);
  if (place === -1) return term;
  const before = selection.values.slice(0, place);
  const ordinal = 1 + before.reduce((width, member) => width + widthOf(member), 0);
  return new FragmentNode([`${ordinal}`], [], typeOf(term));
}

/** What databases would do by the text, by the place in the declaration, or not at all. */
function refuseEnum(expression: AnyExpression, feature: string): void {
  if (typeOf(expression)?.kind !== "enum") return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature,
    instead: "Order by the column itself.",
  });
}

/** `over (…)` behind a function that sees a window, and nothing behind another. */
export function writeOver({ over }: CallNode<unknown, string>, out: Writer): void {
  if (over === undefined) return;
  const clauses: (() => void)[] = [];
  if (over.partitionBy.length > 0) {
    clauses.push(() => {
      out.sql("partition by ").list(over.partitionBy, (term) => out.expression(term));
    });
  }
  if (over.orderBy.length > 0) {
    clauses.push(() => {
      const { orderTerm } = rulesOf(out);
      out
        .sql("order by ")
        .list(over.orderBy, (term) => orderTerm(term, out, true, term.expression));
    });
  }
  if (over.frame !== undefined) clauses.push(() => out.sql(over.frame!));
  out
    .sql(" over (")
    .list(clauses, (write) => write(), " ")
    .sql(")");
}

const WINDOW_FUNCTIONS: Readonly<Record<WindowFunctionName, string>> = {
  denseRank: "dense_rank(",
  firstValue: "first_value(",
  lag: "lag(",
  lastValue: "last_value(",
  lead: "lead(",
  rank: "rank(",
  rowNumber: "row_number(",
};

export function writeWindowFunction(node: CallNode<unknown, string>, out: Writer): void {
  out
    .sql(WINDOW_FUNCTIONS[node.name as WindowFunctionName])
    .list(node.arguments, (argument) => out.expression(argument))
    .sql(")");
  writeOver(node, out);
}

/** @param writeValue Writes what the case gives. */
export function writeCase(
  node: CaseNode<unknown, string>,
  out: Writer,
  writeValue: (value: AnyExpression, out: Writer) => void,
): void {
  const values = node.branches.map(({ value }) => value);
  requireOneForm(node.otherwise === undefined ? values : [...values, node.otherwise], out);
  out.sql("case");
  for (const { condition, value } of node.branches) {
    out.sql(" when ").expression(condition).sql(" then ");
    writeValue(value, out);
  }
  if (node.otherwise !== undefined) {
    out.sql(" else ");
    writeValue(node.otherwise, out);
  }
  out.sql(" end");
}

/** The members of a result, one by one, with their keys. */
function membersOf({ keys, values }: SelectionRecord): (readonly [string, AnyExpression])[] {
  return values.flatMap((value, place) =>
    value instanceof Expression ? [[keys[place]!, value] as const] : membersOf(value),
  );
}

/**
 * Whether a bare name in the order might be taken for what the result calls so, which is another column or none.
 *
 * @param names What the result's columns are called, where others read them by name.
 */
function isNamedApart(
  { orderBy, selection }: SelectStatement,
  names: readonly string[] | undefined,
  out: Writer,
): boolean {
  if (selection.source !== undefined && names === undefined) return false;
  const nameOf = (expression: AnyExpression): string | undefined => {
    const node = nodeOf(expression);
    if (node.kind === "column") return out.context.names.column(node);
    return node.kind === "output" ? node.name : undefined;
  };
  const given = membersOf(selection).flatMap(([key, value], place) => {
    const own = nameOf(value);
    const name = names?.[place] ?? (value.kind === "column" ? own! : key);
    return own === name ? [] : [name.toLowerCase()];
  });
  return orderBy.some(({ expression }) => {
    const own = nameOf(expression);
    return own !== undefined && given.includes(own.toLowerCase());
  });
}

function writeOrder(node: SelectStatement, out: Writer): void {
  const missing = nullableSources(node);
  out.sql(" order by ").list(node.orderBy, (term) => {
    const { expression } = term;
    if (expression.kind !== "column") refuseEnum(expression, "ordering by a computed enum");
    const placed = { ...term, expression: byPlace(node, expression) };
    rulesOf(out).orderTerm(placed, out, canBeNull(expression, missing), expression);
  });
}

/** @param names What the result's columns are called, where others read them by name. */
function writeSelect(node: SelectStatement, out: Writer, names?: readonly string[]): void {
  const rules = rulesOf(out);
  if (node.comment !== undefined) out.comment(node.comment);
  writeWith(node, out);
  out.scope([node.from, ...node.joins.map((join) => join.source)], () => {
    out.sql(node.distinct ? "select distinct " : "select ");
    if (node.distinctOn.length > 0) rules.distinctOn(node.distinctOn, out);
    out.selection(node.selection, columnsOf, names);
    for (const value of node.beside ?? []) {
      out.sql(", ").expression(value);
      out.outputs.push(typeOf(value));
    }
    out.sql(" from ");
    writeSource(node.from, node.inputs, out);
    for (const join of node.joins) rules.join(join, out);
    if (node.where !== undefined) out.sql(" where ").expression(node.where);
    if (node.groupBy.length > 0)
      out.sql(" group by ").list(node.groupBy, (term) => out.expression(byPlace(node, term)));
    if (node.having !== undefined) out.sql(" having ").expression(node.having);
    if (node.orderBy.length > 0) {
      const write = (): void => writeOrder(node, out);
      if (isNamedApart(node, names, out)) out.scope([], write, true);
      else write();
    }
    if (node.limit !== undefined || node.offset !== undefined)
      rules.range(node.limit, node.offset, out);
    if (node.lock !== undefined) rules.lockRows(node.lock, out);
  });
}

/** A select inside an expression, whose columns are none of the result's. */
export function writeInner(statement: SubqueryStatement, out: Writer): void {
  const { outputs } = out;
  const outer = outputs.length;
  out.inner(() => writeSelect(statement as SelectStatement, out));
  outputs.length = outer;
}

export const standardQuery: AgreedQueryRules = {
  column(node, out) {
    out.column(node);
  },

  output(node, out) {
    out.output(node);
  },

  value() {
    throw new TypeError("A value stands in a plan only as a parameter.");
  },

  inList() {
    throw new TypeError("A list stands in a plan only as a parameter.");
  },

  parameter(node, out) {
    out.parameter(node);
  },

  compare(node, out) {
    requireSameForm(node.left, node.right, out);
    writeOperand(node.left, out);
    out.sql(` ${node.operator} `);
    out.valuesFor(node.left, () => writeOperand(node.right, out));
  },

  logic(node, out) {
    out.list(node.operands, (operand) => writeOperand(operand, out), ` ${node.operator} `);
  },

  not(node, out) {
    out.sql("not ");
    writeOperand(node.operand, out);
  },

  nullTest(node, out) {
    writeOperand(node.operand, out);
    out.sql(node.negated ? " is not null" : " is null");
  },

  between(node, out) {
    requireSameForm(node.operand, node.low, out);
    requireSameForm(node.operand, node.high, out);
    writeOperand(node.operand, out);
    out.valuesFor(node.operand, () => {
      out.sql(" between ");
      writeOperand(node.low, out);
      out.sql(" and ");
      writeOperand(node.high, out);
    });
  },

  fragment(node, out) {
    const write = (): void => {
      node.strings.forEach((text, index) => {
        out.sql(text);
        const part = node.parts[index];
        if (part !== undefined) out.expression(part);
      });
    };
    // A fragment that names a table, as a subquery written by hand does, may read its columns.
    const sources = node.parts
      .map((part) => nodeOf(part))
      .flatMap((part) => (part.kind === "source" ? [part.source] : []));
    if (sources.length === 0) write();
    else out.scope(sources, write);
  },

  source(node, out) {
    out.sourceName(node.source);
  },

  subquery(node, out) {
    out.sql(node.form === "exists" ? "exists (" : "(");
    writeInner(node.statement, out);
    out.sql(")");
  },

  inQuery(node, out) {
    requireForms([node.operand], node.statement as SelectStatement, out);
    writeOperand(node.operand, out);
    out.sql(node.negated ? " not in (" : " in (");
    writeInner(node.statement, out);
    out.sql(")");
  },

  table(source, out) {
    out.source(source);
  },

  select(node, out) {
    writeSelect(node, out);
  },

  insert(node, out) {
    const rules = rulesOf(out);
    if (node.comment !== undefined) out.comment(node.comment);
    out.sql("insert into ").source(node.into);
    if (node.columns.length === 0) rules.emptyRow(out);
    else if (node.query !== undefined) {
      out
        .sql(" (")
        .list(node.columns, (column) => out.columnName(column))
        .sql(") ");
      requireForms(node.columns, node.query, out);
      writeInner(node.query, out);
    } else {
      out
        .sql(" (")
        .list(node.columns, (column) => out.columnName(column))
        .sql(") values ");
      out.list(node.rows, (row) => {
        out
          .sql("(")
          .list(node.columns, (column) => writeCell(column, row[column.key], out))
          .sql(")");
      });
    }
    out.scope([node.into], () => {
      if (node.conflict !== undefined) rules.conflict(node.conflict, node, out);
      if (node.returning !== undefined) rules.returning(node.returning, out);
    });
  },

  update(node, out) {
    const { comment, joins, returning, set, table } = node;
    if (comment !== undefined) out.comment(comment);
    out.scope([table, ...joins.map(({ source }) => source)], () => {
      out.sql("update ").source(table).sql(" set ");
      out.list(set, ({ column, value }) => {
        out.columnName(column).sql(" = ");
        writeCell(column, value, out);
      });
      if (joins.length > 0) out.sql(" from ");
      out.list(joins, ({ source, inputs }) => writeSource(source, inputs, out));
      writeConditions(node, out);
    });
    if (returning !== undefined) writeReturning(returning, table, joins.length > 0, out);
  },

  delete(node, out) {
    const { comment, from, joins, returning } = node;
    if (comment !== undefined) out.comment(comment);
    if (joins.length > 0) rulesOf(out).joinedDelete(node, out);
    else {
      out.scope([from], () => {
        out.sql("delete from ").source(from);
        writeConditions(node, out);
      });
    }
    if (returning !== undefined) writeReturning(returning, from, joins.length > 0, out);
  },

  raw(node, out) {
    out.openScope(() => out.expression(node.fragment));
  },
};

/** The conditions of the joins, which stand in no other place, and that of the write. */
export function writeConditions(
  { joins, where }: Pick<DeleteStatement, "joins" | "where">,
  out: Writer,
): void {
  const conditions = [...joins.map(({ on }) => on), where].filter((given) => given !== undefined);
  if (conditions.length === 0) return;
  out.sql(" where ");
  if (conditions.length === 1) out.expression(conditions[0]!);
  else out.list(conditions, (condition) => writeOperand(condition, out), " and ");
}

/** Only the written table's columns can be given back. */
function writeReturning(
  returning: SelectionRecord,
  table: Source,
  isQualified: boolean,
  out: Writer,
): void {
  out.scope([table], () => rulesOf(out).returning(returning, out), isQualified);
}

export function writeCell(column: AnyColumn, cell: unknown, out: Writer): void {
  if (cell === undefined) rulesOf(out).defaultCell(column, out);
  else if (cell instanceof Expression) {
    requireSameForm(column, cell, out);
    out.valuesFor(column, () => out.expression(cell));
  }
}
