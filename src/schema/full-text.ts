/** Indexes of the words of texts. */

import type { ColumnNode } from "../ast/expression.ts";
import { ConfigError } from "../core/error.ts";
import type { Column } from "./column.ts";

type AnyTableColumn = Column<string, unknown>;
type TextColumn = Column<string, string | null>;

export interface FullTextSpec {
  readonly kind: "fullText";
  readonly name: string | undefined;
  readonly language: string;
  readonly columns: readonly AnyTableColumn[];
}

export interface FullTextOptions {
  /**
   * A text search configuration of PostgreSQL's, such as `"english"`, by which words are found in their other forms, too,
   * and the commonest not at all. Default `"simple"`: words as they are, which every database has.
   */
  readonly language?: string;
}

export interface FullTextBuilder {
  on(...columns: readonly [TextColumn, ...TextColumn[]]): FullTextSpec;
}

/** Words as they are, which is all that most databases know. */
export const PLAIN_LANGUAGE = "simple";

function refuse(message: string): never {
  throw new ConfigError(message, { code: "E_SCHEMA" });
}

function specOf(
  name: string | undefined,
  language: string,
  columns: readonly AnyTableColumn[],
): FullTextSpec {
  if (!/^[a-z_]\w{0,62}$/.test(language))
    refuse("The language of fullTextIndex() is the name of a text search configuration.");
  if (columns.length === 0) refuse("fullTextIndex() takes one column or more.");
  if (columns.some(({ type }) => type.kind !== "text"))
    refuse("fullTextIndex() takes columns of text.");
  if (new Set(columns).size < columns.length) refuse("fullTextIndex() takes each column once.");
  return { kind: "fullText", name, language, columns };
}

/**
 * An index of the words in columns of text, by which `match()` finds rows. Named `<table>_<columns>_fulltext` unless named
 * here.
 *
 * @example
 * table("posts", { title: text(), body: text() }, (t) => [fullTextIndex().on(t.title, t.body)])
 */
export function fullTextIndex(name?: string, options?: FullTextOptions): FullTextBuilder;
export function fullTextIndex(options: FullTextOptions): FullTextBuilder;
export function fullTextIndex(
  first?: FullTextOptions | string,
  options: FullTextOptions = {},
): FullTextBuilder {
  const name = typeof first === "string" ? first : undefined;
  const { language = PLAIN_LANGUAGE } = typeof first === "object" ? first : options;
  return { on: (...columns) => specOf(name, language, columns) };
}

interface Extras {
  readonly extras: readonly { readonly kind: string }[];
}

const known = new WeakMap<object, readonly FullTextSpec[]>();

/** The full-text index of these columns, in whichever order, if the table declares one. Those of an alias are its table's. */
export function fullTextOf(
  columns: readonly ColumnNode<unknown, string>[],
): FullTextSpec | undefined {
  const [first] = columns;
  if (first === undefined || columns.some(({ source }) => source !== first.source))
    return undefined;
  let specs = known.get(first.source);
  if (specs === undefined) {
    const { extras = [] } = first.source as Partial<Extras>;
    specs = extras.filter((extra) => extra.kind === "fullText") as FullTextSpec[];
    known.set(first.source, specs);
  }
  const keys = new Set(columns.map(({ key }) => key));
  return specs.find(
    (spec) => spec.columns.length === keys.size && spec.columns.every(({ key }) => keys.has(key)),
  );
}
