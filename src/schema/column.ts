import {
  ColumnNode,
  FragmentNode,
  type Condition,
  type Expression,
  type Source,
} from "../ast/expression.ts";
import { intern, type LogicalType, type StorageSettings } from "../ast/logical-type.ts";
import { collated, withoutCase } from "./collation.ts";
import { sealedType, type EncryptedOptions } from "./encrypted.ts";
import { requireComment } from "./comment.ts";
import { ConfigError } from "../core/error.ts";
import { identityOf, type IdentityOptions } from "./identity.ts";
import { scopeName, type ColumnScope, type SoftDeleteSpec } from "./row-scope.ts";

export type ReferenceAction = "cascade" | "no action" | "restrict" | "set default" | "set null";

export interface ReferenceOptions {
  /** What happens to the row when the row that it points at is deleted. Default `"no action"`. */
  readonly onDelete?: ReferenceAction;
  /** What happens to the row when the key that it points at changes. Default `"no action"`. */
  readonly onUpdate?: ReferenceAction;
  /** The constraint's name. Default `<table>_<column>_fkey`. */
  readonly name?: string | undefined;
}

export interface ReferenceSpec extends ReferenceOptions {
  /** Is called once all modules are loaded, so that tables may point at one another. */
  readonly target: () => unknown;
}

export interface GeneratedSpec {
  /** Is called once the table is there. */
  readonly make: () => unknown;
  readonly isStored: boolean;
}

export interface GeneratedOptions {
  /** Whether the value is kept with the row, or computed when it is read, which PostgreSQL refuses. Default true. */
  readonly stored?: boolean;
}

export type DefaultSpec =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "now" }
  | { readonly kind: "random" }
  | { readonly kind: "sql"; readonly fragment: FragmentNode<unknown> };

/** What a unique key or an index says of itself, besides its columns. */
export interface UniqueOptions {
  readonly name?: string | undefined;
  /** `"live"` leaves out rows that are soft-deleted, so that they hold no value. Default `"all"`. */
  readonly among?: "all" | "live";
}

export function uniqueOptions(options: UniqueOptions | string): UniqueOptions {
  if (typeof options === "string") return { name: options };
  const { among = "all" } = options;
  if (among === "all" || among === "live") return options;
  throw new ConfigError('A key is unique among "live" rows or "all".', { code: "E_SCHEMA" });
}

/** What a declaration says of a column. Plain data but for the functions that it was given. */
export interface ColumnSpec {
  readonly type: LogicalType;
  readonly givenName: string | undefined;
  readonly nullable: boolean;
  readonly isPrimaryKey: boolean;
  /** The constraint's name, or `true` for one made from table and column. */
  readonly unique: boolean | string;
  readonly isAutoIncrement: boolean;
  readonly identity?: IdentityOptions | undefined;
  /** Kept by the database. */
  readonly default: DefaultSpec | undefined;
  /** Called by Plinth for each inserted row that has no value. */
  readonly clientDefault: (() => unknown) | undefined;
  readonly references: ReferenceSpec | undefined;
  /** What each update by Plinth gives it: the database's time, unless it sets that itself, or one more. */
  readonly keeps?: "time" | "version" | undefined;
  readonly generated: GeneratedSpec | undefined;
  readonly comment?: string;
  /** Of the column that keeps when a row was soft-deleted. */
  readonly softDelete?: SoftDeleteSpec;
  /** Whether it is unique among the rows that aren't deleted: the index's name, or `true` for the usual one. */
  readonly liveUnique?: boolean | string;
  readonly scope?: ColumnScope;
  /** Whether TypeScript knows more of its values than its type tells. */
  readonly isNarrowed?: true;
}

/** A column of which nothing is said but its type. */
export function plainSpec(type: LogicalType, givenName?: string): ColumnSpec {
  return {
    type,
    givenName,
    nullable: true,
    isPrimaryKey: false,
    unique: false,
    isAutoIncrement: false,
    default: undefined,
    clientDefault: undefined,
    references: undefined,
    generated: undefined,
  };
}

/** What the types of rows have to know of a column besides its value. */
export type ColumnTrait =
  | "default"
  | "generated"
  | "key"
  | "shown"
  | "softDelete"
  | "version"
  | "lookup"
  | "sealed";

/**
 * A column as it is declared, not yet part of a table. Every method returns a new one, so a column may be shared as a
 * starting point.
 */
export class ColumnBuilder<Value, Trait extends ColumnTrait = never> {
  /** Type-level only; never set. */
  declare readonly "~value": Value;
  /** Type-level only; never set. */
  declare readonly "~trait": Trait;
  readonly spec: ColumnSpec;

  constructor(spec: ColumnSpec) {
    this.spec = spec;
  }

  notNull(): ColumnBuilder<Value & {}, Trait> {
    return new ColumnBuilder({ ...this.spec, nullable: false });
  }

  /** Makes the column the primary key, or, on several columns of a table, a part of it in the order of the columns. */
  primaryKey(): ColumnBuilder<Value & {}, Trait | "key"> {
    return new ColumnBuilder({ ...this.spec, nullable: false, isPrimaryKey: true });
  }

  /**
   * Means what SQL means: any number of rows may hold NULL, and a soft-deleted row keeps its value taken. With
   * `{ among: "live" }` only rows that aren't deleted count.
   *
   * @param options The constraint's name, or more.
   */
  unique(options: UniqueOptions | string = {}): ColumnBuilder<Value, Trait> {
    const { name, among } = uniqueOptions(options);
    return new ColumnBuilder(
      among === "live"
        ? { ...this.spec, liveUnique: name ?? true }
        : { ...this.spec, unique: name ?? true },
    );
  }

  /**
   * Compares the texts of the column without regard to the case of ASCII's letters: in conditions, orders, keys and
   * indexes. Every other character is equal only to itself. For `text` and `varchar`.
   */
  caseInsensitive(): ColumnBuilder<Value, Trait> {
    return new ColumnBuilder({ ...this.spec, type: intern(withoutCase(this.spec.type)) });
  }

  /**
   * Compares and orders the texts of the column by a collation of the database's own, which means what it means there.
   * For `text` and `varchar`.
   *
   * @param name Its name, or one for each family of databases; where there is none, texts are compared by code point.
   */
  collate(name: string | StorageSettings): ColumnBuilder<Value, Trait> {
    return new ColumnBuilder({ ...this.spec, type: intern(collated(this.spec.type, name)) });
  }

  /**
   * Encrypts the values before they are sent, by the keys of `connect(url, { encryption })`: the database keeps bytes. They
   * can be read and written, and told to be NULL; with `deterministic` they can be looked for, too.
   */
  encrypted(
    options: EncryptedOptions & { readonly deterministic: true },
  ): ColumnBuilder<Value, Trait | "lookup">;
  encrypted(options?: EncryptedOptions): ColumnBuilder<Value, Trait | "sealed">;
  encrypted(options: EncryptedOptions = {}): ColumnBuilder<Value, ColumnTrait> {
    return new ColumnBuilder({ ...this.spec, type: intern(sealedType(this.spec.type, options)) });
  }

  /**
   * The database counts the values up. Rows may still bring their own, unless it says `always`. Needs `integer` or
   * `bigint`, and but for PostgreSQL the key.
   */
  autoIncrement(
    options: IdentityOptions & { readonly always: true },
  ): ColumnBuilder<Value & {}, Trait | "default" | "generated">;
  autoIncrement(options?: IdentityOptions): ColumnBuilder<Value & {}, Trait | "default">;
  autoIncrement(options: IdentityOptions = {}): ColumnBuilder<Value & {}, ColumnTrait> {
    const identity = identityOf(options);
    const spec = { ...this.spec, nullable: false, isAutoIncrement: true };
    return new ColumnBuilder(identity === undefined ? spec : { ...spec, identity });
  }

  /** A value, or an expression such as ``sql`0` ``, that the database uses for rows without one. */
  default(value: (Value & {}) | FragmentNode<unknown>): ColumnBuilder<Value, Trait | "default"> {
    return new ColumnBuilder({
      ...this.spec,
      default:
        value instanceof FragmentNode ? { kind: "sql", fragment: value } : { kind: "value", value },
    });
  }

  /** The database's time at the insert, its day or its time of day, in UTC. For `timestamp`, `date` and `time`. */
  defaultNow(): ColumnBuilder<Value, Trait | "default"> {
    return new ColumnBuilder({ ...this.spec, default: { kind: "now" } });
  }

  /** A random UUID (version 4), made by the database. For `uuid`. */
  defaultRandom(): ColumnBuilder<Value, Trait | "default"> {
    return new ColumnBuilder({ ...this.spec, default: { kind: "random" } });
  }

  /** A function that Plinth calls for each inserted row without a value; rows written by other programs don't get it. */
  $default(make: () => Value & {}): ColumnBuilder<Value, Trait | "default"> {
    return new ColumnBuilder({ ...this.spec, clientDefault: make });
  }

  /**
   * Computed by the database from other columns of the row; never written.
   *
   * @param make A function, as the expression names columns of the table: ``() => sql`${people.first} || ${people.last}` ``.
   */
  generatedAs(
    // oxlint-disable-next-line typescript/no-explicit-any -- only `any` keeps TypeScript from inferring the table.
    make: () => any,
    options: GeneratedOptions = {},
  ): ColumnBuilder<Value, Trait | "generated"> {
    const generated = { make, isStored: options.stored ?? true };
    return new ColumnBuilder({ ...this.spec, generated });
  }

  /**
   * Lets each client see and write only rows of its own: those that have, in this column, the value that it was given by
   * `db.scoped({ [name]: value })`. Queries of a client without one are refused, unless they say `.without(name)`.
   * Inserts get the value.
   *
   * @param make The condition, where it isn't that the column equals the value: to see shared rows too, say.
   * @example
   * tenantId: uuid().notNull().references(() => tenants.id).scope("tenant"),
   * region: text().scope("region", (column, value) => or(eq(column, value), isNull(column))),
   */
  scope(
    name: string,
    make?: (column: Expression<Value>, value: Expression<Value & {}>) => Condition,
  ): ColumnBuilder<Value, Trait | "default"> {
    const scope = { name: scopeName(name), make: make as ColumnScope["make"] };
    return new ColumnBuilder({ ...this.spec, scope });
  }

  /** For people who look at the database. SQLite has no comments, and leaves it out. */
  comment(text: string): ColumnBuilder<Value, Trait> {
    return new ColumnBuilder({ ...this.spec, comment: requireComment(text) });
  }

  /** Narrows the type in TypeScript, to a brand or a union of literals; nothing is checked when the program runs. */
  $type<Narrow extends Value & {}>(): ColumnBuilder<
    Narrow | (null extends Value ? null : never),
    Trait
  > {
    return new ColumnBuilder({ ...this.spec, isNarrowed: true });
  }

  /**
   * Points at a column of another table, or of this one.
   *
   * @param target A function, as the other table may be declared later. Types that don't fit are refused by
   * `defineSchema`: a typed target would make two tables that point at one another a circle that TypeScript refuses.
   */
  references(
    // oxlint-disable-next-line typescript/no-explicit-any -- only `any` keeps TypeScript from inferring the target's table.
    target: () => any,
    options: ReferenceOptions = {},
  ): ColumnBuilder<Value, Trait> {
    return new ColumnBuilder({ ...this.spec, references: { ...options, target } });
  }
}

// Not `any`: a column whose type argument is inferred, such as json(), would take it from here.
export type AnyColumnBuilder = ColumnBuilder<unknown, ColumnTrait>;

/** A column of a table, or of an alias of one: what queries are made of. */
export class Column<From extends string, Value> extends ColumnNode<Value, From> {
  override readonly source: Source;
  override readonly key: string;
  override readonly givenName: string | undefined;
  override readonly type: LogicalType;
  override readonly nullable: boolean;
  readonly spec: ColumnSpec;

  constructor(source: Source, key: string, spec: ColumnSpec) {
    super();
    this.source = source;
    this.key = key;
    this.spec = spec;
    this.givenName = spec.givenName;
    this.type = spec.type;
    this.nullable = spec.nullable;
  }
}
