import {
  Expression,
  nodeOf,
  type OutputNode,
  type AnyExpression,
  type ExpressionNode,
  type GivenValue,
  type ParameterNode,
  type Source,
} from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { AnyColumn, SelectionRecord, SourceColumn } from "../../ast/statement.ts";
import { typeOf } from "../../ast/type-of.ts";
import { BuildError, ConfigError } from "../../core/error.ts";
import type { Names } from "../../schema/naming.ts";
import { forEachKey } from "./sealed.ts";
import { encoderOf, type Encode, type TypeMap } from "../values/type-map.ts";

/** One place in a statement's text, and the value that it takes. */
export interface Binding {
  /** Which of the walk's values; -1 for one that is given beside them. */
  readonly index: number;
  /** Which item, where that value is a list; -1 takes the value itself. */
  readonly item: number;
  /** Never gets null, which is bound as it is. */
  readonly encode: Encode;
  /** For messages: the column that the value is for. */
  readonly column: string | undefined;
  readonly given?: GivenValue;
}

/** How a dialect spells what isn't a rule. */
export interface Spelling {
  readonly quote: '"' | "`";
  /** `position` counts from 1. */
  placeholder(position: number): string;
  /** A text as a literal, for DDL, which binds nothing. */
  textLiteral(text: string): string;
  /** A text as a literal of a query, where that is another one. */
  queryLiteral?(text: string): string;
  /** What stands before the name of a table in another schema than the connection's own; refuses where there is none. */
  schemaPrefix(schema: string): string;
  /** Bytes as a literal, for DDL. */
  bytesLiteral(hex: string): string;
}

/** A rule for each kind of expression. `rules.ts` types them, and those of statements, one by one. */
export type ExpressionRules = Readonly<
  Record<ExpressionNode["kind"], (node: never, out: Writer) => void>
>;

export interface WriterContext {
  readonly rules: ExpressionRules;
  readonly spelling: Spelling;
  readonly types: TypeMap;
  readonly names: Names;
  /** The values of the walk, where they are to stand in the text, as in a view: nothing is bound. */
  readonly literals?: readonly unknown[] | undefined;
  /** For changes of tables; `dialect.ts` says what they are. */
  readonly isTolerant?: boolean;
  readonly hasConcurrentIndexes?: boolean;
}

/**
 * The only place that joins SQL text. Names are quoted and values bound here, so that neither can be forgotten.
 */
export class Writer {
  readonly context: WriterContext;
  readonly bindings: Binding[] = [];
  /** The types of the result's columns, in their order; undefined is read as the driver gives it. */
  readonly outputs: (LogicalType | undefined)[] = [];
  /** Every table that was named. */
  readonly sources: Set<Source> = new Set<Source>();
  #text = "";
  readonly #ended: string[] = [];
  /** One for each type, as a statement of many rows has the same columns again and again. */
  readonly #encoders = new Map<LogicalType, Encode>();
  #scopes: (readonly Source[])[] = [];
  #isQualified = false;
  #isOpen = false;
  /** How many selects stand around, whose results are read by others. */
  #depth = 0;
  #first = 0;
  #column: AnyColumn | undefined = undefined;
  /** Aliases of tables in schemas, where a bare name in the same statement would be taken for theirs. */
  readonly #aliases = new Map<Source, string>();

  #literals: readonly unknown[] | undefined;

  constructor(context: WriterContext) {
    this.context = context;
    this.#literals = context.literals;
  }

  get text(): string {
    return this.#text;
  }

  /** Whether values are bound, and none stands in the text. */
  get isBinding(): boolean {
    return this.#literals === undefined;
  }

  /** What was written, one by one; those without text are left out. */
  get statements(): readonly string[] {
    return [...this.#ended, this.#text].filter((text) => text !== "");
  }

  /** Ends a statement, where a change takes several. */
  next(): this {
    this.#ended.push(this.#text);
    this.#text = "";
    return this;
  }

  /** Text of Plinth's own, or of a fragment that a person wrote. Never a name, never a value. */
  sql(text: string): this {
    this.#text += text;
    return this;
  }

  /** A comment. Without stars no text ends it or begins another one; the space keeps MySQL from running what is in it. */
  comment(text: string): this {
    const plain = text.toWellFormed().replaceAll(new RegExp(String.raw`[*\p{Cc}]`, "gu"), " ");
    return this.sql(`/* ${plain} */ `);
  }

  /** A name. */
  id(name: string): this {
    this.#text += quoteName(name, this.context.spelling.quote);
    return this;
  }

  /** `if exists` or `if not exists`, with a space behind it, where that was asked for. */
  tolerant(words: "if exists " | "if not exists "): this {
    return this.context.isTolerant === true ? this.sql(words) : this;
  }

  /** Names in parentheses. */
  idList(names: readonly string[]): this {
    return this.sql("(")
      .list(names, (name) => this.id(name))
      .sql(")");
  }

  /** Items separated by commas. */
  list<Item>(
    items: readonly Item[],
    write: (item: Item, index: number) => void,
    separator = ", ",
  ): this {
    for (let index = 0; index < items.length; index++) {
      if (index > 0) this.#text += separator;
      write(items[index]!, index);
    }
    return this;
  }

  /** Binds a value; the text gets its placeholder. */
  parameter(node: ParameterNode, encode?: Encode): this {
    const { types } = this.context;
    const bound = encode ?? this.#encoderOf(node.type);
    const bind = (): this =>
      node.given === undefined ? this.bind(node.index, -1, bound) : this.#given(node.given, bound);
    return node.type?.kind === "custom"
      ? this.#around(types.customStorage(node.type).write, bind)
      : bind();
  }

  #encoderOf(type: LogicalType | undefined): Encode {
    const { types } = this.context;
    if (type === undefined) return types.storeUntyped;
    let encode = this.#encoders.get(type);
    if (encode === undefined) {
      encode = encoderOf(types, type);
      this.#encoders.set(type, encode);
    }
    return encode;
  }

  /** A value of a declaration, or of whoever runs the statement. */
  #given(given: GivenValue, encode: Encode): this {
    if (this.#literals !== undefined) {
      if ("constant" in given) return this.#queryLiteral(encode(given.constant));
      throw new TypeError("What is written down for all has no value of its reader's.");
    }
    this.bindings.push({ index: -1, item: -1, encode, column: this.#column?.key, given });
    this.#text += this.context.spelling.placeholder(this.bindings.length);
    return this;
  }

  /** SQL of a custom type's own around what stands at `$value`. */
  #around(text: string | undefined, write: () => void): this {
    const [before = "", behind = ""] = text?.split("$value") ?? [];
    this.sql(before);
    write();
    return this.sql(behind);
  }

  /** While `write` runs, what a select gives is read by another one, as its database keeps it. */
  inner(write: () => void): this {
    this.#depth++;
    write();
    this.#depth--;
    return this;
  }

  /** A member of a result. @returns whether it stands in SQL of a custom type's own. */
  #result(value: AnyExpression, isInner: boolean): boolean {
    const type = isInner ? undefined : typeOf(value);
    const read = type?.kind === "custom" ? this.context.types.customStorage(type).read : undefined;
    this.#around(read, () => this.expression(value));
    return read !== undefined;
  }

  bind(index: number, item: number, encode: Encode): this {
    if (this.#literals !== undefined) {
      const value = valueAt(this.#literals[this.#first + index], item);
      if (value instanceof Date && encode === this.context.types.storeUntyped) refuseDate();
      return this.#queryLiteral(value === null ? null : encode(value));
    }
    this.bindings.push({ index: this.#first + index, item, encode, column: this.#column?.key });
    this.#text += this.context.spelling.placeholder(this.bindings.length);
    return this;
  }

  /** A value as the database stores it. */
  literal(stored: unknown): this {
    const { spelling } = this.context;
    if (stored instanceof Uint8Array)
      return this.sql(spelling.bytesLiteral(Buffer.from(stored).toString("hex")));
    if (typeof stored === "string") return this.sql(spelling.textLiteral(stored));
    // Two minuses would begin a comment.
    const isNegative = (typeof stored === "number" || typeof stored === "bigint") && stored < 0;
    return this.sql(isNegative ? `(${stored})` : String(stored));
  }

  #queryLiteral(stored: unknown): this {
    const { queryLiteral } = this.context.spelling;
    if (typeof stored === "string" && queryLiteral !== undefined)
      return this.sql(queryLiteral(stored));
    return this.literal(stored);
  }

  expression(expression: AnyExpression): this {
    const given = nodeOf(expression);
    const node = nodeOf(forEachKey(given, this.context.types) ?? given);
    const rule = this.context.rules[node.kind] as (node: AnyExpression, out: Writer) => void;
    rule(node, this);
    return this;
  }

  /** While `write` runs, values are for this column, which messages about them name. */
  valuesFor(column: AnyExpression, write: () => void): this {
    const before = this.#column;
    const node = nodeOf(column);
    this.#column = node.kind === "column" ? node : before;
    write();
    this.#column = before;
    return this;
  }

  /** A table's name, or a type's, with that of its schema. Both are spelt already. */
  qualified(schema: string | undefined, name: string): this {
    if (schema !== undefined) this.#text += this.context.spelling.schemaPrefix(schema);
    return this.id(name);
  }

  /** A table where it is named, with its alias. */
  source(source: Source): this {
    this.sourceName(source);
    return source.alias === undefined ? this : this.sql(" as ").id(source.alias);
  }

  /** A table where it is named, with an alias only where it must have one. */
  sourceName(source: Source): this {
    this.sources.add(source);
    this.qualified(source.schema, this.context.names.table(source.table));
    const given = this.#aliases.get(source);
    return given === undefined ? this : this.sql(" as ").id(given);
  }

  /**
   * A bare "users" beside "auth"."users" is either's, and in a subquery that reads the other it is always that one's. So
   * the one that takes two words gets an alias.
   */
  #giveAliases(sources: readonly Source[]): Source[] {
    return sources.filter((source) => {
      if (source.schema === undefined || source.alias !== undefined || this.#aliases.has(source))
        return false;
      const name = this.context.names.table(source.table);
      const isAmbiguous = this.#scopes.some((others) =>
        others.some((other) => other !== source && this.#bareName(other) === name),
      );
      if (isAmbiguous) this.#aliases.set(source, `${source.schema}.${name}`);
      return isAmbiguous;
    });
  }

  /** The one word by which columns of the source are told from others; those in schemas take two. */
  #bareName({ alias, schema, table }: Source): string | undefined {
    return alias ?? (schema === undefined ? this.context.names.table(table) : undefined);
  }

  #qualifier(source: Source): void {
    const alias = source.alias ?? this.#aliases.get(source);
    if (alias !== undefined) this.id(alias);
    else this.qualified(source.schema, this.context.names.table(source.table));
    this.sql(".");
  }

  /**
   * A column where it is read: with its table where there are several.
   *
   * @param spell Names another column that belongs to it.
   */
  column(column: AnyColumn, spell?: (name: string) => string): this {
    this.requireScope(column);
    if (this.#isQualified) this.#qualifier(column.source);
    return this.columnName(column, spell);
  }

  /** A column of a select that stands as a table, where it is read. */
  output(node: OutputNode): this {
    this.requireScope(node);
    if (this.#isQualified) this.id(node.source.alias ?? node.source.table).sql(".");
    return this.id(node.name);
  }

  /** Refuses a column of what can't be read here. */
  requireScope(column: SourceColumn): void {
    if (!this.#isOpen && !this.#scopes.some((sources) => sources.includes(column.source)))
      throw outOfScope(column);
  }

  /** A column where only its name may stand, as in the list of an insert. */
  columnName(column: AnyColumn, spell?: (name: string) => string): this {
    const name = this.context.names.column(column);
    return this.id(spell === undefined ? name : spell(name));
  }

  /**
   * Lets columns of the sources be read while `write` runs. Inner scopes see the outer ones.
   *
   * @param isQualified Whether columns stand with their table also where there is only one.
   */
  scope(sources: readonly Source[], write: () => void, isQualified = false): this {
    const wasQualified = this.#isQualified;
    this.#scopes.push(sources);
    this.#isQualified =
      isQualified || wasQualified || sources.length > 1 || this.#scopes.length > 1;
    const given = this.#giveAliases(sources);
    write();
    for (const source of given) this.#aliases.delete(source);
    this.#scopes.pop();
    this.#isQualified = wasQualified;
    return this;
  }

  /**
   * While `write` runs nothing outside can be read, as in a select that stands as a table, and its parameters count from
   * `first`. What it tells `outputs` is forgotten.
   */
  apart(first: number, write: () => void): this {
    const before = { scopes: this.#scopes, isQualified: this.#isQualified, first: this.#first };
    const outer = this.outputs.length;
    this.#scopes = [];
    this.#isQualified = false;
    this.#first += first;
    write();
    this.#scopes = before.scopes;
    this.#isQualified = before.isQualified;
    this.#first = before.first;
    this.outputs.length = outer;
    return this;
  }

  /** While `write` runs, these values stand in the text, and nothing outside can be read. */
  literally(literals: readonly unknown[], write: () => void): this {
    const before = this.#literals;
    this.#literals = literals;
    this.apart(-this.#first, write);
    this.#literals = before;
    return this;
  }

  /** Lets any column be read, by its table's name: in a statement that a person wrote. */
  openScope(write: () => void): this {
    this.#isOpen = true;
    this.#isQualified = true;
    write();
    return this;
  }

  /**
   * The columns of a result, which are told to `outputs`.
   *
   * @param names What they are called, one by one, where others read them by name.
   */
  selection(
    record: SelectionRecord,
    columnsOf: (source: Source) => readonly SourceColumn[],
    names?: readonly string[],
  ): this {
    let count = 0;
    const write = (value: AnyExpression, key: string): void => {
      if (count > 0) this.sql(", ");
      const isAround = this.#result(value, names !== undefined || this.#depth > 0);
      const name = names?.[count] ?? key;
      count++;
      const node = nodeOf(value);
      const given = node.kind === "column" ? this.context.names.column(node) : undefined;
      if (given === undefined || isAround || (names !== undefined && given !== name))
        this.sql(" as ").id(name);
      this.outputs.push(typeOf(value));
    };
    const visit = (inner: SelectionRecord): void => {
      if (inner.source !== undefined) {
        for (const column of columnsOf(inner.source)) write(column, column.key);
        return;
      }
      inner.values.forEach((value, index) => {
        if (value instanceof Expression) write(value, inner.keys[index]!);
        else visit(value);
      });
    };
    visit(record);
    return this;
  }
}

/** Its literal depends on the column that it is compared with. */
function refuseDate(): never {
  throw new ConfigError("A query of a declaration holds a Date without a type.", {
    code: "E_SCHEMA",
    hint: "Compare it with a column, such as gt(users.createdAt, date).",
  });
}

/** Places that a list's bucket has over are filled with its last value. */
export function valueAt(entry: unknown, item: number): unknown {
  if (item === -1) return entry;
  const list = entry as readonly unknown[];
  return item < list.length ? list[item] : list[list.length - 1];
}

function outOfScope(column: SourceColumn): BuildError {
  const table = column.source.alias ?? column.source.table;
  return new BuildError(
    "E_UNKNOWN_SOURCE",
    `Column "${column.key}" belongs to "${table}", which this query doesn't read.`,
    {
      hint: `Join "${table}", or use the columns of the alias that the query reads.`,
    },
  );
}

/** Quotes a name for SQL text. */
export function quoteName(name: string, quote: '"' | "`"): string {
  if (name === "" || name.includes("\0") || !name.isWellFormed()) {
    throw new ConfigError(
      "A name in a database can't be empty, or hold NUL or half of a surrogate pair.",
      {
        code: "E_SCHEMA",
      },
    );
  }
  return quote + name.replaceAll(quote, quote + quote) + quote;
}
