/**
 * Relations: which rows of one table belong to which of another. `r.one` and `r.many` say so in the second argument of
 * `defineSchema`; `resolve-relations.ts` finds the columns, and what it makes is all that others need to know.
 */

import type { Condition } from "../ast/expression.ts";
import { mapColumns } from "../ast/map-columns.ts";
import { ConfigError } from "../core/error.ts";
import type { Column } from "./column.ts";
import {
  aliasedBy,
  infoOf,
  type AliasOf,
  type AnyTable,
  type AnyTableColumn,
  type ColumnsOf,
  type NameOf,
  type TableInfo,
} from "./table.ts";

/**
 * `"one"` always is there; `"optional"` may be null. `"back"` is null as well, unless the table points at itself: the
 * key stands in the table that the relation leads to.
 */
export type RelationKind = "back" | "many" | "one" | "optional";

type AnyColumns = AnyTableColumn | readonly [AnyTableColumn, ...AnyTableColumn[]];

/** A table on the way, with the columns of its foreign keys where several are there. */
export interface Hop {
  readonly table: AnyTable;
  /** The foreign key between the table before and this one, on whichever side it stands. */
  readonly from?: AnyColumns;
  /** The foreign key between this table and the next. */
  readonly to?: AnyColumns;
}

/** One table between the two, or several in their order. */
export type Through = AnyTable | Hop | readonly [AnyTable | Hop, ...(AnyTable | Hop)[]];

/** @typeParam From Where it is there, it is open whether there is a row; so with `Via` and `Where`. */
interface OneOptions<On, From, Via, Where> {
  /** The foreign key, on whichever side it stands; types read from it whether the row may be missing. */
  readonly on?: On;
  /** Where there is no foreign key: columns of this table, */
  readonly from?: From;
  /** and as many of the other, which are unique there. */
  readonly to?: AnyColumns;
  readonly through?: Via;
  /** The relation is there for such rows only: a condition over the columns of either table. */
  readonly where?: Where;
}

interface ManyOptions {
  /** The foreign key in the other table; needed where several point here. */
  readonly on?: AnyColumns;
  /** Where there is no foreign key: columns of this table, */
  readonly from?: AnyColumns;
  /** and as many of the other. */
  readonly to?: AnyColumns;
  readonly through?: Through;
  /** Only such rows belong to the relation: a condition over the columns of either table. */
  readonly where?: Condition;
}

/** What `r.one` and `r.many` take, when nothing more is known of it. */
export interface RelationOptions {
  readonly on?: AnyColumns;
  readonly from?: AnyColumns;
  readonly to?: AnyColumns;
  readonly through?: Through;
  readonly where?: Condition;
}

/** A relation as it was declared, before its columns are known. */
export class RelationDraft<Target extends AnyTable, Kind extends RelationKind> {
  /** Type-level only; never set. */
  declare readonly "~kind": Kind;
  readonly cardinality: "many" | "one";
  readonly target: Target;
  readonly options: RelationOptions;

  constructor(cardinality: "many" | "one", target: Target, options: RelationOptions) {
    this.cardinality = cardinality;
    this.target = target;
    this.options = options;
  }
}

export type AnyRelationDraft = RelationDraft<AnyTable, RelationKind>;

type OneOfColumns<On> = On extends readonly (infer Of)[] ? Of : On;

type OneKind<Target extends AnyTable, On, Loose> = [Loose] extends [never]
  ? [On] extends [never]
    ? "one"
    : OneOfColumns<On> extends Column<infer From, infer Value>
      ? null extends Value
        ? "optional"
        : From extends NameOf<Target>
          ? "back"
          : "one"
      : never
  : "optional";

/** What `defineSchema` hands to its second argument. */
export interface Relate {
  /**
   * At most one row of the table. Without options it promises that there always is one: the only foreign key to the table
   * is not null. Where the key may be null, or stands in the other table, name it with `on`, as types can't see it.
   */
  one<
    T extends AnyTable,
    const On extends AnyColumns = never,
    From extends AnyColumns = never,
    Via extends Through = never,
    Where extends Condition = never,
  >(
    table: T,
    options?: OneOptions<On, From, Via, Where>,
  ): RelationDraft<T, OneKind<T, On, From | Via | Where>>;
  /** Any number of rows of the table. */
  many<T extends AnyTable>(table: T, options?: ManyOptions): RelationDraft<T, "many">;
}

export const relate: Relate = {
  one: (table, options = {}) => new RelationDraft("one", table, options as RelationOptions),
  many: (table, options = {}) => new RelationDraft("many", table, options),
};

/** One step on the way from a table to the related one: pairs of columns that are equal. */
export interface RelationStep {
  /** The table that the step leads to. */
  readonly table: TableInfo;
  /** Columns of the table before. */
  readonly from: readonly AnyTableColumn[];
  /** Columns of this table, as many. */
  readonly to: readonly AnyTableColumn[];
  /** Which of the two is a declared foreign key, and so what a write sets; undefined where there is none. */
  readonly key: "from" | "to" | undefined;
}

/** A relation with its columns found: what loads, filters and writes go by. */
export class Relation<
  Owner extends AnyTable = AnyTable,
  Target extends AnyTable = AnyTable,
  Kind extends RelationKind = RelationKind,
  Name extends string = string,
> {
  /** Type-level only; never set. */
  declare readonly "~owner": Owner;
  /** Type-level only; never set. */
  declare readonly "~target": Target;
  /** Type-level only; never set. */
  declare readonly "~kind": Kind;
  /** Its key in rows. */
  readonly name: Name;
  readonly owner: TableInfo;
  readonly target: TableInfo;
  /** The target as it was declared. */
  readonly table: Target;
  readonly cardinality: "many" | "one";
  /** Whether `one` may find none. Always false for `many`. */
  readonly isOptional: boolean;
  /** At least one; the last leads to the target, those before it through other tables. */
  readonly steps: readonly RelationStep[];
  /** Whether a related row is met by one way only. If not, it is still related once. */
  readonly isDistinct: boolean;
  /** What the rows of the owner meet that have the relation. Names columns of the owner only. */
  readonly ownerWhere: Condition | undefined;
  /** What the related rows meet. Names columns of the target, and of the tables on the way. */
  readonly where: Condition | undefined;

  constructor(parts: RelationParts) {
    this.name = parts.name as Name;
    this.owner = parts.owner;
    this.target = parts.target;
    this.table = parts.table as Target;
    this.cardinality = parts.cardinality;
    this.isOptional = parts.isOptional;
    this.steps = parts.steps;
    this.isDistinct = parts.isDistinct;
    this.ownerWhere = parts.ownerWhere;
    this.where = parts.where;
  }

  /**
   * The same relation of an alias of its table: for conditions over the rows of that.
   *
   * @example
   * const bosses = alias(users, "bosses");
   * db.from(bosses).where(some(schema.relations.users.reports.of(bosses)))
   */
  of(table: (AliasOf<NameOf<Owner>> & AnyTable) | Owner): Relation<Owner, Target, Kind, Name> {
    const owner = infoOf(table);
    if (aliasedBy(owner) !== aliasedBy(this.owner)) {
      throw new ConfigError(`of() of relation "${this.name}" takes an alias of its own table.`, {
        code: "E_SCHEMA",
      });
    }
    const { name, target, table: related, cardinality, isOptional, isDistinct, where } = this;
    const parts = { name, target, table: related, cardinality, isOptional, isDistinct, where };
    return new Relation({ ...parts, ...ofOwner(this, owner) });
  }
}

/** What a relation goes by where its table stands under another name. */
export function ofOwner(
  { ownerWhere, steps }: Pick<RelationParts, "ownerWhere" | "steps">,
  owner: TableInfo,
): Pick<RelationParts, "owner" | "ownerWhere" | "steps"> {
  const [first, ...others] = steps as readonly [RelationStep, ...RelationStep[]];
  const own = { ...first, from: first.from.map(({ key }) => owner.column(key)!) };
  const where =
    ownerWhere &&
    mapColumns(ownerWhere, {
      column: (column) => owner.column(column.key)!,
      source: () => owner,
      query: (query) => query,
    });
  return { owner, ownerWhere: where as Condition | undefined, steps: [own, ...others] };
}

export interface RelationParts {
  readonly name: string;
  readonly owner: TableInfo;
  readonly target: TableInfo;
  readonly table: AnyTable;
  readonly cardinality: "many" | "one";
  readonly isOptional: boolean;
  readonly steps: readonly RelationStep[];
  readonly isDistinct: boolean;
  readonly ownerWhere: Condition | undefined;
  readonly where: Condition | undefined;
}

type TableMap = Readonly<Record<string, AnyTable>>;

/** Relations by the keys of their tables and their own. */
export type RelationDrafts = Readonly<Record<string, Readonly<Record<string, AnyRelationDraft>>>>;

/** What was declared, with a sentence in the place of what the tables contradict. */
export type CheckedRelations<Tables extends TableMap, R> = {
  readonly [Key in keyof R]: Key extends keyof Tables
    ? {
        readonly [Name in keyof R[Key]]: Name extends keyof ColumnsOf<Tables[Key]>
          ? `'${Key & string}' has a column '${Name & string}' already`
          : R[Key][Name];
      }
    : `The schema has no table '${Key & string}'`;
};

/** By the names of the tables, which is what a query knows. Worked out once for a schema. */
export type RelationsByName<Tables extends TableMap, R> = {
  readonly [Key in keyof Tables as NameOf<Tables[Key]>]: Key extends keyof R ? R[Key] : {};
};

/** As a schema has them. */
export type SchemaRelations<Tables extends TableMap, R> = {
  readonly [Key in keyof R & keyof Tables]: {
    readonly [Name in keyof R[Key]]: R[Key][Name] extends RelationDraft<infer Target, infer Kind>
      ? Relation<Tables[Key], Target, Kind, Name & string>
      : never;
  };
};

/** The columns that `on`, `from` or `to` name. */
export function columnList(columns: AnyColumns): readonly AnyTableColumn[] {
  return Array.isArray(columns)
    ? (columns as readonly AnyTableColumn[])
    : [columns as Column<string, unknown>];
}
