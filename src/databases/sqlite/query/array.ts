/** Arrays as JSON, whose elements `json_each` makes rows of. A list of elements is one parameter. */

import type { CallNode } from "../../../ast/expression.ts";
import type { ArrayFunctionName } from "../../../ast/function-name.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";

type Call = CallNode<unknown, string>;

/** NULL where the array is; rows of no array would be none. */
function writeUnlessNull({ arguments: [array] }: Call, out: Writer, write: () => void): void {
  out.sql("(case when ").expression(array!).sql(" is not null then ");
  write();
  out.sql(" end)");
}

/** Whether there are elements of one array that are, or are not, in another one. */
function writeElements(
  node: Call,
  out: Writer,
  [from, test]: readonly ["array" | "list", "is 1" | "is not 1"],
): void {
  const [array, list] = node.arguments;
  const [outer, inner] = from === "array" ? [array, list] : [list, array];
  out.sql("exists (select 1 from json_each(").expression(outer!);
  // A NULL is equal to nothing, and `in` says NULL of it.
  out.sql(") as one where (one.value in (select other.value from json_each(").expression(inner!);
  out.sql(`) as other)) ${test})`);
}

export const sqliteArray: CallRules<ArrayFunctionName> = {
  arrayContains(node, out) {
    writeUnlessNull(node, out, () => {
      out.sql("not ");
      writeElements(node, out, ["list", "is not 1"]);
    });
  },

  arrayContained(node, out) {
    writeUnlessNull(node, out, () => {
      out.sql("not ");
      writeElements(node, out, ["array", "is not 1"]);
    });
  },

  arrayOverlaps(node, out) {
    writeUnlessNull(node, out, () => writeElements(node, out, ["list", "is 1"]));
  },

  arrayLength({ arguments: [array] }, out) {
    out.sql("json_array_length(").expression(array!).sql(")");
  },

  /** The text of one behind that of the other. */
  arrayAppend({ arguments: [array, list] }, out) {
    out.sql("(case json_array_length(").expression(array!).sql(") when 0 then ");
    out.expression(list!).sql(" else rtrim(json(").expression(array!);
    out.sql("), ']') || ',' || substr(").expression(list!).sql(", 2) end)");
  },

  arrayRemove(node, out) {
    const [array, list] = node.arguments;
    writeUnlessNull(node, out, () => {
      out.sql("'[' || coalesce((select group_concat(case one.type when 'true' then 'true' ");
      out.sql("when 'false' then 'false' else json_quote(one.value) end, ',' order by one.key) ");
      out.sql("from json_each(").expression(array!).sql(") as one where (one.value in (");
      out.sql("select other.value from json_each(").expression(list!);
      out.sql(") as other)) is not 1), '') || ']'");
    });
  },
};
