/** Finding rows by the words of their texts. */

import { CallNode, ValueNode, type Expression } from "../../ast/expression.ts";
import type { FullTextFunctionName } from "../../ast/function-name.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { ConfigError, InvalidValueError } from "../../core/error.ts";
import { Column } from "../../schema/column.ts";
import { fullTextOf } from "../../schema/full-text.ts";

const TEXT: LogicalType = { kind: "text", length: undefined };
const BOOLEAN: LogicalType = { kind: "boolean" };
const DOUBLE: LogicalType = { kind: "double" };

type TextColumn<From extends string> = Column<From, string | null>;
type Columns<From extends string> =
  | TextColumn<From>
  | readonly [TextColumn<From>, ...TextColumn<From>[]];

export interface MatchOptions {
  /** Whether the last word is found in those that begin with it, too, as for a search while somebody types. Default false. */
  readonly prefix?: boolean;
}

function search<Value>(
  name: FullTextFunctionName,
  given: Columns<string>,
  words: string,
  { prefix = false }: MatchOptions,
  type: LogicalType,
): Expression<Value> {
  if (typeof words !== "string")
    throw new InvalidValueError(`The words of ${name}() must be a string.`);
  const columns: readonly TextColumn<string>[] = given instanceof Column ? [given] : given;
  const isOfColumns = columns.every((column) => column instanceof Column);
  const index = isOfColumns ? fullTextOf(columns) : undefined;
  if (index === undefined) {
    const keys = isOfColumns ? columns.map(({ key }) => key) : [];
    const names = keys.map((key) => `"${key}"`).join(", ");
    throw new ConfigError(`${name}() needs a full-text index of just these columns (${names}).`, {
      code: "E_SCHEMA",
      hint: `Declare it among the table's extras: fullTextIndex().on(${keys.map((key) => `t.${key}`).join(", ")}), and migrate.`,
    });
  }
  const ordered = index.columns.map(({ key }) => columns.find((column) => column.key === key)!);
  return new CallNode(
    name,
    [...ordered, new ValueNode(words, TEXT)],
    type,
    undefined,
    prefix ? "prefix" : undefined,
  );
}

/**
 * Whether every word occurs in one of the columns or another, in upper or lower case. There are no operators: whatever a
 * user writes is only words. A text without any word is found in no row. Never NULL.
 *
 * @param columns All columns of a `fullTextIndex()`.
 * @throws {ConfigError} `E_SCHEMA` where none is declared.
 * @example
 * db.from(posts).where(match([posts.title, posts.body], "green tea"))
 */
export function match<From extends string>(
  columns: Columns<From>,
  words: string,
  options: MatchOptions = {},
): Expression<boolean> {
  return search("match", columns, words, options, BOOLEAN);
}

/**
 * How well a row fits the words, to order by: more is better, and 0 what `match()` doesn't find. Each database has a
 * measure of its own, which compares rows of one query.
 *
 * @example
 * db.from(posts)
 *   .where(match([posts.title, posts.body], words))
 *   .orderBy(desc(matchRank([posts.title, posts.body], words)))
 */
export function matchRank<From extends string>(
  columns: Columns<From>,
  words: string,
  options: MatchOptions = {},
): Expression<number> {
  return search("matchRank", columns, words, options, DOUBLE);
}
