/** Rows that are marked as deleted, and stay. */

import { NullTestNode, type AnyExpression } from "../ast/expression.ts";
import { ConfigError } from "../core/error.ts";
import type { SoftDeleteSpec } from "./row-scope.ts";
import { ColumnBuilder, type AnyColumnBuilder, type Column } from "./column.ts";
import { text, timestamp, uuid, type TimestampOptions } from "./types.ts";

type AnyTableColumn = Column<string, unknown>;

/** The columns of a table that keep who deleted a row, and when. */
export interface SoftDelete {
  /** NULL as long as the row is live. */
  readonly at: AnyTableColumn;
  readonly by: AnyTableColumn | undefined;
  /** Which deletion the row went with, where deletions cascade. */
  readonly deletion: AnyTableColumn | undefined;
  readonly isHiding: boolean;
}

export interface SoftDeleteOptions<
  Key extends string = string,
  By extends Readonly<Record<string, AnyColumnBuilder>> | string =
    | Readonly<Record<string, AnyColumnBuilder>>
    | string,
  Deletion extends boolean | string = boolean | string,
  Shown extends "off" | "on" = "off" | "on",
> extends Pick<TimestampOptions, "precision" | "storage"> {
  /** The key of the column that keeps when a row was deleted. Default `"deletedAt"`. */
  readonly column?: Key;
  /**
   * The key of a column that keeps who deleted it, the `id` of `db.as(…)`: of text, or of a type of your own, such as
   * `{ deletedBy: uuid().references(() => users.id) }`. Default: none.
   */
  readonly by?: By;
  /** `"off"` hides no row: deletes are soft, and queries say themselves which rows they want. Default `"on"`. */
  readonly scope?: Shown;
  /**
   * Rows that point here by a foreign key with `onDelete: "cascade"` are deleted with the row, and restored with it, where
   * their table says `cascade`, too. It takes a column of its own, which keeps what was deleted together: its key, or
   * `true` for `"deletionId"`. Default false.
   */
  readonly cascade?: Deletion;
}

type DeletionKey<Deletion extends boolean | string> = Deletion extends string
  ? Deletion
  : Deletion extends true
    ? "deletionId"
    : never;

/** The columns that `softDelete()` makes. */
export type SoftDeleteColumns<
  Key extends string,
  By extends Readonly<Record<string, AnyColumnBuilder>> | string,
  Deletion extends boolean | string,
  Shown extends "off" | "on" = "on",
> = {
  [Name in Key]: ColumnBuilder<Date | null, "softDelete" | ("off" extends Shown ? "shown" : never)>;
} & ([By] extends [never]
  ? unknown
  : By extends string
    ? { [Name in By]: ColumnBuilder<string | null> }
    : By) & {
    [Name in DeletionKey<Deletion>]: ColumnBuilder<string | null>;
  };

function refuse(message: string, hint?: string): never {
  throw new ConfigError(message, { code: "E_SCHEMA", hint });
}

function byColumn(
  by: Readonly<Record<string, AnyColumnBuilder>> | string | undefined,
): readonly (readonly [string, AnyColumnBuilder])[] {
  if (by === undefined) return [];
  if (typeof by === "string") return [[by, text()]];
  const entries = Object.entries(by);
  const [[, column] = []] = entries;
  if (entries.length !== 1 || !(column instanceof ColumnBuilder))
    refuse("by of softDelete() is one column: { deletedBy: uuid() }.");
  if (!column.spec.nullable)
    refuse("by of softDelete() is NULL for live rows.", "Leave out its notNull().");
  return entries;
}

/**
 * The columns of soft deletion, to spread among those of a table. `db.delete` then marks rows instead of deleting them,
 * queries leave marked rows out, `db.restore` brings them back, and `.hard()` deletes for good.
 *
 * @example
 * const users = table("users", {
 *   id: uuid().primaryKey(),
 *   email: varchar({ length: 255 }).notNull().unique({ among: "live" }),
 *   ...softDelete({ by: "deletedBy" }),
 * });
 */
export function softDelete<
  const Key extends string = "deletedAt",
  const By extends Readonly<Record<string, AnyColumnBuilder>> | string = never,
  const Deletion extends boolean | string = false,
  const Shown extends "off" | "on" = "on",
>(
  options: SoftDeleteOptions<Key, By, Deletion, Shown> = {},
): SoftDeleteColumns<Key, By, Deletion, Shown> {
  const { by, cascade = false, column = "deletedAt", precision = 3, scope, storage } = options;
  if (scope !== undefined && scope !== "off" && scope !== "on")
    refuse('scope of softDelete() is "on" or "off".');
  const who = byColumn(by);
  const deletion = cascade === true ? "deletionId" : cascade === false ? undefined : cascade;
  const softDelete: SoftDeleteSpec = {
    by: who[0]?.[0],
    deletion: deletion as string | undefined,
    isHiding: scope !== "off",
  };
  const { spec } = timestamp(storage === undefined ? { precision } : { precision, storage });
  const columns: (readonly [string, AnyColumnBuilder])[] = [
    [column, new ColumnBuilder({ ...spec, softDelete })],
    ...who,
  ];
  if (deletion !== undefined) columns.push([deletion as string, uuid()]);
  if (new Set(columns.map(([key]) => key)).size < columns.length)
    refuse("The columns of softDelete() have keys of their own.");
  return Object.fromEntries(columns) as SoftDeleteColumns<Key, By, Deletion, Shown>;
}

/** The columns of soft deletion among those of a table. */
export function softDeleteOf(
  table: string,
  columns: readonly AnyTableColumn[],
): SoftDelete | undefined {
  const [at, second] = columns.filter((column) => column.spec.softDelete !== undefined);
  if (at === undefined) return undefined;
  if (second !== undefined) refuse(`Table "${table}" has softDelete() twice.`);
  const { by, deletion, isHiding } = at.spec.softDelete!;
  const columnOf = (key: string | undefined): AnyTableColumn | undefined =>
    columns.find((column) => column.key === key);
  return { at, by: columnOf(by), deletion: columnOf(deletion), isHiding };
}

/** What is true of live rows. */
export function isLive({ at }: SoftDelete): AnyExpression {
  return new NullTestNode(at, false);
}

/** What is true of deleted rows. */
export function isDeleted({ at }: SoftDelete): AnyExpression {
  return new NullTestNode(at, true);
}
