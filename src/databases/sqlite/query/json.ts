/** JSON by SQLite's own functions. A part that is no text of a document is one as soon as `json()` has read it. */

import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import type { JsonFunctionName } from "../../../ast/function-name.ts";
import { typeOf } from "../../../ast/type-of.ts";
import { jsonCall, pathEncoder } from "../../../dialect/text/json-path.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";

type Call = CallNode<unknown, string>;

/** `name(target, path)` */
function writeAt(name: string, node: Call, out: Writer): void {
  const { target, path } = jsonCall(node);
  out.sql(`${name}(`).expression(target).sql(", ").bind(path.index, -1, pathEncoder()).sql(")");
}

/** What SQLite calls a kind of value, and what is read of it. */
function writeKinds(node: Call, reads: readonly (readonly [string, string])[], out: Writer): void {
  out.sql("case ");
  writeAt("json_type", node, out);
  for (const [kind, read] of reads) {
    out.sql(` when '${kind}' then `);
    if (read.startsWith("json_")) writeAt(read, node, out);
    else out.sql(read);
  }
  out.sql(" end");
}

/** A container that is missing or null begins empty. */
function writeContainer(target: AnyExpression, empty: string, out: Writer): void {
  out.sql("case coalesce(json_type(").expression(target);
  out.sql(`), 'null') when 'null' then '${empty}' else `).expression(target).sql(" end");
}

function writePut(node: Call, out: Writer): void {
  const { target, path, steps, value } = jsonCall(node);
  const isIndex = steps === "i";
  const container = (): void => writeContainer(target, isIndex ? "[]" : "{}", out);
  out.sql("case json_type(");
  container();
  out.sql(`) when '${isIndex ? "array" : "object"}' then json_set(`);
  container();
  out.sql(", ");
  if (isIndex) {
    out.sql("case when json_array_length(");
    container();
    out
      .sql(") > ")
      .bind(path.index, 0, (step) => step)
      .sql(" then ");
  }
  out.bind(path.index, -1, pathEncoder());
  // `[#]` is the place behind the last.
  if (isIndex) out.sql(" else '$[#]' end");
  out.sql(", json(").expression(value!).sql(")) else ");
  container();
  out.sql(" end");
}

export const sqliteJson: CallRules<JsonFunctionName> = {
  jsonPath(node, out) {
    const { target, path } = jsonCall(node);
    out.sql("(").expression(target).sql(" -> ").bind(path.index, -1, pathEncoder()).sql(")");
  },

  jsonText(node, out) {
    writeKinds(node, [["text", "json_extract"]], out);
  },

  jsonNumber(node, out) {
    out.sql("cast(");
    writeKinds(
      node,
      [
        ["integer", "json_extract"],
        ["real", "json_extract"],
      ],
      out,
    );
    out.sql(" as real)");
  },

  jsonBoolean(node, out) {
    writeKinds(
      node,
      [
        ["true", "1"],
        ["false", "0"],
      ],
      out,
    );
  },

  jsonExists(node, out) {
    out.sql("(");
    writeAt("json_type", node, out);
    out.sql(" is not null)");
  },

  jsonLength(node, out) {
    writeKinds(node, [["array", "json_array_length"]], out);
  },

  jsonPut: writePut,

  jsonRemove(node, out) {
    writeAt("json_remove", node, out);
  },

  jsonParse({ arguments: [text] }, out) {
    out.expression(text!);
  },

  toJson({ arguments: [value] }, out) {
    if (typeOf(value!)?.kind === "boolean") {
      out.sql("case ").expression(value!);
      out.sql(" when 1 then 'true' when 0 then 'false' else 'null' end");
    } else out.sql("json_quote(").expression(value!).sql(")");
  },
};
