/** Arrays as JSON. A list of elements is one parameter. */

import type { CallNode } from "../../../ast/expression.ts";
import type { ArrayFunctionName } from "../../../ast/function-name.ts";
import type { ArrayType } from "../../../ast/logical-type.ts";
import { typeOf } from "../../../ast/type-of.ts";
import { hasTextElements } from "../../../dialect/values/array-json.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { Variant } from "../variant.ts";

type Call = CallNode<unknown, string>;

function writeCall(name: string, { arguments: all }: Call, out: Writer): void {
  out
    .sql(`${name}(`)
    .list(all, (argument) => out.expression(argument))
    .sql(")");
}

export function mysqlArray({ collation }: Variant): CallRules<ArrayFunctionName> {
  return {
    arrayContains: (node, out) => writeCall("json_contains", node, out),

    arrayContained({ arguments: [array, list] }, out) {
      out.sql("json_contains(").expression(list!).sql(", ").expression(array!).sql(")");
    },

    arrayOverlaps: (node, out) => writeCall("json_overlaps", node, out),
    arrayLength: (node, out) => writeCall("json_length", node, out),
    arrayAppend: (node, out) => writeCall("json_merge_preserve", node, out),

    /** The session lets `group_concat` be as long as it has to. */
    arrayRemove({ arguments: [array, list] }, out) {
      const isText = hasTextElements(typeOf(list!) as ArrayType);
      const column = isText
        ? `longtext character set utf8mb4 collate ${collation} path '$'`
        : "int path '$'";
      const isBoolean = (typeOf(list!) as ArrayType).element.kind === "boolean";
      const spelt = isText
        ? `json_quote(v) collate ${collation}`
        : isBoolean
          ? "case v when 1 then 'true' when 0 then 'false' end"
          : "v";
      const elements = (write: () => void): void => {
        out.sql("json_table(");
        write();
        out.sql(`, '$[*]' columns (place for ordinality, v ${column}))`);
      };
      out.sql("(case when ").expression(array!).sql(" is not null then json_extract(concat('[', ");
      out.sql(
        `coalesce((select group_concat(coalesce(${spelt}, 'null') order by place separator ',') from `,
      );
      elements(() => out.expression(array!));
      out.sql(" as plinth_array where v is null or v not in (select v from ");
      elements(() => out.expression(list!));
      out.sql(" as plinth_list)), ''), ']'), '$') end)");
    },
  };
}
