import { nodeOf, type AnyExpression, type CallNode } from "../../../ast/expression.ts";
import type { AnyColumn, SelectStatement } from "../../../ast/statement.ts";
import type { ApartFunctionName, PlainFunctionName } from "../../../ast/function-name.ts";
import { typeOf } from "../../../ast/type-of.ts";
import { UnsupportedError } from "../../../core/error.ts";
import {
  ruleOf,
  type CallRules,
  type ContestedQueryRules,
  type QueryRules,
} from "../../../dialect/sql/rules.ts";
import { writeRowCompare } from "../../../dialect/sql/row-compare.ts";
import { growingBitsOf, stretchOf } from "../../../dialect/values/whole-range.ts";
import { writeEnumPlace } from "../../../dialect/values/enum-order.ts";
import {
  ARITHMETIC,
  columnsOf,
  completePattern,
  requireForms,
  standardQuery,
  writeCase,
  writeConditions,
  writeInner,
  writeOperand,
  writeOver,
  writeSource,
  writeWindowFunction,
} from "../../../dialect/sql/standard-query.ts";
import { writeConflict } from "../../../dialect/sql/conflict.ts";
import { encoderOf, type Encode } from "../../../dialect/values/type-map.ts";
import { requireOneForm } from "../../../dialect/values/same-form.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { postgresArray } from "./array.ts";
import { clockText, nowText } from "../ddl/column.ts";
import { postgresFullText } from "./full-text.ts";
import { postgresInstants } from "./instants.ts";
import { postgresNumbers } from "./numbers.ts";
import { postgresTexts } from "./texts.ts";
import { postgresJson } from "./json.ts";
import { arrayLiteral, elementType, isTextEnum, isTextUuid, openType } from "../types.ts";

function writeExtreme(node: CallNode<unknown, string>, argument: AnyExpression, out: Writer): void {
  const type = typeOf(argument);
  const kind = type?.kind;
  if (kind === "boolean") {
    // False is smaller than true, and the server has no min of booleans.
    out
      .sql(node.name === "min" ? "bool_and(" : "bool_or(")
      .expression(argument)
      .sql(")");
    writeOver(node, out);
  } else if (type !== undefined && kind === "uuid" && !isTextUuid(type)) {
    // Up to version 18 it has none of UUIDs either; their text sorts as their bytes do.
    out.sql(`cast(${node.name}(cast(`).expression(argument).sql(' as text) collate "C")');
    writeOver(node, out);
    out.sql(" as uuid)");
  } else if (kind === "bytes") {
    // Nor of bytes up to version 17; they sort as their hexadecimal digits do.
    out.sql(`decode(${node.name}(encode(`).expression(argument).sql(`, 'hex') collate "C")`);
    writeOver(node, out);
    out.sql(", 'hex')");
  } else {
    out.sql(`${node.name}(`).expression(argument).sql(")");
    writeOver(node, out);
  }
}

function writeCall(node: CallNode<unknown, string>, folding: string, out: Writer): void {
  const [first] = node.arguments;
  const writeArguments = (): Writer =>
    out.list(node.arguments, (argument) => out.expression(argument));
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
      // Exact until its end; a number as everywhere.
      out.sql("cast(avg(").expression(first!).sql(")");
      writeOver(node, out);
      out.sql(" as double precision)");
      return;
    case "min":
    case "max":
      writeExtreme(node, first!, out);
      return;
    case "fold":
      // By this collation it folds ASCII only.
      out.sql("lower(");
      writeOperand(first!, out);
      out.sql(' collate "C")');
      return;
    case "lower":
    case "upper":
      // The result compares by code point again.
      out.sql(`(${name}(`);
      writeOperand(first!, out);
      out.sql(` collate ${folding}) collate "C")`);
      return;
    case "add":
    case "bitAnd":
    case "bitOr":
    case "subtract":
    case "multiply":
      out.sql("(");
      writeOperand(first!, out);
      out.sql(ARITHMETIC[name]);
      writeOperand(node.arguments[1]!, out);
      out.sql(")");
      return;
    case "sum":
      // The server sums bigints as numeric, without end; beyond bigint the cast is an error, as everywhere.
      if (typeOf(first!)?.kind === "real")
        out.sql("sum(cast(").expression(first!).sql(" as double precision))");
      else if (node.type?.kind === "bigint") {
        out.sql("cast(sum(").expression(first!).sql(")");
        writeOver(node, out);
        out.sql(" as bigint)");
        return;
      } else out.sql("sum(").expression(first!).sql(")");
      writeOver(node, out);
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
    case "clock":
      out.sql(clockText(node.type?.kind === "timestamp" ? node.type.precision : 6));
      return;
    case "now":
      out.sql(nowText(node.type));
      return;
    case "coalesce":
      requireOneForm(node.arguments, out);
      out.sql("coalesce(");
      writeArguments().sql(")");
  }
}

function arrayEncoder(encode: Encode): Encode {
  return (values) => arrayLiteral((values as readonly unknown[]).map(encode));
}

/** The cells of one column, of those of all rows, as an array. */
function columnEncoder(encode: Encode, index: number, width: number): Encode {
  return (given) => {
    const cells = (given as readonly unknown[]).filter((_, place) => place % width === index);
    return arrayLiteral(cells.map((cell) => (cell === null ? null : encode(cell))));
  };
}

function contestedRules(folding: string): ContestedQueryRules {
  /** Those that are spelt in files of their own. */
  const functions: CallRules<ApartFunctionName> = {
    ...postgresArray,
    ...postgresFullText,
    ...postgresInstants,
    ...postgresJson,
    ...postgresNumbers,
    ...postgresTexts,
  };
  return {
    inListParameter(node, out) {
      if (node.size === 0) {
        out.sql(node.negated ? "true" : "false");
        return;
      }
      const { type } = node;
      const encode = encoderOf(out.context.types, type);
      writeOperand(node.operand, out);
      out.valuesFor(node.operand, () => {
        if (type !== undefined) {
          // One parameter, whatever the length.
          out.sql(node.negated ? " <> all(" : " = any(");
          out.bind(node.index, -1, arrayEncoder(encode)).sql(`::${elementType(type)}[])`);
          return;
        }
        // Of an array the server must know the type; of single values it finds it out.
        out.sql(node.negated ? " not in (" : " in (");
        for (let item = 0; item < node.size; item++) {
          if (item > 0) out.sql(", ");
          out.bind(node.index, item, encode);
        }
        out.sql(")");
      });
    },

    /** One parameter, which the server takes for an array of what the operand is. */
    listByHand({ index, negated, type }, out) {
      out.sql(negated ? "<> all(" : "= any(");
      out.bind(index, -1, arrayEncoder(encoderOf(out.context.types, type))).sql(")");
    },

    valueByHand({ index, type }, out) {
      out.bind(index, -1, encoderOf(out.context.types, type));
    },

    pattern(node, out) {
      writeOperand(node.operand, out);
      // A pattern of ASCII needs no more than ASCII's folding, which is much cheaper.
      const isFolded = node.operator === "ilike" && !node.isAscii;
      if (isFolded) out.sql(` collate ${folding}`);
      out.sql(node.negated ? ` not ${node.operator} ` : ` ${node.operator} `);
      const pattern = nodeOf(node.pattern);
      if (pattern.kind !== "parameter") {
        writeOperand(pattern, out);
        return;
      }
      const encode = encoderOf(out.context.types, pattern.type);
      out.parameter(pattern, (value) => completePattern(String(encode(value))));
    },

    call(node, out) {
      const write = ruleOf(functions, node.name);
      // The server refuses what is more than its own types hold.
      const isSafe = growingBitsOf(node) === 54;
      if (isSafe) out.sql("(");
      if (write === undefined) writeCall(node, folding, out);
      else write(node, out);
      if (isSafe) out.sql(` * ${stretchOf(54)} / ${stretchOf(54)})`);
    },

    // Of values alone the server would make texts.
    case(node, out) {
      writeCase(node, out, (value) => {
        const { kind } = nodeOf(value);
        if (kind !== "parameter" || node.type === undefined) out.expression(value);
        else
          out
            .sql("cast(")
            .expression(value)
            .sql(` as ${elementType(node.type)})`);
      });
    },

    rowsOf: (_source, write) => write(),

    // The server refuses columns that have a length, a scale or a collation here and not in what follows, as what is
    // computed has none. Source: PostgreSQL 18, parse_cte.c, "in non-recursive term but".
    recursiveStart({ columns }, write, out) {
      const terms = columns.map(({ name, type }) => ({ name, open: type && openType(type) }));
      if (terms.every(({ open }) => open === undefined)) return write();
      out.sql("select ").list(terms, ({ name, open }) => {
        if (open === undefined) out.id(name);
        else out.sql("cast(").id(name).sql(` as ${open.name})${open.collation} as `).id(name);
      });
      out.sql(" from (");
      write();
      out.sql(") as plinth_start");
    },

    join(node, out) {
      out.sql(` ${node.kind} join `);
      writeSource(node.source, node.inputs, out);
      if (node.on !== undefined) out.sql(" on ").expression(node.on);
    },

    // One array for each column, whatever the number of rows.
    rows(source, inputs, out) {
      const { length } = source.targets;
      // Of an array of arrays it would make a row for every element, so these come as texts.
      const isText = (column: AnyColumn): boolean => column.type.kind === "array";
      const names = source.columns.map(({ name }) => name);
      const isCast = source.targets.some(isText);
      if (isCast) {
        out.sql("(select ").list(source.targets, (column, index) => {
          out.id(names[index]!);
          if (!isText(column)) return;
          out.sql(`::${elementType(column.type)} as `).id(names[index]!);
        });
        out.sql(" from ");
      }
      out.sql("unnest(");
      out.list(source.targets, (column, index) => {
        const encode = encoderOf(out.context.types, column.type);
        out.valuesFor(column, () => {
          out.bind(inputs.first, -1, columnEncoder(encode, index, length));
          out.sql(isText(column) ? "::text[]" : `::${elementType(column.type)}[]`);
        });
      });
      out.sql(") as ").id(source.alias).sql(" ").idList(names);
      if (isCast) out.sql(") as ").id(source.alias);
    },

    joinedDelete(node, out) {
      const sources = node.joins.map(({ source }) => source);
      out.scope([node.from, ...sources], () => {
        out.sql("delete from ").source(node.from).sql(" using ");
        out.list(node.joins, ({ source, inputs }) => writeSource(source, inputs, out));
        writeConditions(node, out);
      });
    },

    // The server's own order has NULLs largest. Where there can be none nothing is said, so that every index serves.
    compareRows: writeRowCompare,

    orderTerm(node, out, canBeNull) {
      const type = typeOf(node.expression);
      if (type?.kind === "enum" && isTextEnum(type)) writeEnumPlace(node.expression, type, out);
      else out.expression(node.expression);
      const isAscending = node.direction === "asc";
      if (!isAscending) out.sql(" desc");
      if (canBeNull) out.sql(` nulls ${node.nulls ?? (isAscending ? "first" : "last")}`);
    },

    range(limit, offset, out) {
      if (limit !== undefined) out.sql(" limit ").expression(limit);
      if (offset !== undefined) out.sql(" offset ").expression(offset);
    },

    emptyRow(out) {
      out.sql(" default values");
    },

    defaultCell(_column, out) {
      out.sql("default");
    },

    conflict(conflict, into, out) {
      const isUpdate = conflict.update.length > 0 || conflict.set !== undefined;
      if (conflict.target.length === 0 && isUpdate) {
        throw new UnsupportedError({
          dialect: "PostgreSQL",
          feature: "onConflict() without columns when the row is to be updated",
          instead: "Name the columns of the key: onConflict(users.email).",
        });
      }
      writeConflict(conflict, into, out);
    },

    lockRows({ strength, busy, of }, out) {
      out.sql(` for ${strength}`);
      if (of !== undefined) out.sql(" of ").id(of.alias ?? out.context.names.table(of.table));
      if (busy !== "wait") out.sql(busy === "skip" ? " skip locked" : " nowait");
    },

    distinctOn(terms, out) {
      out
        .sql("distinct on (")
        .list(terms, (term) => out.expression(term))
        .sql(") ");
    },

    returning(record, out) {
      out.sql(" returning ").selection(record, columnsOf);
    },
  };
}

/** An array is looked up by an index, where a query would be joined: by a hash of the whole table, as far as that seems cheap. */
const inQuery: QueryRules["inQuery"] = (node, out) => {
  if (!node.isCollected || node.negated) {
    standardQuery.inQuery(node, out);
    return;
  }
  const statement = node.statement as SelectStatement;
  requireForms([node.operand], statement, out);
  writeOperand(node.operand, out);
  out.sql(" = any(array(");
  writeInner(statement, out);
  out.sql("))");
};

/** @param folding A collation, quoted, that knows the letters of all languages; those of columns know only ASCII's. */
export function postgresQuery(folding: string): QueryRules {
  return { ...standardQuery, ...contestedRules(folding), inQuery };
}
