/** A table from the rows that the catalogue has of it. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import {
  groupBy,
  textOr,
  type CatalogueRow,
  type ForeignKind,
  type ForeignObject,
} from "../../../dialect/server/introspector.ts";
import { sqlModelOf, withoutParentheses, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import type { TypeMap } from "../../../dialect/values/type-map.ts";
import type { ReferenceAction } from "../../../schema/column.ts";
import { PLAIN_LANGUAGE } from "../../../schema/full-text.ts";
import {
  constraintName,
  type CheckModel,
  type ColumnModel,
  type ForeignKeyModel,
  fullTextModelOf,
  type IndexModel,
  type IndexTermModel,
  type KeyModel,
  type TableModel,
} from "../../../schema/model.ts";
import { columnsOfSql, type SqlModel } from "../../../schema/sql-model.ts";
import { foldedName } from "../query/folded.ts";
import { isLiveExpression, liveCondition, liveName } from "../query/live.ts";
import { isWordsExpression } from "../query/full-text.ts";
import { findDefault } from "./introspect-defaults.ts";
import { typeOfColumn } from "./introspect-types.ts";
import { indexesOfForeignKeys } from "../ddl/rewrite.ts";
import type { Variant } from "../variant.ts";

/** All that the catalogue says of one table. */
export interface Source {
  readonly table: CatalogueRow;
  readonly columns: readonly CatalogueRow[];
  readonly statistics: readonly CatalogueRow[];
  readonly foreignKeys: readonly CatalogueRow[];
  readonly checks: readonly CatalogueRow[];
}

export interface TableContext {
  readonly variant: Variant;
  readonly types: TypeMap;
  readonly others: ForeignObject[];
  /** Of a database; empty for the connection's own. */
  placeOf(schema: unknown): { readonly schema?: string };
}

/** Told of tables for which nobody asked it. */
const USUAL_OPTIONS: ReadonlySet<string> = new Set([
  "page_checksum=1",
  "partitioned",
  "transactional=1",
]);

const STYLE = { hasBackslashEscapes: true };

/** Some columns of the catalogue come as bytes. */
function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : textOr(value);
}

/** To InnoDB both are one, and a key that says neither is told as `restrict` by MariaDB, as `no action` by MySQL. */
function actionOf(rule: unknown): ReferenceAction {
  const action = String(rule).toLowerCase();
  return (action === "restrict" ? "no action" : action) as ReferenceAction;
}

/** MySQL escapes what it tells of expressions once more, and names the character set of every literal. */
function withoutIntroducers(text: string): string {
  return text.replaceAll(/\\([^])/g, "$1").replaceAll(/\b_utf8mb[34](?=')/g, "");
}

export class TableReader {
  readonly #source: Source;
  readonly #context: TableContext;
  readonly #name: string;
  readonly #names: ReadonlySet<string>;
  /** The columns that are there to compare others without regard to case, by their names. */
  readonly #folded = new Map<string, string>();
  /** The columns that tell live rows from others, by their names. */
  readonly #live = new Map<string, string>();
  /** What the columns hold that full-text indexes are of, by the name that both have. */
  readonly #words = new Map<string, SqlModel>();
  /** Of checks that are a part of a column. */
  readonly #jsonChecks = new Set<string>();
  readonly #nullChecks = new Set<string>();
  readonly #checks: CheckModel[] = [];

  constructor(source: Source, context: TableContext) {
    this.#source = source;
    this.#context = context;
    this.#name = String(source.table["table_name"]);
    this.#names = new Set(source.columns.map((row) => String(row["column_name"])));
    for (const row of source.columns) {
      const name = String(row["column_name"]);
      const base = [...this.#names].find((one) => foldedName(one) === name);
      const expression = textOf(row["generation_expression"]);
      if (base !== undefined && expression.includes("geostd8")) this.#folded.set(name, base);
      const marked = [...this.#names].find((one) => liveName(one) === name);
      if (marked !== undefined && isLiveExpression(expression)) this.#live.set(name, marked);
      if (base === undefined && isWordsExpression(expression) && this.#hasFullText(name))
        this.#words.set(name, this.#sqlOf(expression));
    }
    for (const row of source.checks) this.#readCheck(row);
  }

  #sqlOf(text: string): SqlModel {
    const isMysql = this.#context.variant.name === "MySQL";
    const nameOf = ({ kind, value }: SqlToken): string | undefined =>
      kind === "name" && this.#names.has(value) ? value : undefined;
    const written = isMysql ? withoutIntroducers(text) : text;
    return sqlModelOf(withoutParentheses(written, STYLE), { ...STYLE, nameOf });
  }

  #hasFullText(index: string): boolean {
    return this.#source.statistics.some(
      (row) => row["index_name"] === index && row["index_type"] === "FULLTEXT",
    );
  }

  #foreign(kind: ForeignKind, name: string, detail?: string): void {
    const place = this.#context.placeOf(this.#source.table["table_schema"]);
    const object = { kind, name, ...place, table: this.#name };
    this.#context.others.push(detail === undefined ? object : { ...object, detail });
  }

  #rowOf(column: string): CatalogueRow | undefined {
    return this.#source.columns.find((row) => row["column_name"] === column);
  }

  #columnType(column: string): string {
    return textOf(this.#rowOf(column)?.["column_type"]);
  }

  #isGenerated(column: string): boolean {
    return textOf(this.#rowOf(column)?.["generation_expression"]) !== "";
  }

  #readCheck(row: CatalogueRow): void {
    const condition = this.#sqlOf(textOf(row["check_clause"]));
    const [first, column, last] = condition;
    const name = String(row["constraint_name"]);
    const isUnnamed = row["level"] === "Column";
    if (
      isUnnamed &&
      typeof column === "object" &&
      "column" in column &&
      first === "json_valid(" &&
      last === ")" &&
      this.#columnType(column.column).startsWith("longtext")
    ) {
      this.#jsonChecks.add(column.column);
      return;
    }
    const [only] = condition;
    if (
      typeof only === "object" &&
      "column" in only &&
      condition[1] === " is not null" &&
      condition.length === 2
    ) {
      this.#nullChecks.add(only.column);
      if (isUnnamed && this.#isGenerated(only.column)) return;
    }
    if (row["enforced"] === "NO") this.#foreign("clause", name, "not enforced");
    const usual = constraintName(this.#name, columnsOfSql(condition), "check");
    this.#checks.push({ name: isUnnamed ? usual : name, condition });
  }

  read(): TableModel {
    const { table } = this.#source;
    this.#readOptions();
    const foreignKeys = this.#foreignKeys();
    const byName = groupBy(this.#source.statistics, (row) => String(row["index_name"]));
    const primary = byName.get("PRIMARY");
    byName.delete("PRIMARY");
    const found = [...byName].flatMap(([name, rows]) => this.#index(name, rows));
    const isKey = ({ isUnique, terms, where }: IndexModel): boolean =>
      isUnique &&
      where === undefined &&
      terms.every(
        (term) =>
          "column" in term &&
          term.isFolded !== true &&
          term.direction === "asc" &&
          term.prefix === undefined,
      );
    const isOfForeignKey = ({ name, columns, isUnique }: IndexModel): boolean =>
      !isUnique &&
      foreignKeys.some((key) => key.name === name && key.columns.join("\0") === columns.join("\0"));
    const primaryKey = primary && {
      name: constraintName(this.#name, [], "pkey"),
      columns: primary.map((row) => String(row["column_name"])),
    };
    const uniques = found.filter(isKey).map(({ name, columns }): KeyModel => ({ name, columns }));
    const indexes = found.filter((index) => !isKey(index) && !isOfForeignKey(index));
    // Those that a foreign key needs come with it; where others serve it, they are indexes like any other.
    const needed = indexesOfForeignKeys({ foreignKeys, indexes, primaryKey, uniques });
    const kept = found.filter(
      (index) => isOfForeignKey(index) && !needed.some(({ name }) => name === index.name),
    );
    const comment = textOf(table["table_comment"]);
    return {
      name: this.#name,
      ...this.#context.placeOf(table["table_schema"]),
      columns: this.columns(),
      primaryKey,
      uniques,
      indexes: [...indexes, ...kept],
      checks: this.#checks,
      foreignKeys,
      ...(comment !== "" && { comment }),
    };
  }

  /** Without those that Plinth makes beside others, to compare or to search them. */
  columns(): ColumnModel[] {
    return this.#source.columns
      .filter((row) => {
        const name = String(row["column_name"]);
        return !this.#folded.has(name) && !this.#live.has(name) && !this.#words.has(name);
      })
      .map((row) => this.#column(row));
  }

  #readOptions(): void {
    const { table } = this.#source;
    const engine = String(table["engine"]);
    if (engine !== "InnoDB") this.#foreign("engine", this.#name, engine);
    const options = textOf(table["create_options"]).split(" ");
    const given = options.filter((option) => option !== "" && !USUAL_OPTIONS.has(option));
    if (given.length > 0) this.#foreign("clause", given.join(" "));
    if (table["table_type"] === "SYSTEM VERSIONED") this.#foreign("clause", "system versioning");
  }

  #type(row: CatalogueRow): LogicalType {
    const column = String(row["column_name"]);
    const { variant } = this.#context;
    const collation = row["collation_name"];
    const type = typeOfColumn(
      {
        table: this.#name,
        column,
        full: textOf(row["column_type"]).replace(/ \/\*.*\*\/$/, ""),
        collation: typeof collation === "string" ? collation : undefined,
        isJson: this.#jsonChecks.has(column),
      },
      variant,
    );
    const isFolded = [...this.#folded.values()].includes(column);
    return isFolded && type.kind === "text" && type.collation === undefined
      ? { ...type, isCaseInsensitive: true }
      : type;
  }

  #column(row: CatalogueRow): ColumnModel {
    const name = String(row["column_name"]);
    const extra = textOf(row["extra"]).toLowerCase();
    const type = this.#type(row);
    const expression = textOf(row["generation_expression"]);
    // The times between which a row of a versioned table was so.
    const isPeriod = /^row (?:start|end)$/i.test(expression);
    if (isPeriod) this.#foreign("clause", name, expression.toLowerCase());
    if (textOf(row["column_type"]).includes("COMPRESSED"))
      this.#foreign("clause", name, "compressed");
    const isGenerated =
      !isPeriod && (extra.includes("virtual generated") || extra.includes("stored generated"));
    const isAutoIncrement = extra.includes("auto_increment");
    const update = /on update \S+/.exec(extra)?.[0];
    if (update !== undefined) this.#foreign("clause", name, update);
    if (extra.includes("invisible")) this.#foreign("clause", name, "invisible");
    const comment = textOf(row["column_comment"]);
    const isFilled = row["column_default"] !== null && !isGenerated && !isAutoIncrement;
    const isMysql = this.#context.variant.name === "MySQL";
    const isLiteral = isMysql && !extra.includes("default_generated");
    const text = textOf(row["column_default"]);
    return {
      name,
      type,
      nullable: row["is_nullable"] === "YES" && !(isGenerated && this.#nullChecks.has(name)),
      isAutoIncrement,
      default: isFilled
        ? findDefault(
            {
              text: isMysql && !isLiteral ? withoutIntroducers(text) : text,
              type,
              isLiteral,
            },
            this.#context.types,
            this.#context.variant,
          )
        : undefined,
      generated: isGenerated
        ? {
            sql: this.#sqlOf(expression),
            isStored: extra.includes("stored generated"),
          }
        : undefined,
      ...(comment !== "" && { comment }),
    };
  }

  #index(name: string, rows: readonly CatalogueRow[]): IndexModel[] {
    const [first] = rows;
    const kind = String(first!["index_type"]);
    const words = kind === "FULLTEXT" ? this.#words.get(name) : undefined;
    if (words !== undefined) return [fullTextModelOf(name, columnsOfSql(words), PLAIN_LANGUAGE)];
    if (kind !== "BTREE" && kind !== "HASH") {
      this.#foreign("index", name, kind.toLowerCase());
      return [];
    }
    const comment = textOf(first!["index_comment"]);
    if (comment !== "") this.#foreign("clause", name, "comment");
    if (first!["ignored"] === "YES" || first!["is_visible"] === "NO")
      this.#foreign("clause", name, "invisible index");
    const mark = this.#live.get(textOf(rows.at(-1)!["column_name"]));
    const own = mark === undefined ? rows : rows.slice(0, -1);
    const terms = own.map((row): IndexTermModel => {
      const direction = row["collation"] === "D" ? "desc" : "asc";
      const column = row["column_name"];
      if (typeof column !== "string")
        return { sql: this.#sqlOf(textOf(row["expression"])), direction };
      const base = this.#folded.get(column);
      const isPrefix = row["sub_part"] !== null && kind === "BTREE";
      const more = { direction, ...(isPrefix && { prefix: Number(row["sub_part"]) }) } as const;
      return base === undefined ? { column, ...more } : { column: base, isFolded: true, ...more };
    });
    return [
      {
        name,
        columns: terms.flatMap((term) => ("column" in term ? [term.column] : [])),
        isUnique: Number(first!["non_unique"]) === 0,
        terms,
        where: mark === undefined ? undefined : liveCondition(mark),
      },
    ];
  }

  #foreignKeys(): ForeignKeyModel[] {
    const keys = groupBy(this.#source.foreignKeys, (row) => String(row["constraint_name"]));
    const schema = this.#source.table["table_schema"];
    return [...keys].map(([name, rows]) => {
      const [first] = rows;
      const place =
        first!["referenced_table_schema"] === schema
          ? this.#context.placeOf(schema)
          : this.#context.placeOf(first!["referenced_table_schema"]);
      return {
        name,
        columns: rows.map((row) => String(row["column_name"])),
        target: String(first!["referenced_table_name"]),
        ...(place.schema !== undefined && { targetSchema: place.schema }),
        targetColumns: rows.map((row) => String(row["referenced_column_name"])),
        onDelete: actionOf(first!["delete_rule"]),
        onUpdate: actionOf(first!["update_rule"]),
      };
    });
  }
}
