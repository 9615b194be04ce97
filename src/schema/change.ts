/**
 * The words of every change of a schema: plain data, which JSON holds. A dialect has a rule for each. Names are those at
 * the time when the change runs.
 */

import type { EnumType } from "../ast/logical-type.ts";
import type {
  CheckModel,
  ColumnModel,
  DefaultModel,
  ForeignKeyModel,
  IndexModel,
  KeyModel,
  TableModel,
  ViewModel,
} from "./model.ts";

export interface Renamed {
  readonly from: string;
  readonly to: string;
}

/** The database's schema stands with the name of a table where that isn't the connection's own. */
interface OfTable {
  readonly schema?: string | undefined;
  readonly table: string;
}

/** Makes a schema beside the connection's own, where there is none of that name. */
export interface CreateSchema {
  readonly kind: "createSchema";
  readonly name: string;
}

/** Only for types that a database declares by themselves. */
export interface CreateEnum {
  readonly kind: "createEnum";
  readonly type: EnumType;
}

/** Another order, or other values. Where types have no name of their own, each column that has it changes. */
export interface AlterEnum {
  readonly kind: "alterEnum";
  readonly before: EnumType;
  readonly after: EnumType;
  readonly renamed: readonly Renamed[];
  /** Whether values go, change places, or are used by the same migration; a type of its own gives way to a new one then. */
  readonly isReplaced: boolean;
}

/** One value more, behind another or first of all. */
export interface AddEnumValue {
  readonly kind: "addEnumValue";
  readonly type: EnumType;
  readonly value: string;
  readonly behind: string | undefined;
}

export interface RenameEnumValue extends Renamed {
  readonly kind: "renameEnumValue";
  readonly type: EnumType;
}

export interface RenameEnum extends Renamed {
  readonly kind: "renameEnum";
  /** By its new name. */
  readonly type: EnumType;
}

export interface DropEnum {
  readonly kind: "dropEnum";
  readonly type: EnumType;
}

export interface CreateTable {
  readonly kind: "createTable";
  readonly table: TableModel;
  /** Whether the foreign keys stand inside, as on a database that can't add them later. */
  readonly hasForeignKeys: boolean;
}

export interface DropTable extends OfTable {
  readonly kind: "dropTable";
  /** Whether another one, with its rows, takes its place at once, so that what points at it goes on doing so. */
  readonly isReplaced?: boolean;
  /** Its full-text indexes, where those are tables of their own. */
  readonly fullTexts?: readonly IndexModel[];
}

export interface RenameTable extends Renamed {
  readonly kind: "renameTable";
  readonly schema?: string | undefined;
  /** Where it goes to. */
  readonly toSchema?: string | undefined;
  /** A column of the table, where it takes the place of one that was dropped just now. */
  readonly replacing?: string;
}

/** Fills a table that takes the place of another one. */
export interface CopyRows extends Renamed {
  readonly kind: "copyRows";
  readonly columns: readonly CopiedColumn[];
  /** Whether a counter goes on where that of the other one stands. */
  readonly hasCounter: boolean;
}

export interface CopiedColumn {
  readonly column: ColumnModel;
  /** The column that it is made of; undefined for a new one, which takes `fallback`. */
  readonly source: ColumnModel | undefined;
  /** Values of an enum that have other names from now on. */
  readonly renamed: readonly Renamed[];
  /** Instead of NULL. */
  readonly fallback: DefaultModel | undefined;
}

export interface AddColumn extends OfTable {
  readonly kind: "addColumn";
  readonly column: ColumnModel;
}

export interface DropColumn extends OfTable {
  readonly kind: "dropColumn";
  readonly column: ColumnModel;
}

export interface RenameColumn extends OfTable, Renamed {
  readonly kind: "renameColumn";
}

/** Type, nullability, default, counting: whatever differs. Both are of one name. */
export interface AlterColumn extends OfTable {
  readonly kind: "alterColumn";
  readonly before: ColumnModel;
  readonly after: ColumnModel;
}

/** Gives the rows that have NULL there a value. */
export interface Backfill extends OfTable {
  readonly kind: "backfill";
  readonly column: ColumnModel;
  readonly value: DefaultModel;
}

/** Gives the rows that hold a value of an enum the name that it has from now on. */
export interface ReplaceValue extends OfTable, Renamed {
  readonly kind: "replaceValue";
  readonly column: string;
}

interface OfKey extends OfTable {
  readonly key: KeyModel;
}

export interface AddPrimaryKey extends OfKey {
  readonly kind: "addPrimaryKey";
}

export interface DropPrimaryKey extends OfKey {
  readonly kind: "dropPrimaryKey";
}

export interface AddUnique {
  readonly kind: "addUnique";
  readonly table: TableModel;
  readonly key: KeyModel;
}

export interface DropUnique extends OfKey {
  readonly kind: "dropUnique";
}

interface OfCheck extends OfTable {
  readonly check: CheckModel;
}

export interface AddCheck extends OfCheck {
  readonly kind: "addCheck";
}

export interface DropCheck extends OfCheck {
  readonly kind: "dropCheck";
}

interface OfForeignKey extends OfTable {
  readonly foreignKey: ForeignKeyModel;
}

export interface AddForeignKey extends OfForeignKey {
  readonly kind: "addForeignKey";
}

export interface DropForeignKey extends OfForeignKey {
  readonly kind: "dropForeignKey";
}

export interface RenameConstraint extends OfTable, Renamed {
  readonly kind: "renameConstraint";
  readonly of: "check" | "foreignKey" | "primaryKey" | "unique";
}

export interface CreateIndex {
  readonly kind: "createIndex";
  readonly table: TableModel;
  readonly index: IndexModel;
}

export interface DropIndex extends OfTable {
  readonly kind: "dropIndex";
  readonly index: IndexModel;
}

export interface RenameIndex extends OfTable, Renamed {
  readonly kind: "renameIndex";
}

/** Only for databases on which a comment is a statement of its own; elsewhere for those of tables. */
export interface SetComment extends OfTable {
  readonly kind: "setComment";
  readonly on: "materialized view" | "table" | "view";
  /** Undefined for the table's own. */
  readonly column: string | undefined;
  /** Undefined takes it away. */
  readonly comment: string | undefined;
}

export interface CreateView {
  readonly kind: "createView";
  readonly view: ViewModel;
}

export interface DropView {
  readonly kind: "dropView";
  readonly name: string;
  readonly schema?: string | undefined;
  readonly isMaterialized: boolean;
}

/** Reads the rows of a materialized view anew. */
export interface RefreshView {
  readonly kind: "refreshView";
  readonly name: string;
  readonly schema?: string | undefined;
  /** Whether it may be read meanwhile. */
  readonly isConcurrent: boolean;
}

export type Change =
  | AddCheck
  | AddColumn
  | AddEnumValue
  | AddForeignKey
  | AddPrimaryKey
  | AddUnique
  | AlterColumn
  | AlterEnum
  | Backfill
  | CopyRows
  | CreateEnum
  | CreateIndex
  | CreateSchema
  | CreateTable
  | CreateView
  | DropCheck
  | DropColumn
  | DropEnum
  | DropForeignKey
  | DropIndex
  | DropPrimaryKey
  | DropTable
  | DropUnique
  | DropView
  | RefreshView
  | RenameColumn
  | RenameConstraint
  | RenameEnum
  | RenameEnumValue
  | RenameIndex
  | RenameTable
  | ReplaceValue
  | SetComment;
