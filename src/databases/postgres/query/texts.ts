/** What comes out compares by code point again, as columns do: the server's own collation depends on its system. */

import type { CallNode } from "../../../ast/expression.ts";
import type { TextFunctionName } from "../../../ast/function-name.ts";
import { writeAggregateOrder } from "../../../dialect/text/aggregate-order.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { writeTyped } from "./numbers.ts";

function writePlain(name: string, node: CallNode<unknown, string>, out: Writer): void {
  out
    .sql(`(${name}(`)
    .list(node.arguments, (part) => writeTyped(part, out))
    .sql(') collate "C")');
}

export const postgresTexts: CallRules<TextFunctionName> = {
  concat(node, out) {
    out
      .sql("((")
      .list(node.arguments, (part) => writeTyped(part, out), " || ")
      .sql(') collate "C")');
  },

  length({ arguments: [text] }, out) {
    out.sql("char_length(");
    writeTyped(text!, out);
    out.sql(")");
  },

  replace: (node, out) => writePlain("replace", node, out),
  substring: (node, out) => writePlain("substr", node, out),
  trim: (node, out) => writePlain("btrim", node, out),

  stringAgg(node, out) {
    const [text, separator] = node.arguments;
    out.sql("(string_agg(");
    writeTyped(text!, out);
    out.sql(", ");
    writeTyped(separator!, out);
    writeAggregateOrder(node, out);
    out.sql(') collate "C")');
  },
};
