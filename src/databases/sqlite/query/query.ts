import type { DerivedSource } from "../../../ast/derived.ts";
import {
  nodeOf,
  type AnyExpression,
  type CallNode,
  type CompareNode,
} from "../../../ast/expression.ts";
import type {
  ApartFunctionName,
  ArithmeticName,
  PlainFunctionName,
} from "../../../ast/function-name.ts";
import type { LogicalType } from "../../../ast/logical-type.ts";
import type { AnyColumn } from "../../../ast/statement.ts";
import { typeOf } from "../../../ast/type-of.ts";
import { UnsupportedError } from "../../../core/error.ts";
import {
  ruleOf,
  type CallRules,
  type ContestedQueryRules,
  type ListByHand,
  type QueryRules,
} from "../../../dialect/sql/rules.ts";
import { writeRowCompare } from "../../../dialect/sql/row-compare.ts";
import { writeEnumPlace } from "../../../dialect/values/enum-order.ts";
import {
  ARITHMETIC,
  columnsOf,
  completePattern,
  standardQuery,
  writeCase,
  writeConditions,
  writeOperand,
  writeOver,
  writeSource,
  writeWindowFunction,
} from "../../../dialect/sql/standard-query.ts";
import { writeConflict } from "../../../dialect/sql/conflict.ts";
import { encoderOf, type Encode } from "../../../dialect/values/type-map.ts";
import { requireOneForm } from "../../../dialect/values/same-form.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { resolveColumnDefault } from "../../../schema/model.ts";
import type { AnyTableColumn, TableInfo } from "../../../schema/table.ts";
import { writeColumnDefault } from "../column-default.ts";
import { sqliteArray } from "./array.ts";
import { checkDecimals, decimalOf, refuseWideDecimal, writeWhole } from "./decimals.ts";
import { sqliteFullText } from "./full-text.ts";
import { sqliteInstants } from "./instants.ts";
import { sqliteNumbers } from "./numbers.ts";
import { rangeCheckOf } from "../ddl/ranges.ts";
import { sqliteTexts } from "./texts.ts";
import { sqliteJson } from "./json.ts";
import { decimalStorage, isUuidBlob } from "../types.ts";

/** Beyond this many values a list is one JSON text, so that no length is too long. */
const MAX_LIST_PLACES = 1024;

/**
 * SQLite drops conditions of a `union all` with a right or full join in one of its selects where it makes one query of it
 * and the query around it (seen in 3.53.4), which it doesn't where the rows are made first.
 */
function isMisread({ parts }: DerivedSource): boolean {
  return (
    parts.some(({ operator }) => operator === "union all") &&
    parts.some(({ statement }) =>
      statement.joins.some(({ kind }) => kind === "right" || kind === "full"),
    )
  );
}

/** The pattern of `glob`, which tells case apart, for a pattern of `like`. */
function globOfLike(pattern: string): string {
  let glob = "";
  for (let index = 0; index < pattern.length; index++) {
    let character = pattern[index]!;
    if (character === "%") glob += "*";
    else if (character === "_") glob += "?";
    else {
      if (character === "\\" && index + 1 < pattern.length) character = pattern[++index]!;
      glob +=
        character === "*" || character === "?" || character === "[" ? `[${character}]` : character;
    }
  }
  return glob;
}

function writeAverage(node: CallNode<unknown, string>, argument: AnyExpression, out: Writer): void {
  out.sql("avg(").expression(argument).sql(")");
  writeOver(node, out);
  const decimal = decimalOf(argument);
  if (decimal === undefined) return;
  const storage = decimalStorage(decimal);
  if (storage === "text") refuseWideDecimal();
  if (storage === "scaled" && decimal.scale > 0) out.sql(` / 1${"0".repeat(decimal.scale)}.0`);
}

/** Scaled integers of one scale add up to one, and a whole number multiplies one. */
function writeArithmetic(
  { arguments: [left, right] }: CallNode<unknown, string>,
  name: ArithmeticName,
  out: Writer,
): void {
  checkDecimals(left!, name === "multiply" ? left! : right!);
  out.sql("(");
  writeWhole(left!, out);
  out.sql(ARITHMETIC[name]);
  writeWhole(right!, out);
  out.sql(")");
}

/** A decimal among text that a person wrote would be read as what is stored: 9.90 as 990. */
function refuseDecimal(part: AnyExpression): void {
  const type = decimalOf(part);
  if (type === undefined || decimalStorage(type) !== "scaled" || type.scale === 0) return;
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: "a decimal inside sql`…`, as it is stored as a whole number of its smallest unit",
    instead: "Use add(), subtract(), multiply(), sum() and the comparisons, which know its digits.",
  });
}

function writeCall(node: CallNode<unknown, string>, out: Writer): void {
  const [first] = node.arguments;
  const name = node.name as PlainFunctionName;
  switch (name) {
    case "count":
      out.sql("count(");
      if (first === undefined) out.sql("*");
      else out.expression(first);
      out.sql(")");
      writeOver(node, out);
      return;
    case "countDistinct":
      out
        .sql("count(distinct ")
        .list(node.arguments, (argument) => out.expression(argument))
        .sql(")");
      return;
    case "avg":
      writeAverage(node, first!, out);
      return;
    case "min":
    case "max":
    case "sum":
      if (decimalOf(first!) !== undefined && decimalStorage(decimalOf(first!)!) === "text")
        refuseWideDecimal();
      out.sql(`${name}(`).expression(first!).sql(")");
      writeOver(node, out);
      return;
    case "fold":
      // Its own function, which folds ASCII only, so that every program can write to the index.
      out.sql("lower(").expression(first!).sql(")");
      return;
    case "lower":
    case "upper":
      // SQLite's own functions know only ASCII.
      out.sql(`plinth_${name}(`).expression(first!).sql(")");
      return;
    case "add":
    case "bitAnd":
    case "bitOr":
    case "subtract":
    case "multiply":
      writeArithmetic(node, name, out);
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
      writeColumnDefault({ kind: "now" }, node.type!, out);
      return;
    case "coalesce":
      requireOneForm(node.arguments, out);
      out
        .sql("coalesce(")
        .list(node.arguments, (argument) => out.expression(argument))
        .sql(")");
  }
}

/**
 * A bare parameter as a limit lets SQLite plan for its value, and so prepare the statement anew for every one: twice the
 * time of a small read (measured on 3.53). The cast hides it.
 */
function writeCount(count: AnyExpression, out: Writer): void {
  out.sql("cast(").expression(count).sql(" as integer)");
}

/** The functions that are spelt in files of their own. */
const FUNCTIONS: CallRules<ApartFunctionName> = {
  ...sqliteArray,
  ...sqliteFullText,
  ...sqliteInstants,
  ...sqliteJson,
  ...sqliteNumbers,
  ...sqliteTexts,
};

const contestedRules: ContestedQueryRules = {
  inListParameter(node, out) {
    if (decimalOf(node.operand) !== undefined) checkDecimals(node.operand, node.operand);
    const encode = encoderOf(out.context.types, node.type);
    if (node.size === 0) {
      out.sql(node.negated ? "1" : "0");
      return;
    }
    writeOperand(node.operand, out);
    out.sql(" ").valuesFor(node.operand, () => writeItems(node, encode, out));
  },

  // SQLite takes an empty list as it stands.
  listByHand(node, out) {
    writeItems(node, encoderOf(out.context.types, node.type), out);
  },

  valueByHand({ index, type }, out) {
    out.bind(index, -1, encoderOf(out.context.types, type));
  },

  pattern(node, out) {
    const pattern = nodeOf(node.pattern);
    if (pattern.kind !== "parameter" || (node.operator === "ilike" && !node.isAscii)) {
      if (node.negated) out.sql("not ");
      out
        .sql(`plinth_${node.operator}(`)
        .expression(node.pattern)
        .sql(", ")
        .expression(node.operand)
        .sql(")");
      return;
    }
    const encode = encoderOf(out.context.types, pattern.type);
    writeOperand(node.operand, out);
    if (node.negated) out.sql(" not");
    if (node.operator === "ilike") {
      // `like` folds ASCII only, which is all that a pattern of ASCII needs but for two odd letters.
      out.sql(" like ");
      // A pattern without escapes needs no character for them, which SQLite would read anew for each row.
      if (!node.isEscaped) out.parameter(pattern, encode);
      else {
        out.parameter(pattern, (value) => completePattern(String(encode(value))));
        out.sql(" escape '\\'");
      }
      return;
    }
    out.sql(" glob ").parameter(pattern, (value) => globOfLike(String(encode(value))));
  },

  call(node, out) {
    const write = ruleOf(FUNCTIONS, node.name) ?? writeCall;
    const check = rangeCheckOf(node);
    if (check !== undefined) out.sql(`${check}(`);
    write(node, out);
    if (check !== undefined) out.sql(")");
  },

  case(node, out) {
    writeCase(node, out, (value) => out.expression(value));
  },

  rowsOf(source, write, out) {
    if (!isMisread(source)) return write();
    out.sql("with plinth_rows as materialized (");
    write();
    out.sql(") select * from plinth_rows");
  },

  recursiveStart: (_source, write) => write(),

  join(node, out) {
    out.sql(` ${node.kind} join `);
    writeSource(node.source, node.inputs, out);
    if (node.on !== undefined) out.sql(" on ").expression(node.on);
  },

  rows({ alias, columns, rowCount, targets }, inputs, out) {
    const encoders = targets.map(({ type }) => encoderOf(out.context.types, type));
    out.sql("(values ");
    for (let row = 0; row < rowCount; row++) {
      out.sql(row === 0 ? "(" : ", (").list(columns, (_, index) => {
        const place = row * columns.length + index;
        out.valuesFor(targets[index]!, () => out.bind(inputs.first, place, encoders[index]!));
      });
      out.sql(")");
    }
    out.sql(") as ").id(alias);
  },

  // By the key, so that the other sources may lead to the rows; a table without one is gone through.
  joinedDelete(node, out) {
    const { from, joins } = node;
    const [first, ...others] = joins;
    const { primaryKey } = from as TableInfo;
    const hasKey = primaryKey.length > 0;
    out.sql("delete from ").source(from).sql(" where ");
    out.scope([from], () => {
      const inner = hasKey ? joins : others;
      if (hasKey)
        out
          .sql("(")
          .list(primaryKey, (column) => out.columnName(column))
          .sql(") in (");
      else out.sql("exists (");
      out.scope(
        joins.map(({ source }) => source),
        () => {
          out.sql("select ");
          if (hasKey) out.list(primaryKey, (column) => out.column(column));
          else out.sql("1");
          out.sql(" from ");
          if (hasKey) out.source(from);
          else writeSource(first!.source, first!.inputs, out);
          for (const { inputs, source } of inner) {
            out.sql(", ");
            writeSource(source, inputs, out);
          }
          writeConditions(node, out);
        },
        true,
      );
      out.sql(")");
    });
  },

  compareRows(node, out) {
    node.left.forEach((left, place) => checkDecimals(left, node.right[place]!));
    writeRowCompare(node, out);
  },

  // NULLs are smallest by SQLite's own order.
  orderTerm(node, out, canBeNull) {
    const decimal = decimalOf(node.expression);
    if (decimal !== undefined && decimalStorage(decimal) === "text") refuseWideDecimal();
    const type = typeOf(node.expression);
    if (type?.kind === "enum") writeEnumPlace(node.expression, type, out);
    else out.expression(node.expression);
    if (node.direction === "desc") out.sql(" desc");
    if (canBeNull && node.nulls !== undefined) out.sql(` nulls ${node.nulls}`);
  },

  range(limit, offset, out) {
    out.sql(" limit ");
    if (limit === undefined) out.sql("-1");
    else writeCount(limit, out);
    if (offset !== undefined) {
      out.sql(" offset ");
      writeCount(offset, out);
    }
  },

  emptyRow(out) {
    out.sql(" default values");
  },

  // SQLite has no `default` among values, so what the column declares is written out.
  defaultCell(column: AnyColumn, out) {
    // Columns of statements are those of declared tables.
    writeColumnDefault(resolveColumnDefault(column as AnyTableColumn), column.type, out);
  },

  conflict: writeConflict,

  distinctOn() {
    throw new UnsupportedError({
      dialect: "SQLite",
      feature: "distinctOn()",
      instead:
        "Number the rows with over(rowNumber(), …) in a query with .as(), and keep the first.",
    });
  },

  lockRows() {
    throw new UnsupportedError({
      dialect: "SQLite",
      feature: "row locks (for update, for share)",
      instead: "Use db.transaction(); its writer holds the whole database.",
    });
  },

  returning(record, out) {
    out.sql(" returning ").selection(record, columnsOf);
  },
};

/** Bytes stand in JSON in hexadecimal, and numbers with a fraction in arrays: SQLite's own reading is not exact. */
function writeItems({ index, negated, size, type }: ListByHand, encode: Encode, out: Writer): void {
  out.sql(negated ? "not in (" : "in (");
  if (size > MAX_LIST_PLACES) {
    out.sql(`select ${itemText(type)} from json_each(`);
    out.bind(index, -1, jsonList(encode)).sql(")");
  } else {
    for (let item = 0; item < size; item++) {
      if (item > 0) out.sql(", ");
      out.bind(index, item, encode);
    }
  }
  out.sql(")");
}

function itemText(type: LogicalType | undefined): string {
  if (isUuidBlob(type)) return "unhex(value)";
  switch (type?.kind) {
    case "bytes":
      return "unhex(value)";
    case undefined:
    case "decimal":
    case "double":
    case "real":
      return "case type when 'array' then plinth_number(value) else value end";
    default:
      return "value";
  }
}

/** A long list as JSON. Bigints are written as the numbers that SQLite reads exactly. */
function jsonList(encode: (value: unknown) => unknown): (value: unknown) => unknown {
  return (values) => {
    const items = (values as readonly unknown[]).map((value) => {
      const stored = encode(value);
      if (typeof stored === "bigint") return String(stored);
      if (typeof stored === "number" && !Number.isSafeInteger(stored)) return `[${stored}]`;
      return JSON.stringify(
        stored instanceof Uint8Array ? Buffer.from(stored).toString("hex") : stored,
      );
    });
    return `[${items.join(",")}]`;
  };
}

export const sqliteQuery: QueryRules = {
  ...standardQuery,
  ...contestedRules,

  fragment(node, out) {
    for (const part of node.parts) refuseDecimal(part);
    standardQuery.fragment(node, out);
  },

  compare(node: CompareNode<string>, out: Writer) {
    checkDecimals(node.left, node.right);
    standardQuery.compare(node, out);
  },

  between(node, out) {
    checkDecimals(node.operand, node.low);
    checkDecimals(node.operand, node.high);
    standardQuery.between(node, out);
  },
};
