/** Arrays of the server's own, which indexes by `gin` serve. A list of elements is one parameter. */

import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import type { ArrayFunctionName } from "../../../ast/function-name.ts";
import { typeOf } from "../../../ast/type-of.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { elementType } from "../types.ts";

/** Of a list alone the server would not know the type. */
function writeList(list: AnyExpression, out: Writer): Writer {
  return out
    .sql("cast(")
    .expression(list)
    .sql(` as ${elementType(typeOf(list)!)})`);
}

function writeBinary(operator: string) {
  return ({ arguments: [array, list] }: CallNode<unknown, string>, out: Writer): void => {
    out.sql("(");
    writeOperand(array!, out);
    writeList(list!, out.sql(` ${operator} `)).sql(")");
  };
}

/** NULL where the array is; the server takes none for an empty one. */
function writeUnlessNull(array: AnyExpression, out: Writer, write: () => void): void {
  out.sql("(case when ");
  writeOperand(array, out);
  out.sql(" is not null then ");
  write();
  out.sql(" end)");
}

export const postgresArray: CallRules<ArrayFunctionName> = {
  arrayContains: writeBinary("@>"),
  arrayContained: writeBinary("<@"),
  arrayOverlaps: writeBinary("&&"),

  arrayLength({ arguments: [array] }, out) {
    out.sql("cardinality(").expression(array!).sql(")");
  },

  arrayAppend(node, out) {
    writeUnlessNull(node.arguments[0]!, out, () => writeBinary("||")(node, out));
  },

  arrayRemove({ arguments: [array, list] }, out) {
    writeUnlessNull(array!, out, () => {
      out.sql("array(select one.value from unnest(").expression(array!);
      out.sql(") with ordinality as one(value, place) where (one.value = any(");
      // A NULL is equal to nothing, and stays.
      writeList(list!, out).sql(")) is not true order by one.place)");
    });
  },
};
