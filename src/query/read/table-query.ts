import type { SelectStatement } from "../../ast/statement.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { AnySchema } from "../../schema/schema.ts";
import {
  sourceOf,
  type AnyTable,
  type IfSoft,
  type KeyOf,
  type NameOf,
  type RowOf,
  type TableInfo,
} from "../../schema/table.ts";
import { readRow, type Scope } from "../run.ts";
import { ownThen, started } from "../runnable.ts";
import { emptyStatement } from "../statement.ts";
import { inputsOf } from "./derived.ts";
import { loadedRelations } from "../relations/load-code.ts";
import type { RelatedQuery } from "../relations/related-query.ts";
import type { Asked, CheckedWith, LoadedRow, RootRow } from "../relations/types.ts";
import { refuseRelations } from "../relations/unknown.ts";
import { keyCondition } from "./key.ts";
import { combined, firstOf, SelectQuery } from "./select.ts";
import { sourceSelection } from "./selection.ts";

/** A read of whole rows of one table. */
export class TableQuery<T extends AnyTable, S extends AnySchema = AnySchema> extends SelectQuery<
  T,
  NameOf<T>,
  never,
  RootRow<S, T, RowOf<T>>
> {
  /** Also sees the rows that are soft-deleted: of its own table, or of one that is joined. */
  override withDeleted(this: IfSoft<T, TableQuery<T>>): this;
  override withDeleted<Other extends AnyTable>(table: IfSoft<Other>): this;
  override withDeleted(table?: AnyTable): this {
    return this.seeing(table, "with");
  }

  /** Sees only the rows that are soft-deleted: of its own table, or of one that is joined. */
  override onlyDeleted(this: IfSoft<T, TableQuery<T>>): this;
  override onlyDeleted<Other extends AnyTable>(table: IfSoft<Other>): this;
  override onlyDeleted(table?: AnyTable): this {
    return this.seeing(table, "only");
  }

  /**
   * The row with this primary key, or undefined.
   *
   * @param key The key's value, or an object with all columns of a composite key.
   */
  find(key: KeyOf<T>): Promise<RootRow<S, T, RowOf<T>> | undefined> {
    type Row = RootRow<S, T, RowOf<T>>;
    return started(() => readRow(this.scope, this["~find"](key)) as MaybePromise<Row | undefined>);
  }

  /**
   * Loads what belongs to the rows: relations by their names, to any depth. Each relation is one more query, or none,
   * whatever the number of rows; a row without related ones has an empty list, or null.
   *
   * @throws {BuildError} `E_UNKNOWN_RELATION`
   * @example
   * db.from(users).with({ posts: { where: isNull(posts.hiddenAt), orderBy: desc(posts.id), limit: 5, with: { tags: true } } })
   */
  with<const W extends Asked<S, T>>(
    relations: W extends CheckedWith<S, T, W> ? W : CheckedWith<S, T, W>,
  ): RelatedQuery<T, S, LoadedRow<S, T, RowOf<T>, W>> {
    type Related = RelatedQuery<T, S, LoadedRow<S, T, RowOf<T>, W>>;
    const { schema } = this.scope.plans;
    const table = this.statement.from as TableInfo;
    const code = loadedRelations();
    if (code !== undefined)
      return new code.RelatedQuery(this, code.branchesOf(schema, table, relations));
    refuseRelations(schema, table, relations);
    // With nothing, it is the query that it was.
    return this as unknown as Related;
  }

  /** For those who read with the relations. */
  get "~scope"(): Scope {
    return this.scope;
  }

  /** The statement of `find`. */
  "~find"(key: KeyOf<T>): SelectStatement {
    const { from, where } = this.statement;
    const ofKey = keyCondition(from as TableInfo, key);
    return { ...this.statement, where: combined(where, ofKey, "find") };
  }

  /** The statement of `first`. */
  "~first"(): SelectStatement {
    return firstOf(this.statement);
  }
}
ownThen(TableQuery);

export function tableQuery<T extends AnyTable, S extends AnySchema>(
  scope: Scope,
  table: T,
): TableQuery<T, S> {
  const source = sourceOf(table);
  const selection = sourceSelection(source);
  const inputs = inputsOf(table, source);
  const statement = emptyStatement(source, selection, inputs, scope.context?.lifts);
  return new TableQuery(scope, statement);
}
