/** Databases for tests: copies of a template, made in the fastest way that leaves nothing of it out. */

import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { OpenedDatabase, QueryDialect } from "../dialect.ts";
import type { Connection } from "../driver.ts";

/** A server, or a folder, in which databases are made for tests. All names are the caller's, and of letters, digits and `_`. */
export interface CopyServer {
  readonly dialect: QueryDialect;
  /** How many copies are worth having ready before they are asked for. */
  readonly readyCount: number;
  /** Where a database is, with what one needs to connect to it. */
  urlOf(name: string): string;
  open(name: string): MaybePromise<OpenedDatabase>;
  /** The names of the databases there that begin so. */
  names(prefix: string): Promise<readonly string[]>;
  /** Runs `work` while no other process runs any here. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>;
  /** The names of the complete templates among them. */
  templates(prefix: string): Promise<readonly string[]>;
  /** Makes a database for a template: an empty one, or one like another template. It is on disk. */
  create(name: string, template: string | undefined): Promise<void>;
  /** Makes a template of a database that is complete, and to which nobody is connected. */
  publish(name: string, template: string): Promise<void>;
  /** @throws where there is no such template. */
  copy(template: string, name: string): MaybePromise<void>;
  /** Makes a copy what its template is, to be used once more. False where a new copy is to be made instead. */
  restore(template: string, name: string): Promise<boolean>;
  /** Keeps a copy that would be gone once its connection is closed. Gives where it is then. */
  keep?(name: string, connection: Pick<Connection, "script">): Promise<string>;
  /** Ends connections that are still open to it, and removes it. */
  drop(name: string): MaybePromise<void>;
  close(): MaybePromise<void>;
}

/** @param url Names the server; the database that it names too is left alone. */
export type OpenCopyServer = (options: {
  readonly url: string;
  readonly module?: unknown;
}) => MaybePromise<CopyServer>;

/** Something done by turns: what is asked of one connection must not wait for what somebody else began on it. */
export function inTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
}

/** The cells of a question by hand. */
export async function askCells(
  connection: Connection,
  text: string,
): Promise<readonly (readonly unknown[])[]> {
  const statement = { id: -1, text, isWrite: true, isKept: false, isWide: false, untyped: [] };
  return (await connection.named(statement, [])).rows;
}
