/**
 * JSON by the functions that both servers have. To both of them `$[0]` of what is no array is the value itself, so the
 * kind of what an index is of is asked first. Source: MySQL 8.4 manual, "The JSON Data Type", "Searching and Modifying
 * JSON Values".
 */

import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import type { JsonFunctionName } from "../../../ast/function-name.ts";
import { typeOf } from "../../../ast/type-of.ts";
import { UnsupportedError } from "../../../core/error.ts";
import { jsonCall, pathEncoder } from "../../../dialect/text/json-path.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Encode } from "../../../dialect/values/type-map.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { Variant } from "../variant.ts";

type Call = CallNode<unknown, string>;

const NUMBERS = "'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'";

/** `'ARRAY'` and the like of a document. */
function writeKind(out: Writer, write: () => void): void {
  out.sql("json_type(");
  write();
  out.sql(")");
}

/** A container that is missing or null begins empty. */
function writeContainer(target: AnyExpression, empty: string, out: Writer): void {
  out.sql("case coalesce(json_type(").expression(target);
  out.sql(`), 'NULL') when 'NULL' then ${empty} else `).expression(target).sql(" end");
}

/** What any kind of expression makes of a document, as JSON again. */
function writeDocument(out: Writer, write: () => void): void {
  out.sql("json_extract(");
  write();
  out.sql(", '$')");
}

export function mysqlJson(variant: Variant): CallRules<JsonFunctionName> {
  const encoder = (stepCount?: number): Encode => {
    const encode = pathEncoder(stepCount);
    return (steps) => {
      if (!variant.findsDashedKeys) refuseDashedKey(steps as readonly unknown[]);
      return encode(steps);
    };
  };

  function writePlain(name: string, node: Call, out: Writer, stepCount?: number): void {
    const { target, path } = jsonCall(node);
    out.sql(`${name}(`).expression(target).sql(", ");
    out.bind(path.index, -1, encoder(stepCount)).sql(")");
  }

  /** Whether each index of the path is of an array; nothing where there is none. */
  function writeGuards(node: Call, out: Writer, write: () => void, otherwise: () => void): void {
    const places = Array.from(jsonCall(node).steps, (letter, place) => [letter, place] as const);
    const indexes = places.filter(([letter]) => letter === "i").map(([, place]) => place);
    if (indexes.length === 0) {
      write();
      return;
    }
    out.sql("case when ").list(
      indexes,
      (place) => {
        writeKind(out, () => writePlain("json_extract", node, out, place));
        out.sql(" = 'ARRAY'");
      },
      " and ",
    );
    out.sql(" then ");
    write();
    otherwise();
    out.sql(" end");
  }

  function writeAt(node: Call, out: Writer): void {
    const read = (): void => writePlain("json_extract", node, out);
    writeGuards(node, out, read, () => undefined);
  }

  function writeWhere(node: Call, kinds: string, out: Writer, write: () => void): void {
    out.sql("case when ");
    writeKind(out, () => writeAt(node, out));
    out.sql(` in (${kinds}) then `);
    write();
    out.sql(" end");
  }

  return {
    jsonPath: (node, out) => writeAt(node, out),

    jsonText(node, out) {
      out.sql("(");
      writeWhere(node, "'STRING'", out, () => {
        out.sql("convert(json_unquote(");
        writeAt(node, out);
        out.sql(") using utf8mb4)");
      });
      out.sql(` collate ${variant.collation})`);
    },

    jsonNumber(node, out) {
      writeWhere(node, NUMBERS, out, () => {
        out.sql("cast(");
        writeAt(node, out);
        out.sql(" as double)");
      });
    },

    jsonBoolean(node, out) {
      writeWhere(node, "'BOOLEAN'", out, () => {
        out.sql("convert(json_unquote(");
        writeAt(node, out);
        out.sql(") using utf8mb4) = 'true'");
      });
    },

    jsonExists(node, out) {
      out.sql("(");
      writeAt(node, out);
      out.sql(" is not null)");
    },

    jsonLength(node, out) {
      writeWhere(node, "'ARRAY'", out, () => {
        out.sql("json_length(");
        writeAt(node, out);
        out.sql(")");
      });
    },

    jsonPut(node, out) {
      const { target, path, steps, value } = jsonCall(node);
      const [kind, empty] = steps === "i" ? ["ARRAY", "json_array()"] : ["OBJECT", "json_object()"];
      const container = (): void => writeContainer(target, empty, out);
      out.sql("case ");
      writeKind(out, container);
      out.sql(` when '${kind}' then json_set(`);
      container();
      out.sql(", ").bind(path.index, -1, encoder()).sql(", ");
      writeDocument(out, () => out.expression(value!));
      out.sql(") else ").expression(target).sql(" end");
    },

    jsonRemove(node, out) {
      writeGuards(
        node,
        out,
        () => writePlain("json_remove", node, out),
        () => out.sql(" else ").expression(node.arguments[0]!),
      );
    },

    jsonParse({ arguments: [text] }, out) {
      writeDocument(out, () => out.expression(text!));
    },

    toJson({ arguments: [value] }, out) {
      if (typeOf(value!)?.kind === "boolean") {
        writeDocument(out, () => {
          out.sql("case ").expression(value!);
          out.sql(" when true then 'true' when false then 'false' else 'null' end");
        });
      } else out.sql("json_extract(json_array(").expression(value!).sql("), '$[0]')");
    },
  };
}

function refuseDashedKey(steps: readonly unknown[]): void {
  if (!steps.some((step) => typeof step === "string" && step.startsWith("-"))) return;
  throw new UnsupportedError({
    dialect: "MariaDB",
    feature: "a key that begins with a hyphen in a path into JSON, where the server never finds it",
    instead: "Read the whole document, or give the key another name.",
  });
}
