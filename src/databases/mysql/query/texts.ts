/** What comes out compares by code point again, whatever the tables' own character set and collation are. */

import { nodeOf, type AnyExpression, type CallNode } from "../../../ast/expression.ts";
import type { TextFunctionName } from "../../../ast/function-name.ts";
import { writeAggregateOrder } from "../../../dialect/text/aggregate-order.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { Variant } from "../variant.ts";

export function mysqlTexts({ collation }: Variant): CallRules<TextFunctionName> {
  function writeText(text: AnyExpression, out: Writer): void {
    if (nodeOf(text).kind === "parameter") out.expression(text);
    else out.sql("convert(").expression(text).sql(` using utf8mb4) collate ${collation}`);
  }

  function writePlain(name: string, node: CallNode<unknown, string>, out: Writer): void {
    out
      .sql(`${name}(`)
      .list(node.arguments, (part, place) =>
        place === 0 ? writeText(part, out) : out.expression(part),
      )
      .sql(")");
  }

  return {
    concat(node, out) {
      out
        .sql("concat(")
        .list(node.arguments, (part) => writeText(part, out))
        .sql(")");
    },

    length: (node, out) => writePlain("char_length", node, out),
    replace: (node, out) => writePlain("replace", node, out),
    substring: (node, out) => writePlain("substring", node, out),
    trim: (node, out) => writePlain("trim", node, out),

    // The server's separator is a literal, so each text brings its own, and the last one is cut off.
    stringAgg(node, out) {
      const [text, separator] = node.arguments;
      const write = (): void => {
        out.sql("group_concat(concat(");
        writeText(text!, out);
        out.sql(", ").expression(separator!).sql(")");
        writeAggregateOrder(node, out);
        out.sql(" separator '')");
      };
      out.sql("left(");
      write();
      out.sql(", char_length(");
      write();
      out.sql(") - char_length(").expression(separator!).sql("))");
    },
  };
}
