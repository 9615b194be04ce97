import { ColumnBuilder } from "./column.ts";
import { timestamp, type TimestampOptions } from "./types.ts";

export interface TimestampsOptions<
  Created extends string | false = string | false,
  Updated extends string | false = string | false,
  Nullable extends boolean = boolean,
> extends Pick<TimestampOptions, "precision" | "storage"> {
  /** The column's key; `false` for none. Default `"createdAt"`. */
  readonly created?: Created;
  /** Default `"updatedAt"`. */
  readonly updated?: Updated;
  /** Lets rows be NULL there, as those that were written before there were such columns. Default false. */
  readonly nullable?: Nullable;
}

/** The columns that `timestamps()` makes. */
export type TimestampColumns<
  Created extends string | false,
  Updated extends string | false,
  Nullable extends boolean,
> = {
  [Key in Exclude<Created | Updated, false>]: ColumnBuilder<
    Nullable extends true ? Date | null : Date,
    "default"
  >;
};

/**
 * The columns of the time of the insert and of the last update, to spread among those of a table. The database makes both
 * at the insert, by its own clock; whatever Plinth updates, upserts included, gets the database's time as the second,
 * unless it sets that itself.
 */
export function timestamps<
  const Created extends string | false = "createdAt",
  const Updated extends string | false = "updatedAt",
  const Nullable extends boolean = false,
>(
  options: TimestampsOptions<Created, Updated, Nullable> = {},
): TimestampColumns<Created, Updated, Nullable> {
  const {
    created = "createdAt",
    updated = "updatedAt",
    nullable,
    precision = 3,
    storage,
  } = options;
  const spec = timestamp(
    storage === undefined ? { precision } : { precision, storage },
  ).defaultNow().spec;
  const column = (keeps?: "time"): ColumnBuilder<Date | null, "default"> =>
    new ColumnBuilder({ ...spec, nullable: nullable === true, keeps });
  const columns = [
    ...(created === false ? [] : [[created, column()] as const]),
    ...(updated === false ? [] : [[updated, column("time")] as const]),
  ];
  return Object.fromEntries(columns) as TimestampColumns<Created, Updated, Nullable>;
}
