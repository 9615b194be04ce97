/**
 * The module that `plinth check` writes, and that a program hands to `connect`: the seam between the two. It holds the
 * types of all statements for the compiler, and what running them takes. One by hand is in `test/checked/`:
 *
 *     // Written by `plinth check`. Commit it, and don't edit it.
 *     import { checkedQueries, type CheckedQueries } from "plinth";
 *
 *     declare global {
 *       namespace Plinth {
 *         interface Queries {
 *           "select id from users where name = :name": { params: { name: string }; row: { id: number } };
 *         }
 *         interface NamedQueries {
 *           userById: { params: [number]; row: { id: number; name: string } };
 *         }
 *       }
 *     }
 *     export interface FileQueries {
 *       findUser: { params: { id: number }; row: { id: number; name: string } };
 *     }
 *     export const queries: CheckedQueries<FileQueries> = checkedQueries<FileQueries>({ … });
 *
 * The types say what the value of a logical type is in JavaScript, as `RowOf` does for a column of it; `row` is `never` for a
 * statement that gives no rows, and `params` is left out for one that takes none. A list is a `readonly T[]`. What stands
 * only inside of optional fragments is `name?: T | undefined`, a switch `name?: boolean | undefined`. What has a type of the
 * schema's own, such as JSON, takes it from there: `RowOf<typeof schema.tables.users>["settings"]`.
 *
 * `text.ts` beside it reads the texts, for both sides: parameters, lists, fragments, and overrides in names of columns.
 */

import type { ArrayType, LogicalType } from "../../ast/logical-type.ts";

/** The version of the format; another one is refused, with the word to run `plinth check`. */
export const CHECKED_FORMAT = 1;

/**
 * The type of a column of the schema that `connect` is given, by its names in the database: for types that JSON can't
 * hold, as they have functions or keys. Those are custom types and encrypted columns; others are written as they are.
 */
export interface ColumnReference {
  readonly kind: "column";
  /** Where it isn't the connection's own. */
  readonly schema?: string;
  readonly table: string;
  readonly column: string;
}

interface WrittenArray extends Omit<ArrayType, "element"> {
  readonly element: WrittenType;
}

/** As JSON: without what is undefined. */
type Written<Type> = Type extends ArrayType
  ? WrittenArray
  : Type extends { readonly length: number | undefined }
    ? Omit<Type, "length"> & { readonly length?: number }
    : Type;

/** A logical type as JSON. */
export type WrittenType = Written<Exclude<LogicalType, { kind: "custom" }>>;

export type CheckedType = ColumnReference | WrittenType;

/** A name of `CheckedData.types`, or `"unknown"`: what JavaScript, or the driver, makes of it. */
export type TypeName = string;

/**
 * A parameter: its name, without its sign; of `$1` and `?` the number from 1. The type of a list is that of its items. A
 * switch has the type `boolean`, under that name in `types`.
 *
 * `"nullable"`: null is taken. Undefined is for what may be left out, whether it is or not.
 */
export type CheckedParameter = readonly [name: string, type: TypeName, null?: "nullable"];

/** A column of the result, in its place: its key in the row, without what an override adds, and its type. */
export type CheckedColumn = readonly [key: string, type: TypeName];

/** What one database said of a statement. */
export interface CheckedFacts {
  /** All of them, those in fragments too. Absent: none. */
  readonly parameters?: readonly CheckedParameter[];
  /** Absent: it gives no rows. */
  readonly columns?: readonly CheckedColumn[];
  /**
   * The tables that it writes, by triggers and foreign keys too, by their names in the database, with their schema and a
   * point before where that isn't the connection's own. Empty where it is known to write none; absent where nobody can tell.
   */
  readonly writes?: readonly string[];
  /** The tables that it reads and doesn't write, those behind views among them. Absent where nobody can tell. */
  readonly reads?: readonly string[];
}

/**
 * By the family of databases, as folders of migrations are: `sqlite`, `postgres`, `mariadb`, `mysql`. A MariaDB takes those
 * of `mysql` where it has none of its own. A database for which nothing is written refuses the statement.
 */
export type FactsByDatabase = Readonly<Record<string, CheckedFacts>>;

/** A statement under a name. */
export interface NamedStatement {
  /** Of a tag, with `$1`, `$2` … for its values: `templateText`. Of a file, what stands between the name and the semicolon. */
  readonly text: string;
  readonly databases: FactsByDatabase;
}

export interface CheckedData {
  readonly format: typeof CHECKED_FORMAT;
  /** For which databases the statements were checked: what a message says where one is missing. */
  readonly databases: readonly string[];
  /** Each type that is used, once. The names are free, but for `unknown`: `integer`, `text`, `user_role`, `decimal(10,2)`. */
  readonly types: Readonly<Record<TypeName, CheckedType>>;
  /** By the text, exactly as it stands in the program. */
  readonly texts: Readonly<Record<string, FactsByDatabase>>;
  /** Of ``named("…")`…` ``, by the name. */
  readonly named: Readonly<Record<string, NamedStatement>>;
  /** Of `.sql` files, by the name. */
  readonly files: Readonly<Record<string, NamedStatement>>;
}
