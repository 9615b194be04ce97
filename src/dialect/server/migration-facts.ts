import type { DbError } from "../../core/error.ts";

/** A part of a table, which goes when the table is made anew without it. */
export interface TablePart {
  /** One of them is that of the same part in another table, however that is written. */
  readonly keys: readonly string[];
  /** What to look for in the table, without values. */
  readonly text: string;
  /** A key of the part that it belongs to, with which it goes. */
  readonly of?: string;
  /** Whether a declaration can say it, so that it may be meant to go. */
  readonly isDeclarable: boolean;
}

/** The names by the time when a table is made anew, of what had others before. */
export interface Renamed {
  readonly table?: (name: string) => string;
  readonly column?: (name: string) => string;
}

/** What a database has for running migrations on it, as data. */
export interface MigrationFacts {
  /** How the files for it begin, the most fitting first. */
  readonly families: readonly string[];
  /** How the ids of the rules begin that are of this database alone. */
  readonly lintFamily: "LT" | "MY" | "PG";
  /** Whether SQL for it runs on a relative, too, and makes other tables there. */
  readonly hasRelatives?: boolean;
  /**
   * The URL of an empty database in this process that understands the same SQL. Undefined where there is none.
   *
   * @param texts The SQL that is to run there.
   */
  inProcess?(texts: readonly string[]): string;
  /** The same URL, of a database that begins as the one whose image is in the file. */
  fromImage?(url: string, file: string): string;
  /**
   * Queries that give `taken`, true or 1 when nobody else runs migrations on this database. Without them the beginning of
   * a writing transaction keeps others out.
   */
  readonly lock?: {
    /** Until the connection ends or `release` runs. */
    readonly take: string;
    readonly release: string;
    /** Until the transaction ends, which also holds behind a pooler that shares connections between transactions. */
    readonly takeInTransaction?: string;
  };
  /** A script after which a statement waits so long for a lock on a table, as those behind it wait too. */
  limitLocks?(timeoutMs: number): string;
  /** A script that ends what `limitLocks` began, where a transaction's end doesn't. */
  readonly unlimitLocks?: string;
  /** For making tables anew where the database can't change them: foreign keys rest meanwhile. */
  readonly rebuild?: {
    /** Outside the transaction. */
    readonly before: string;
    readonly after: string;
    /** Rows that point nowhere: none may be there at the end that wasn't at the beginning. */
    readonly violations: string;
    /** Gives `name`, of views, each of which must still be readable. */
    readonly views: string;
    /** Gives `name`, of tables. */
    readonly tables: string;
    /** Gives `table` and `parent`, of foreign keys. */
    readonly references: string;
    /** Gives `name`, `table` and `sql` of what goes with its table when that is dropped, and can be made again. */
    readonly dependents: string;
    /** Gives `name` and `sql`, of tables. */
    readonly texts: string;
  };
  /**
   * Gives `table`, `column` and `clause`: what no declaration says of a column, and a statement takes away that says the
   * column anew without it. Undefined where none does.
   */
  readonly columnClauses?: string;
  /**
   * Gives `view`, `name` and `sql` of what goes with its view when that is dropped, and can be made again, such as triggers;
   * of each view itself once, with NULL for the others. Undefined where nothing hangs on views.
   */
  readonly viewDependents?: string;
  /** Whether the error tells that a statement of DDL had been done before: its object is there, or gone. */
  isDoneBefore(error: DbError): boolean;
  /**
   * Gives `name`, `source` as it stands in a query, and `estimate`, how many rows there may be, or NULL where nobody knows,
   * of the tables whose rows are the application's.
   */
  readonly tables: string;
  /** Gives `statement`: what drops everything that the database holds, to be asked again until there is nothing. */
  readonly dropAll: string;
}
