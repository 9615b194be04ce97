/** What the parts of a comparison share. */

import type { Capabilities } from "../../dialect/capabilities.ts";
import type {
  AddColumn,
  AlterColumn,
  AlterEnum,
  Backfill,
  Change,
  DropColumn,
  Renamed,
} from "../../schema/change.ts";
import type { TablePair } from "./names.ts";
import type { ChangeList } from "./order.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

export interface DiffOptions {
  readonly can: Pick<Capabilities, "addForeignKey" | "commentStatements" | "renameDependents">;
  /** Whose views are compared. */
  readonly family: string;
  /** Whether rows get an empty value where a new column must not be NULL and has no default: for the way back. */
  readonly isFilling?: boolean;
}

/** The enums that change, by their key after the change. */
export type EnumChanges = ReadonlyMap<string, AlterEnum>;

/** All that a pair of snapshots and the tables in them say, worked out once. */
export interface DiffContext extends DiffOptions {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly pairs: readonly TablePair[];
  /** By the id of the table. */
  readonly columns: ReadonlyMap<string, ColumnChanges>;
  readonly out: ChangeList;
}

/** Names are those of after. */
export interface ColumnChanges {
  readonly renames: readonly Renamed[];
  readonly altered: readonly (AlterColumn | Backfill)[];
  readonly added: readonly Change[];
  /** Computed columns that come, once those that they are made of are there. */
  readonly generated: readonly AddColumn[];
  readonly dropped: readonly DropColumn[];
  /** With the names of before: those in the way of a name, and computed ones, which come back or hold nothing. */
  readonly droppedEarly: readonly DropColumn[];
  /** Whose type is another one, so that what is made of them must be made anew. */
  readonly retyped: ReadonlySet<string>;
  /** Which are dropped and added again, as nothing else changes what they compute. */
  readonly recreated: ReadonlySet<string>;
}
