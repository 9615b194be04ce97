/** The words of every change of a schema. A dialect has a rule for each. */

import type { EnumType } from "../ast/logical-type.ts";
import type { ForeignKeyModel, IndexModel, TableModel, ViewModel } from "./model.ts";

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

export interface CreateTable {
  readonly kind: "createTable";
  readonly table: TableModel;
  /** Whether the foreign keys stand inside, as on a database that can't add them later. */
  readonly hasForeignKeys: boolean;
}

export interface DropTable {
  readonly kind: "dropTable";
  readonly table: string;
  readonly schema?: string | undefined;
}

export interface CreateIndex {
  readonly kind: "createIndex";
  readonly table: TableModel;
  readonly index: IndexModel;
}

export interface AddForeignKey {
  readonly kind: "addForeignKey";
  readonly table: string;
  readonly schema?: string | undefined;
  readonly foreignKey: ForeignKeyModel;
}

/** Only for databases on which a comment is a statement of its own. */
export interface SetComment {
  readonly kind: "setComment";
  readonly on: "materialized view" | "table" | "view";
  /** Its name, whatever it is. */
  readonly table: string;
  readonly schema?: string | undefined;
  /** Undefined for that of the whole. */
  readonly column: string | undefined;
  /** Undefined takes it away. */
  readonly comment: string | undefined;
}

export interface CreateView {
  readonly kind: "createView";
  readonly view: ViewModel;
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
  | CreateSchema
  | CreateEnum
  | CreateTable
  | DropTable
  | CreateIndex
  | AddForeignKey
  | SetComment
  | CreateView
  | RefreshView;
