import {
  nodeOf,
  type AnyExpression,
  type CallNode,
  type CompareNode,
} from "../../../ast/expression.ts";
import { isCaseInsensitive } from "../../../ast/folding.ts";
import type { ApartFunctionName, PlainFunctionName } from "../../../ast/function-name.ts";
import type { SelectStatement, UpdateStatement } from "../../../ast/statement.ts";
import { UnsupportedError } from "../../../core/error.ts";
import {
  ruleOf,
  type CallRules,
  type ContestedQueryRules,
  type QueryRules,
} from "../../../dialect/sql/rules.ts";
import {
  ARITHMETIC,
  columnsOf,
  requireForms,
  standardQuery,
  writeInner,
  writeCase,
  writeCell,
  writeConditions,
  writeOperand,
  writeOver,
  writeSource,
  writeWindowFunction,
} from "../../../dialect/sql/standard-query.ts";
import { expandRows } from "../../../dialect/sql/row-compare.ts";
import { requireOneForm, requireSameForm } from "../../../dialect/values/same-form.ts";
import { growingBitsOf, stretchOf, wholeBitsOf } from "../../../dialect/values/whole-range.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { isInserted } from "../../../schema/table.ts";
import { noteColumn, orderedAssignments } from "./assignments.ts";
import { encoderOf } from "../../../dialect/values/type-map.ts";
import { bindExactly, writeExact, writeExactly } from "./exact.ts";
import { isKeeping, KEPT_ROWS, writeConflict } from "./conflict.ts";
import { foldedName, foldingOf } from "./folded.ts";
import { nowText } from "../ddl/column.ts";
import { writeFolded, writePattern } from "./patterns.ts";
import { mysqlArray } from "./array.ts";
import { mysqlFullText } from "./full-text.ts";
import { mysqlInstants } from "./instants.ts";
import { mysqlNumbers } from "./numbers.ts";
import { mysqlTexts } from "./texts.ts";
import { mysqlJson } from "./json.ts";
import { writeList, writeListByHand, writeRows } from "./list.ts";
import type { Variant } from "../variant.ts";
import { noteWritten, writeJoin, writeReadTable } from "../copy/written.ts";

export const NO_WAIT = " nowait";

/** A sum of floating-point numbers beyond their range is 0 in MariaDB (seen in 10.11); to compute with it is an error. */
const REFUSE_INFINITE = " * 1e0)";

function writeCall(node: CallNode<unknown, string>, variant: Variant, out: Writer): void {
  const [first] = node.arguments;
  const writeArguments = (): Writer =>
    out.list(node.arguments, (argument) => writeExactly(argument, out));
  const name = node.name as PlainFunctionName;
  switch (name) {
    case "count":
      out.sql("count(");
      if (first === undefined) out.sql("*)");
      else out.expression(first).sql(")");
      writeOver(node, out);
      return;
    case "countDistinct":
      out.sql("count(distinct ");
      writeArguments().sql(")");
      return;
    case "avg":
      // The server's average of whole numbers and decimals has four digits more than they have, and no others.
      out.sql("(avg(cast(").expression(first!).sql(" as double))");
      writeOver(node, out);
      out.sql(REFUSE_INFINITE);
      return;
    case "add":
    case "bitAnd":
    case "bitOr":
    case "subtract":
    case "multiply":
      out.sql("(");
      writeExact(first!, out);
      // MariaDB takes 0 - x for x, and no error, where x is the smallest bigint (seen in 10.11).
      out.sql(name === "subtract" && wholeBitsOf(node.type) === 64 ? " + -" : ARITHMETIC[name]);
      writeExact(node.arguments[1]!, out);
      out.sql(")");
      return;
    case "fold":
      writeAsciiFolded(first!, variant, out);
      return;
    case "lower":
    case "upper":
      writeFolded(name, first!, variant, out);
      return;
    case "denseRank":
    case "firstValue":
    case "lag":
    case "lastValue":
    case "lead":
    case "rank":
    case "rowNumber":
      writeWindowFunction(node, out);
      return;
    // Of the statement's beginning.
    case "clock":
    case "now":
      out.sql(nowText(node.type));
      return;
    case "min":
    case "max":
    case "sum":
    case "coalesce": {
      requireOneForm(node.arguments, out);
      const isInexact = name === "sum" && node.type?.kind === "double";
      out.sql(isInexact ? "(sum(" : `${name}(`);
      writeArguments().sql(")");
      writeOver(node, out);
      if (isInexact) out.sql(REFUSE_INFINITE);
    }
  }
}

/** Of a table's column the server has computed it; a view has no such column, nor has a row that is inserted. */
function writeAsciiFolded(expression: AnyExpression, variant: Variant, out: Writer): void {
  const node = nodeOf(expression);
  const isComputed =
    node.kind === "column" && node.source.isView !== true && !isInserted(node.source);
  if (isComputed && isCaseInsensitive(node.type)) {
    noteColumn(node, out);
    out.column(node, foldedName);
    return;
  }
  const [before, behind] = foldingOf(variant);
  out.sql(before).expression(node).sql(behind);
}

function contestedRules(variant: Variant): ContestedQueryRules {
  /** Those that are spelt in files of their own. */
  const functions: CallRules<ApartFunctionName> = {
    ...mysqlArray(variant),
    ...mysqlFullText(variant),
    ...mysqlInstants,
    ...mysqlJson(variant),
    ...mysqlNumbers,
    ...mysqlTexts(variant),
  };
  return {
    inListParameter: (node, out) => writeList(node, variant, out),
    listByHand: (node, out) => writeListByHand(node, variant, out),

    valueByHand({ index, type }, out) {
      bindExactly(type, out, () => out.bind(index, -1, encoderOf(out.context.types, type)));
    },

    pattern: (node, out) => writePattern(node, variant, out),

    call(node, out) {
      const write = ruleOf(functions, node.name);
      const bits = growingBitsOf(node);
      const isNarrow = bits !== undefined && bits < 64;
      if (isNarrow) out.sql("(");
      if (write === undefined) writeCall(node, variant, out);
      else write(node, out);
      // The server computes all whole numbers with 64 bits, and refuses more.
      if (isNarrow) out.sql(` * ${stretchOf(bits)} div ${stretchOf(bits)})`);
    },

    case(node, out) {
      writeCase(node, out, writeExact);
    },

    rowsOf: (_source, write) => write(),

    recursiveStart: (_source, write) => write(),

    join(node, out) {
      if (node.kind === "full") {
        throw new UnsupportedError({
          dialect: variant.name,
          feature: "full joins",
          instead: "Run a left join and a right join for the rows without a match.",
        });
      }
      out.sql(` ${node.kind} join `);
      writeSource(node.source, node.inputs, out);
      if (node.on !== undefined) out.sql(" on ").expression(node.on);
    },

    rows: (source, inputs, out) => writeRows(source, inputs, variant, out),

    joinedDelete(node, out) {
      out.scope([node.from, ...node.joins.map(({ source }) => source)], () => {
        out.sql("delete from ").source(node.from).sql(" using ").source(node.from);
        for (const join of node.joins) writeJoin(join, out);
        writeConditions({ joins: [], where: node.where }, out);
      });
    },

    // NULLs are smallest by the server's own order, and elsewhere by a term of their own before it.
    // The server goes through an index from its beginning for a comparison of rows (MariaDB 10.11; MySQL 8.4 manual, "Range
    // Optimization of Row Constructor Expressions", which has equality only).
    compareRows(node, out) {
      out.expression(expandRows(node));
    },

    orderTerm(node, out, canBeNull, whole) {
      if (canBeNull && node.nulls !== undefined) {
        out
          .sql("(")
          .expression(whole)
          .sql(`) is null${node.nulls === "first" ? " desc" : ""}, `);
      }
      out.expression(node.expression);
      if (node.direction === "desc") out.sql(" desc");
    },

    range(limit, offset, out) {
      out.sql(" limit ");
      // An offset needs a limit; this is the largest. Source: MySQL 8.4 manual, "SELECT Statement".
      if (limit === undefined) out.sql("18446744073709551615");
      else out.expression(limit);
      if (offset !== undefined) out.sql(" offset ").expression(offset);
    },

    // MariaDB doesn't know `for share`, and MySQL knows no options behind the older words.
    lockRows({ strength, busy }, out) {
      const hasShare = variant.hasForShare && busy !== "wait";
      out.sql(
        strength === "update" ? " for update" : hasShare ? " for share" : " lock in share mode",
      );
      if (busy !== "wait") out.sql(busy === "skip" ? " skip locked" : NO_WAIT);
    },

    distinctOn() {
      throw new UnsupportedError({
        dialect: variant.name,
        feature: "distinctOn()",
        instead:
          "Number the rows with over(rowNumber(), …) in a query with .as(), and keep the first.",
      });
    },

    emptyRow(out) {
      out.sql(" () values ()");
    },

    defaultCell(_column, out) {
      out.sql("default");
    },

    conflict: (conflict, into, out) => writeConflict(conflict, into, variant, out),

    returning(record, out) {
      out.sql(" returning ").selection(record, columnsOf);
    },
  };
}

/** What is set stands with its table, as another one may have a column of the name. */
function writeJoinedUpdate(node: UpdateStatement, out: Writer): void {
  const { comment, joins, set, table, where } = node;
  if (comment !== undefined) out.comment(comment);
  out.scope([table, ...joins.map(({ source }) => source)], () => {
    out.sql("update ").source(table);
    for (const join of joins) writeJoin(join, out);
    out.sql(" set ").list(set, ({ column, value }) => {
      out.column(column).sql(" = ");
      writeCell(column, value, out);
    });
    writeConditions({ joins: [], where }, out);
  });
}

/** The server has an operator for what is the same, NULLs included. */
function writeDistinct({ left, operator, right }: CompareNode<string>, out: Writer): void {
  out.sql(operator === "is distinct from" ? "not (" : "(");
  writeExact(left, out);
  out.sql(" <=> ");
  out.valuesFor(left, () => writeExact(right, out));
  out.sql(")");
}

export function mysqlQuery(variant: Variant): QueryRules {
  return {
    ...standardQuery,
    ...contestedRules(variant),

    column(node, out) {
      noteColumn(node, out);
      if (isInserted(node.source)) {
        out.requireScope(node);
        out.sql("values(").columnName(node).sql(")");
        return;
      }
      standardQuery.column(node, out);
    },

    compare(node, out) {
      requireSameForm(node.left, node.right, out);
      if (node.operator === "is distinct from" || node.operator === "is not distinct from") {
        writeDistinct(node, out);
        return;
      }
      writeExact(node.left, out);
      out.sql(` ${node.operator} `);
      out.valuesFor(node.left, () => writeExact(node.right, out));
    },

    // The server takes no limit right inside of `in (…)`. Source: MySQL 8.4 manual, "Restrictions on Subqueries".
    inQuery(node, out) {
      const { limit, offset } = node.statement as SelectStatement;
      if (limit === undefined && offset === undefined) {
        standardQuery.inQuery(node, out);
        return;
      }
      requireForms([node.operand], node.statement as SelectStatement, out);
      writeOperand(node.operand, out);
      out.sql(node.negated ? " not in (" : " in (").sql("select * from (");
      writeInner(node.statement, out);
      out.sql(") as plinth_rows)");
    },

    between(node, out) {
      requireSameForm(node.operand, node.low, out);
      requireSameForm(node.operand, node.high, out);
      writeExact(node.operand, out);
      out.valuesFor(node.operand, () => {
        out.sql(" between ");
        writeExact(node.low, out);
        out.sql(" and ");
        writeExact(node.high, out);
      });
    },

    table(source, out) {
      if (variant.readsWritten) out.source(source);
      else writeReadTable(source, out);
    },

    insert(node, out) {
      if (node.query === undefined) noteWritten(node.into, out);
      standardQuery.insert(node, out);
      // RETURNING also gives the rows that were left as they were; by their count they are told from the inserted.
      if (node.conflict !== undefined && isKeeping(node.conflict) && node.returning !== undefined)
        out.sql(`, ${KEPT_ROWS}`);
    },

    delete(node, out) {
      noteWritten(node.from, out);
      standardQuery.delete(node, out);
    },

    update(node, out) {
      noteWritten(node.table, out);
      const set = variant.hasSimultaneousAssignment
        ? node.set
        : orderedAssignments(node, variant.name, out);
      if (node.joins.length === 0) standardQuery.update({ ...node, set }, out);
      else writeJoinedUpdate({ ...node, set }, out);
    },
  };
}
