/** `in (…)` over a list of any length. */

import type { ListParameterNode } from "../../../ast/expression.ts";
import type { LogicalType } from "../../../ast/logical-type.ts";
import type { RowsSource } from "../../../ast/rows.ts";
import type { AnyColumn, Inputs } from "../../../ast/statement.ts";
import { UnsupportedError } from "../../../core/error.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import {
  encodeFor,
  encoderOf,
  type Encode,
  type TypeMap,
} from "../../../dialect/values/type-map.ts";
import type { ListByHand } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { unitOf, uuidStorage } from "../types.ts";
import type { Variant } from "../variant.ts";
import { bindExactly } from "./exact.ts";

/** Beyond this many values a list is one JSON text; a statement has 65,535 places at most, and may hold several lists. */
const MAX_LIST_PLACES = 16_384;

/** The type of a list's items inside the server, and what makes the compared value of an item `v`. */
function itemType(type: LogicalType, variant: Variant): { sql: string; value: string } {
  switch (type.kind) {
    case "integer":
    case "bigint":
    case "boolean":
      return { sql: "bigint", value: "v" };
    case "double":
    case "real":
      return { sql: "double", value: "v" };
    case "decimal":
      return { sql: `decimal(${type.precision}, ${type.scale})`, value: "v" };
    case "timestamp":
      return { sql: unitOf(type) === undefined ? "datetime(6)" : "bigint", value: "v" };
    case "date":
      return { sql: "date", value: "v" };
    case "time":
      return { sql: "time(6)", value: "v" };
    case "bytes":
      // MariaDB 10.11 makes nothing of unhex() of a longtext in a table of distinct rows.
      return {
        sql: `mediumtext character set utf8mb4 collate ${variant.collation}`,
        value: "unhex(v)",
      };
    case "enum":
      return {
        sql: `varchar(255) character set utf8mb4 collate ${variant.collation}`,
        value: "v",
      };
    case "uuid":
      return {
        sql: `varchar(36) character set utf8mb4 collate ${variant.collation}`,
        value: { binary: "unhex(v)", text: "v", uuid: "cast(v as uuid)" }[
          uuidStorage(type, variant)
        ],
      };
    case "custom":
      throw new TypeError("Lists of custom types are refused.");
    case "array":
    case "text":
    case "json":
      return {
        sql: `longtext character set utf8mb4 collate ${variant.collation}`,
        value: "v",
      };
  }
}

/** How a stored value stands in JSON. */
function jsonItem(stored: unknown): string {
  if (typeof stored === "bigint") return String(stored);
  if (typeof stored === "boolean") return stored ? "1" : "0";
  return JSON.stringify(Buffer.isBuffer(stored) ? stored.toString("hex") : stored);
}

/** A list as JSON. Bigints are written as the numbers that the server reads exactly, bytes in hexadecimal. */
function jsonList(encode: Encode): Encode {
  return (values) => {
    const items = (values as readonly unknown[]).map((value) => jsonItem(encode(value)));
    return `[${items.join(",")}]`;
  };
}

/**
 * `in (select …)` would run the list again for each row of an update, and for each row of a read where the items are
 * long texts. As a table of distinct items it is made once and gets an index: of a hash where the items are texts.
 */
function writeTable(
  node: ListParameterNode<string>,
  type: LogicalType,
  variant: Variant,
  out: Writer,
): void {
  const { sql, value } = itemType(type, variant);
  const isText = type.kind === "text";
  out.sql("(case when ");
  writeOperand(node.operand, out);
  out.sql(` is null then null else ${node.negated ? "not " : ""}exists (select 1 from (`);
  out.sql(`select distinct ${value} as plinth_value${isText ? ", crc32(v) as plinth_hash" : ""} `);
  out.sql("from json_table(");
  out.bind(node.index, -1, jsonList(encoderOf(out.context.types, node.type)));
  out.sql(`, '$[*]' columns (v ${sql} path '$')) as plinth_json) as plinth_list where `);
  if (isText) {
    out.sql("plinth_hash = crc32(");
    writeOperand(node.operand, out);
    out.sql(") and ");
  }
  out.sql("plinth_value = ");
  writeOperand(node.operand, out);
  out.sql(") end)");
}

/** Cells, row after row, as an array of arrays. */
function jsonRows(targets: readonly AnyColumn[], types: TypeMap): Encode {
  const encoders = targets.map(({ type }) => encoderOf(types, type));
  return (given) => {
    const cells = given as readonly unknown[];
    let text = "";
    cells.forEach((cell, place) => {
      const index = place % targets.length;
      text += index > 0 ? "," : place > 0 ? "],[" : "";
      text +=
        cell === null ? "null" : jsonItem(encodeFor(targets[index]!.key, encoders[index]!, cell));
    });
    return `[[${text}]]`;
  };
}

/** Rows of values as a table, out of one JSON text, so that each column has its exact type, NULLs included. */
export function writeRows(source: RowsSource, inputs: Inputs, variant: Variant, out: Writer): void {
  const { alias, columns, targets } = source;
  const types = targets.map(({ type }) => itemType(type, variant));
  out.sql("(select ").list(columns, ({ name }, index) => {
    out
      .sql(types[index]!.value.replace(/\bv\b/, `v${index}`))
      .sql(" as ")
      .id(name);
  });
  out.sql(" from json_table(");
  out.bind(inputs.first, -1, jsonRows(targets, out.context.types)).sql(", '$[*]' columns (");
  out.list(columns, (_, index) => {
    // Else what is too long would be NULL.
    out.sql(`v${index} ${types[index]!.sql} path '$[${index}]' error on error`);
  });
  out.sql(")) as plinth_json) as ").id(alias);
}

/** Lists of this length are bound as one JSON text, for which the server must know what its items are. */
function refuseUntyped(
  type: LogicalType | undefined,
  variant: Variant,
): asserts type is LogicalType {
  const isCollated = type?.kind === "text" && type.collation !== undefined;
  if (type !== undefined && type.kind !== "json" && !isCollated) return;
  throw new UnsupportedError({
    dialect: variant.name,
    feature: `lists of more than ${MAX_LIST_PLACES} values for an expression ${isCollated ? "with a collation" : "without a type"}`,
    instead: "Give the fragment a type, such as .as(integer()), or split the list.",
  });
}

function writePlaces({ index, size, type }: ListByHand, out: Writer): void {
  const encode = encoderOf(out.context.types, type);
  for (let item = 0; item < size; item++) {
    if (item > 0) out.sql(", ");
    bindExactly(type, out, () => out.bind(index, item, encode));
  }
}

export function writeList(node: ListParameterNode<string>, variant: Variant, out: Writer): void {
  const { size, type, negated } = node;
  if (size === 0) {
    out.sql(negated ? "true" : "false");
    return;
  }
  if (size > MAX_LIST_PLACES) {
    refuseUntyped(type, variant);
    out.valuesFor(node.operand, () => writeTable(node, type, variant, out));
    return;
  }
  writeOperand(node.operand, out);
  out.sql(negated ? " not in (" : " in (");
  out.valuesFor(node.operand, () => writePlaces(node, out));
  out.sql(")");
}

/** Whether the server makes an index of such items; without one it looks through all of them for each row. */
function isIndexed(type: LogicalType | undefined): type is LogicalType {
  return type !== undefined && !["array", "bytes", "custom", "json", "text"].includes(type.kind);
}

export function writeListByHand(node: ListByHand, variant: Variant, out: Writer): void {
  const { index, negated, size, type } = node;
  out.sql(negated ? "not in (" : "in (");
  if (size === 0) out.sql("select null from dual where false");
  else if (size > MAX_LIST_PLACES && isIndexed(type)) {
    const { sql, value } = itemType(type, variant);
    out.sql(`select plinth_value from (select distinct ${value} as plinth_value from json_table(`);
    out.bind(index, -1, jsonList(encoderOf(out.context.types, type)));
    out.sql(`, '$[*]' columns (v ${sql} path '$')) as plinth_json) as plinth_list`);
  } else writePlaces(node, out);
  out.sql(")");
}
