/** Conditions and expressions of declarations as plain data, the same for every database but for how names are spelt. */

import { nodeOf, type AnyExpression } from "../ast/expression.ts";
import { isCaseInsensitive } from "../ast/folding.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import { typeOf } from "../ast/type-of.ts";
import { ConfigError } from "../core/error.ts";
import { isInstant, textOfInstant } from "../core/temporal.ts";

/** What a value is in a model, which holds nothing but JSON: a bigint or an instant is text, bytes in hexadecimal. */
export type LiteralModel = string | number | boolean;

export type SqlPartModel =
  | string
  | { readonly column: string }
  | { readonly value: LiteralModel; readonly type: LogicalType | undefined };

export type SqlModel = readonly SqlPartModel[];

export function literalModel(value: unknown, type: LogicalType | undefined): LiteralModel {
  if (value instanceof Date) return value.toISOString();
  if (isInstant(value)) return textOfInstant(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (type?.kind === "json") return JSON.stringify(value);
  if (type?.kind === "array") {
    const elements = value as readonly unknown[];
    return JSON.stringify(
      elements.map((element) => (element === null ? null : literalModel(element, type.element))),
    );
  }
  if (typeof value === "number" || typeof value === "boolean") return value;
  return String(value);
}

/** The condition would have to be spelt for each database. */
function refuseFolding(...operands: readonly AnyExpression[]): void {
  if (!operands.some((operand) => isCaseInsensitive(typeOf(operand)))) return;
  throw new ConfigError(
    "A condition of a declaration compares a column that is caseInsensitive().",
    {
      code: "E_SCHEMA",
      hint: "Write it as text, which compares as the database does: sql`lower(${t.email}) <> ''`.",
    },
  );
}

/** @param nameOf Refuses what is no column of the table. */
export function resolveSql(
  expression: AnyExpression,
  nameOf: (column: AnyExpression & { readonly kind: "column" }) => string,
): SqlModel {
  const parts: SqlPartModel[] = [];
  const value = (given: unknown, type: LogicalType | undefined): void => {
    const isPlain = ["bigint", "boolean", "number", "string"].includes(typeof given);
    if (type?.kind === "custom") {
      throw new ConfigError("A condition of a declaration compares a column of a custom type.", {
        code: "E_SCHEMA",
        hint: "Write it as text: sql`…`.",
      });
    }
    if (given === null || (type === undefined && !isPlain)) {
      throw new ConfigError("A condition of a declaration holds a value without a type.", {
        code: "E_SCHEMA",
        hint: "Compare it with a column, such as gt(t.createdAt, date), or write it as text.",
      });
    }
    parts.push({ value: literalModel(given, type), type });
  };
  const joined = (items: readonly AnyExpression[], separator: string): void => {
    parts.push("(");
    items.forEach((item, at) => {
      if (at > 0) parts.push(separator);
      visit(item);
    });
    parts.push(")");
  };
  const visit = (given: AnyExpression): void => {
    const node = nodeOf(given);
    switch (node.kind) {
      case "column":
        parts.push({ column: nameOf(node) });
        return;
      case "value":
        value(node.value, node.type);
        return;
      case "fragment":
        node.strings.forEach((text, at) => {
          if (at > 0) visit(node.parts[at - 1]!);
          if (text !== "") parts.push(text);
        });
        return;
      case "compare":
        refuseFolding(node.left, node.right);
        joined([node.left, node.right], ` ${node.operator} `);
        return;
      case "logic":
        joined(node.operands, ` ${node.operator} `);
        return;
      case "not":
        parts.push("not ");
        joined([node.operand], "");
        return;
      case "nullTest":
        parts.push("(");
        visit(node.operand);
        parts.push(node.negated ? " is not null)" : " is null)");
        return;
      case "between":
        refuseFolding(node.operand);
        parts.push("(");
        visit(node.operand);
        parts.push(" between ");
        visit(node.low);
        parts.push(" and ");
        visit(node.high);
        parts.push(")");
        return;
      case "inList":
        refuseFolding(node.operand);
        parts.push("(");
        visit(node.operand);
        parts.push(node.negated ? " not in (" : " in (");
        node.values.forEach((item, at) => {
          if (at > 0) parts.push(", ");
          value(item, node.type);
        });
        parts.push("))");
        return;
      default:
        throw new ConfigError(`A condition of a declaration can't hold a ${node.kind}.`, {
          code: "E_SCHEMA",
          hint: "Write it as text: sql`…`.",
        });
    }
  };
  visit(expression);
  return parts;
}

/** The columns that it names, each once. */
export function columnsOfSql(model: SqlModel): string[] {
  return [
    ...new Set(
      model.flatMap((part) => (typeof part === "object" && "column" in part ? [part.column] : [])),
    ),
  ];
}
