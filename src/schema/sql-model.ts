/** Conditions and expressions of declarations as plain data, the same for every database but for how names are spelt. */

import { nodeOf, type AnyExpression, type CallNode } from "../ast/expression.ts";
import type { FunctionName } from "../ast/function-name.ts";
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
  | SqlCallModel
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

/** A function, which each database spells in its own way when the declaration is written. */
export interface SqlCallModel {
  readonly call: FunctionName;
  readonly arguments: readonly SqlArgumentModel[];
  readonly type: LogicalType;
  readonly option?: string;
}

export type SqlArgumentModel =
  | SqlCallModel
  | { readonly column: string; readonly type: LogicalType; readonly nullable: boolean }
  | { readonly value: LiteralModel; readonly type: LogicalType }
  | { readonly path: readonly (number | string)[] };

/**
 * Those whose result depends on nothing but the row, that no database refuses where it keeps what they give, and that
 * every program has which writes to it.
 */
const KEPT_FUNCTIONS: ReadonlySet<FunctionName> = new Set([
  "coalesce",
  "concat",
  "jsonBoolean",
  "jsonExists",
  "jsonLength",
  "jsonNumber",
  "jsonPath",
  "jsonText",
  "length",
  "replace",
  "substring",
  "trim",
]);

function refusePart(what: string): never {
  throw new ConfigError(`A condition or an expression of a declaration can't hold ${what}.`, {
    code: "E_SCHEMA",
    hint: "Write it as text: sql`…`.",
  });
}

function callModel(
  { name, arguments: parts, option, over, type }: CallNode<unknown, string>,
  nameOf: (column: AnyExpression & { readonly kind: "column" }) => string,
): SqlCallModel {
  if (!KEPT_FUNCTIONS.has(name) || over !== undefined) refusePart(`${name}()`);
  if (type === undefined) refusePart(`${name}() of what has no type`);
  const models = parts.map((part): SqlArgumentModel => {
    const node = nodeOf(part);
    const known = typeOf(node);
    if (node.kind === "value" && Array.isArray(node.value) && known === undefined)
      return { path: node.value as (number | string)[] };
    if (known === undefined || known.kind === "custom" || isCaseInsensitive(known))
      refusePart(`${name}() of a type of its own`);
    if (node.kind === "call") return callModel(node, nameOf);
    if (node.kind === "column")
      return { column: nameOf(node), type: known, nullable: node.nullable };
    if (node.kind === "value" && node.value !== null)
      return { value: literalModel(node.value, known), type: known };
    return refusePart(`${name}() of a ${node.kind}`);
  });
  return { call: name, arguments: models, type, ...(option !== undefined && { option }) };
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
      case "call":
        parts.push(callModel(node, nameOf));
        return;
      default:
        refusePart(`a ${node.kind}`);
    }
  };
  visit(expression);
  return parts;
}

/** The columns that it names, each once. */
export function columnsOfSql(model: SqlModel): string[] {
  const columnsOf = (part: SqlArgumentModel | SqlPartModel): readonly string[] => {
    if (typeof part === "string") return [];
    if ("call" in part) return part.arguments.flatMap(columnsOf);
    return "column" in part ? [part.column] : [];
  };
  return [...new Set(model.flatMap(columnsOf))];
}

/** The same with other names of columns. */
export function renamedSql(model: SqlModel, nameOf: (column: string) => string): SqlModel {
  return model.map((part) => {
    if (typeof part === "string") return part;
    if ("call" in part) return renamedCall(part, nameOf);
    return "column" in part ? { column: nameOf(part.column) } : part;
  });
}

function renamedCall(model: SqlCallModel, nameOf: (column: string) => string): SqlCallModel {
  const parts = model.arguments.map((part): SqlArgumentModel => {
    if ("call" in part) return renamedCall(part, nameOf);
    return "column" in part ? { ...part, column: nameOf(part.column) } : part;
  });
  return { ...model, arguments: parts };
}
