/** Statements: plain data, made by a builder, walked for their shape, rendered by a dialect. */

import type { AnyExpression, ColumnNode, OutputNode, Source } from "./expression.ts";

export type AnyColumn = ColumnNode<unknown, string>;

/** What a source has: columns of a table, or of a select that stands as one. */
export type SourceColumn = AnyColumn | OutputNode;

/**
 * What a select that stands as a table binds. The source is made once for its shape and holds no values, so that they
 * stand beside it; in a template they are the numbers from `first` on.
 */
export interface Inputs {
  readonly values: readonly unknown[];
  readonly first: number;
}

/** What a result holds: one expression, or a nested object of them. */
export type SelectionNode = AnyExpression | SelectionRecord;

/** An object of selections; keys are the result's keys. A table selects all its columns. */
export interface SelectionRecord {
  /** The keys, in their order. */
  readonly keys: readonly string[];
  readonly values: readonly SelectionNode[];
  /** The source, where the record is a whole table: it stands for the shape, and is null as one in an outer join. */
  readonly source: Source | undefined;
}

export type JoinKind = "inner" | "left" | "right" | "full" | "cross";

export interface JoinClause {
  readonly kind: JoinKind;
  readonly source: Source;
  readonly inputs: Inputs | undefined;
  readonly on: AnyExpression | undefined;
}

export interface OrderTerm {
  readonly expression: AnyExpression;
  readonly direction: "asc" | "desc";
  /** Where NULLs stand, where that isn't their usual place, before everything else ascending and behind it descending. */
  readonly nulls?: "first" | "last" | undefined;
}

/** Which scope doesn't stand, or stands otherwise. Part of the shape. */
export interface Lift {
  /** Undefined: of all sources of the statement. */
  readonly source: Source | undefined;
  /** Undefined: every one. */
  readonly scope: string | undefined;
  /** `"with"` also sees the rows that the scope leaves out, `"only"` these alone; `"kept"` lets it stand in any case. */
  readonly mode: "kept" | "only" | "with";
  /** Whether it is said by the client, so that it holds in the selects inside of the statement, too. */
  readonly isOfClient?: boolean;
}

export interface SelectStatement {
  readonly kind: "select";
  readonly selection: SelectionRecord;
  readonly distinct: boolean;
  /** Keeps the first row of those that are equal in these; none keeps all. */
  readonly distinctOn: readonly AnyExpression[];
  readonly from: Source;
  readonly inputs: Inputs | undefined;
  readonly joins: readonly JoinClause[];
  readonly where: AnyExpression | undefined;
  readonly groupBy: readonly AnyExpression[];
  readonly having: AnyExpression | undefined;
  readonly orderBy: readonly OrderTerm[];
  readonly limit: AnyExpression | undefined;
  readonly offset: AnyExpression | undefined;
  /** Locks the rows until the transaction ends. */
  readonly lock: LockClause | undefined;
  /** What stands before it for those who read the server's log. Part of the shape, as it is of the text. */
  readonly comment: string | undefined;
  /** What is read behind the selection and is no part of the rows. */
  readonly beside?: readonly AnyExpression[] | undefined;
  /** Whether the server is to plan it for its values each time, instead of once for all. Part of the shape. */
  readonly plan?: "custom" | undefined;
  /** Of its own sources; those of the selects in it have their own. Of several for one scope the last counts. */
  readonly lifts?: readonly Lift[] | undefined;
}

/** How rows are locked, and what happens where another transaction holds one. All of it is part of the shape. */
export interface LockClause {
  readonly strength: "share" | "update";
  readonly busy: "fail" | "skip" | "wait";
  /** Whose rows are meant where others are joined. Databases that can't say so lock those of all. */
  readonly of?: Source | undefined;
}

/** What happens to a row whose key is taken. */
export interface ConflictClause {
  /** The key's columns; none means any key. */
  readonly target: readonly AnyColumn[];
  /** The condition of the unique index of those columns, where that is one of a part of the rows. Of the declaration. */
  readonly predicate?: AnyExpression | undefined;
  /** The columns that take the new row's value; none, and nothing set, leaves the row as it is. */
  readonly update: readonly AnyColumn[];
  /** What else the row gets, of its own columns and those of the new row. */
  readonly set?: readonly Assignment[] | undefined;
  /** Leaves the row as it is where this isn't true. */
  readonly where?: AnyExpression | undefined;
}

export interface InsertStatement {
  readonly kind: "insert";
  readonly into: Source;
  readonly columns: readonly AnyColumn[];
  /** By the column's key: a value, an expression, or nothing for the column's default. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The values of the rows, one row after the other, each in the order of the columns, where all are known to be plain. */
  readonly cells?: readonly unknown[] | undefined;
  /** Its rows, in the order of the columns, instead of those given. */
  readonly query?: SelectStatement | undefined;
  readonly conflict: ConflictClause | undefined;
  readonly returning: SelectionRecord | undefined;
  readonly comment?: string | undefined;
  /** Of the rows that exist, whose key is taken. */
  readonly lifts?: readonly Lift[] | undefined;
}

export interface Assignment {
  readonly column: AnyColumn;
  /** A value or an expression. */
  readonly value: unknown;
}

export interface UpdateStatement {
  readonly kind: "update";
  readonly table: Source;
  /** What else is read, by inner joins. A row of the table meets one row of each at most. */
  readonly joins: readonly JoinClause[];
  readonly set: readonly Assignment[];
  readonly where: AnyExpression | undefined;
  /** Of the table's own columns. */
  readonly returning: SelectionRecord | undefined;
  readonly comment?: string | undefined;
  readonly lifts?: readonly Lift[] | undefined;
}

export interface DeleteStatement {
  readonly kind: "delete";
  readonly from: Source;
  /** What a row must meet to be deleted, by inner joins; how often it does makes no difference. */
  readonly joins: readonly JoinClause[];
  readonly where: AnyExpression | undefined;
  /** Of the table's own columns. */
  readonly returning: SelectionRecord | undefined;
  readonly comment?: string | undefined;
  readonly lifts?: readonly Lift[] | undefined;
}

/** A statement written as SQL. Its rows are read by the types that the driver tells. */
export interface RawStatement {
  readonly kind: "raw";
  readonly fragment: AnyExpression;
}

export type WriteStatement = DeleteStatement | InsertStatement | UpdateStatement;

export type Statement = RawStatement | SelectStatement | WriteStatement;
