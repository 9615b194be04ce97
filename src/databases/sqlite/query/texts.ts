import type { CallNode } from "../../../ast/expression.ts";
import type { TextFunctionName } from "../../../ast/function-name.ts";
import { writeAggregateOrder } from "../../../dialect/text/aggregate-order.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";

function writePlain(name: string, node: CallNode<unknown, string>, out: Writer): void {
  out
    .sql(`${name}(`)
    .list(node.arguments, (part) => out.expression(part))
    .sql(")");
}

export const sqliteTexts: CallRules<TextFunctionName> = {
  concat(node, out) {
    out
      .sql("(")
      .list(node.arguments, (part) => out.expression(part), " || ")
      .sql(")");
  },
  length: (node, out) => writePlain("length", node, out),
  replace: (node, out) => writePlain("replace", node, out),
  substring: (node, out) => writePlain("substr", node, out),
  trim: (node, out) => writePlain("trim", node, out),

  stringAgg(node, out) {
    const [text, separator] = node.arguments;
    out.sql("group_concat(").expression(text!).sql(", ").expression(separator!);
    writeAggregateOrder(node, out);
    out.sql(")");
  },
};
