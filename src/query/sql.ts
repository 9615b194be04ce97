import { DerivedSource } from "../ast/derived.ts";
import {
  Expression,
  FragmentNode,
  SourceNode,
  ValueNode,
  type AnyExpression,
} from "../ast/expression.ts";
import { typeOf } from "../ast/type-of.ts";
import { BuildError, InvalidValueError } from "../core/error.ts";
import type { AnyColumnBuilder } from "../schema/column.ts";
import { isTable, sourceOf, type AnyTable } from "../schema/table.ts";

/** A piece of SQL with its values apart. */
export class Sql<Value> extends FragmentNode<Value> {
  /**
   * Gives the fragment a type by which its value is read and checked, such as `.as(integer())`. Without one it is read as
   * the database tells: SQLite, for one, knows no instants.
   */
  as<Builder extends AnyColumnBuilder>(type: Builder): Sql<Builder["~value"]> {
    return new Sql(this.strings, this.parts, type.spec.type);
  }
}

export type SqlPart =
  | AnyExpression
  | AnyTable
  | bigint
  | boolean
  | Date
  | number
  | string
  | Uint8Array
  | null;

function toPart(part: SqlPart): AnyExpression {
  if (part instanceof Expression) return part;
  if (isTable(part)) {
    const source = sourceOf(part);
    if (!(source instanceof DerivedSource)) return new SourceNode(source);
    throw new BuildError("E_UNKNOWN_SOURCE", `"${source.table}" is a query, not a table.`, {
      hint: "In sql`…` a query stands as scalar(query).",
    });
  }
  if (part === undefined) {
    throw new InvalidValueError("A value of an sql`…` fragment is undefined.", {
      hint: "Pass null for NULL.",
    });
  }
  return new ValueNode(part, undefined);
}

/** Texts by content, as a fragment's shape is told by the identity of its strings. Bounded: it starts anew when full. */
const rawTexts = new Map<string, readonly string[]>();
const MAX_RAW_TEXTS = 1_000;

function raw(text: string): Sql<unknown> {
  let strings = rawTexts.get(text);
  if (strings === undefined) {
    if (rawTexts.size >= MAX_RAW_TEXTS) rawTexts.clear();
    strings = [text];
    rawTexts.set(text, strings);
  }
  return new Sql(strings, []);
}

/**
 * A value inside ``sql`…` ``, checked and stored as those of a column are: ``sql`${places.at} <-> ${bindAs(places.at, here)}` ``.
 *
 * @param column A column, or an expression with a type.
 */
export function bindAs<Value>(
  column: Expression<Value, string>,
  value: NoInfer<Value> & {},
): Expression<Value & {}> {
  const type = typeOf(column);
  if (type !== undefined && value !== undefined && value !== null)
    return new ValueNode(value, type);
  throw new InvalidValueError("bindAs() takes an expression with a type, and a value.");
}

interface SqlTag {
  /**
   * SQL with values: ``sql<number>`${users.credits} - ${amount}` ``. Columns and tables become their names, fragments are
   * put in, everything else is bound. The type argument is what you say its value is; `.as()` makes sure.
   */
  <Value = unknown>(strings: TemplateStringsArray, ...parts: SqlPart[]): Sql<Value>;
  /** SQL text as it stands. Never for text that a user gave. */
  raw(text: string): Sql<unknown>;
}

function tag<Value>(strings: TemplateStringsArray, ...parts: SqlPart[]): Sql<Value> {
  return new Sql(strings, parts.map(toPart));
}

export const sql: SqlTag = Object.assign(tag, { raw });
