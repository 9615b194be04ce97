/** Columns and constraints, as statements of DDL define them. */

import type { SqlToken } from "../../dialect/text/sql-tokens.ts";
import { Cursor, partsOf, spelt } from "./cursor.ts";

export interface ColumnDefinition {
  readonly name: string;
  /** As it is written, in lowercase and without spaces: `varchar(20)`. */
  readonly type: string;
  readonly isRequired: boolean;
  readonly isKey: boolean;
  readonly isUnique: boolean;
  readonly hasDefault: boolean;
  /** Whether the default is computed anew for each row. */
  readonly hasVolatileDefault: boolean;
  readonly hasReference: boolean;
  readonly isStored: boolean;
  /** MySQL: what goes when the column is said anew without it, such as `on update current_timestamp`. */
  readonly clauses: readonly string[];
}

export interface ConstraintDefinition {
  readonly of: "check" | "exclude" | "foreign key" | "primary key" | "unique";
  readonly name: string | undefined;
  readonly columns: readonly string[];
  /** PostgreSQL: rows that are there aren't looked at. */
  readonly isNotValid: boolean;
  /** PostgreSQL: an index that is there becomes the constraint. */
  readonly usesIndex: boolean;
  /** Of a check that says no more than that a column is not NULL. */
  readonly notNullColumn: string | undefined;
}

const CONSTRAINT_WORDS = new Set([
  "check",
  "collate",
  "comment",
  "constraint",
  "default",
  "generated",
  "as",
  "identity",
  "key",
  "not",
  "null",
  "on",
  "primary",
  "references",
  "unique",
  "auto_increment",
  "autoincrement",
  "stored",
  "virtual",
  "invisible",
  "character",
  "first",
  "after",
  "storage",
  "compression",
]);
const VOLATILE = new Set([
  "random",
  "gen_random_uuid",
  "uuid_generate_v4",
  "uuid",
  "clock_timestamp",
  "nextval",
  "timeofday",
]);

const CLOCK = new Set(["current_timestamp", "localtime", "localtimestamp", "now"]);

export function typeAt(cursor: Cursor): string {
  let type = "";
  while (!cursor.isAtEnd) {
    const token = cursor.peek()!;
    if (
      token.kind === "word" &&
      CONSTRAINT_WORDS.has(token.value) &&
      !(token.value === "character" && type === "")
    )
      break;
    if (token.kind === "sign" && token.value === "(")
      type += `(${cursor.group().map(spelt).join("")})`;
    else type += (type === "" || token.kind !== "word" ? "" : " ") + cursor.next()!.value;
  }
  return type;
}

export function columnOf(tokens: readonly SqlToken[]): ColumnDefinition {
  const cursor = new Cursor(tokens);
  const name = cursor.next()?.value ?? "";
  const type = typeAt(cursor);
  const rest = cursor.rest();
  const words = rest.map((token) => (token.kind === "word" ? token.value : ""));
  const has = (...wanted: readonly string[]): boolean =>
    words.some((_, at) => wanted.every((word, ahead) => words[at + ahead] === word));
  const defaultAt = words.indexOf("default");
  const isKey = has("primary", "key");
  return {
    name,
    type,
    isRequired: has("not", "null") || isKey,
    isKey,
    isUnique: has("unique"),
    hasDefault:
      defaultAt !== -1 || has("generated") || has("auto_increment") || /serial/.test(type),
    hasVolatileDefault:
      defaultAt !== -1 && words.slice(defaultAt + 1).some((word) => VOLATILE.has(word)),
    hasReference: has("references"),
    isStored: has("stored") || has("persistent"),
    clauses: [
      ...words.flatMap((word, at) =>
        word === "update" && words[at - 1] === "on" && CLOCK.has(words[at + 1] ?? "")
          ? ["on update current_timestamp"]
          : [],
      ),
      ...(has("invisible") ? ["invisible"] : []),
    ],
  };
}

const namesIn = (tokens: readonly SqlToken[]): string[] =>
  partsOf(tokens).map((part) => part[0]!.value);

export function constraintOf(tokens: readonly SqlToken[]): ConstraintDefinition | undefined {
  const cursor = new Cursor(tokens);
  const name = cursor.take("constraint") ? cursor.name() : undefined;
  const of = ((): ConstraintDefinition["of"] | undefined => {
    if (cursor.take("primary", "key")) return "primary key";
    if (cursor.take("foreign", "key")) return "foreign key";
    if (cursor.take("check")) return "check";
    if (cursor.take("exclude")) return "exclude";
    if (cursor.take("unique")) {
      if (!cursor.take("key")) cursor.take("index");
      return "unique";
    }
    return undefined;
  })();
  if (of === undefined) return undefined;
  const next = cursor.peek();
  const isNamed = next !== undefined && next.kind !== "sign" && !cursor.isWord("using");
  const own = isNamed ? cursor.name() : name;
  const columns = of === "check" || of === "exclude" ? [] : namesIn(cursor.group());
  const condition = of === "check" ? cursor.group() : [];
  const [column, ...isNotNull] = condition.map(({ value }) => value);
  const words = cursor.rest().map(({ value }) => value);
  return {
    of,
    name: own,
    columns,
    isNotValid: words.some((word, at) => word === "not" && words[at + 1] === "valid"),
    usesIndex: words[0] === "using" && words[1] === "index",
    notNullColumn: isNotNull.join(" ") === "is not null" ? column : undefined,
  };
}
