/**
 * JSON by the operators of `jsonb`. They tell keys from indexes by the type of what stands to their right. A text or a
 * number is to them an array of one item, so what an index is of is asked first.
 */

import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import type { JsonFunctionName } from "../../../ast/function-name.ts";
import { typeOf } from "../../../ast/type-of.ts";
import { jsonCall } from "../../../dialect/text/json-path.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { elementType } from "../types.ts";

type Call = CallNode<unknown, string>;

function writeChain(node: Call, out: Writer, stepCount: number): void {
  const { target, path, steps } = jsonCall(node);
  out.sql("(");
  writeOperand(target, out);
  Array.from(steps.slice(0, stepCount)).forEach((letter, place) => {
    out
      .sql(" -> ")
      .bind(path.index, place, String)
      .sql(letter === "k" ? "::text" : "::integer");
  });
  out.sql(")");
}

/** The value at the first steps of the path. */
function writeAt(node: Call, out: Writer, stepCount = jsonCall(node).steps.length): void {
  const places = Array.from(jsonCall(node).steps.slice(0, stepCount), (_, place) => place);
  const indexes = places.filter((place) => jsonCall(node).steps[place] === "i");
  if (indexes.length === 0) {
    writeChain(node, out, stepCount);
    return;
  }
  out.sql("(case when ").list(
    indexes,
    (place) => {
      out.sql("jsonb_typeof(");
      writeChain(node, out, place);
      out.sql(") = 'array'");
    },
    " and ",
  );
  out.sql(" then ");
  writeChain(node, out, stepCount);
  out.sql(" end)");
}

/** What `write` reads of the value where it is of the kind, and NULL elsewhere. */
function writeWhere(node: Call, kind: string, out: Writer, write: () => void): void {
  out.sql("case jsonb_typeof(");
  writeAt(node, out);
  out.sql(`) when '${kind}' then `);
  write();
  out.sql(" end");
}

/** A path as an array of texts, which does not tell keys from indexes. */
function writeTexts(node: Call, out: Writer): void {
  const { path, steps } = jsonCall(node);
  out.sql("array[").list(Array.from(steps), (_, place) => {
    out.bind(path.index, place, String).sql("::text");
  });
  out.sql("]");
}

/** A container that is missing or null begins empty. */
function writeContainer(target: AnyExpression, empty: string, out: Writer): void {
  out.sql("coalesce(nullif(").expression(target).sql(`, 'null'::jsonb), '${empty}'::jsonb)`);
}

export const postgresJson: CallRules<JsonFunctionName> = {
  jsonPath(node, out) {
    writeAt(node, out);
  },

  // The server's own collation depends on its operating system.
  jsonText(node, out) {
    out.sql("(");
    writeWhere(node, "string", out, () => {
      writeAt(node, out);
      out.sql(" #>> '{}'");
    });
    out.sql(' collate "C")');
  },

  jsonNumber(node, out) {
    writeWhere(node, "number", out, () => {
      writeAt(node, out);
      out.sql("::double precision");
    });
  },

  jsonBoolean(node, out) {
    writeWhere(node, "boolean", out, () => {
      writeAt(node, out);
      out.sql("::boolean");
    });
  },

  jsonExists(node, out) {
    out.sql("(");
    writeAt(node, out);
    out.sql(" is not null)");
  },

  jsonLength(node, out) {
    writeWhere(node, "array", out, () => {
      out.sql("jsonb_array_length(");
      writeAt(node, out);
      out.sql(")");
    });
  },

  jsonPut(node, out) {
    const { target, steps, value } = jsonCall(node);
    const [kind, empty] = steps === "i" ? ["array", "[]"] : ["object", "{}"];
    out.sql("case jsonb_typeof(");
    writeContainer(target, empty, out);
    out.sql(`) when '${kind}' then jsonb_set(`);
    writeContainer(target, empty, out);
    out.sql(", ");
    writeTexts(node, out);
    out.sql(", coalesce(").expression(value!).sql(", 'null'::jsonb)) else ");
    out.expression(target).sql(" end");
  },

  jsonRemove(node, out) {
    const { target, steps } = jsonCall(node);
    out.sql("case jsonb_typeof(");
    writeAt(node, out, steps.length - 1);
    out.sql(`) when '${steps.endsWith("i") ? "array" : "object"}' then `);
    writeOperand(target, out);
    out.sql(" #- ");
    writeTexts(node, out);
    out.sql(" else ").expression(target).sql(" end");
  },

  jsonParse({ arguments: [text] }, out) {
    out.sql("cast(").expression(text!).sql(" as jsonb)");
  },

  toJson({ arguments: [value] }, out) {
    out.sql("to_jsonb(cast(").expression(value!);
    out.sql(` as ${elementType(typeOf(value!)!)}))`);
  },
};
