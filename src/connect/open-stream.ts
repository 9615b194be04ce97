/** Streams outside of transactions: each has a transaction of its own, so that a server keeps its cursor. */

import { closedError } from "../core/error.ts";
import type { QueryDialect } from "../dialect/dialect.ts";
import type { RowCursor } from "../dialect/driver.ts";
import type { Lease, OpenStream, StreamRequest } from "./source.ts";

/** What is raw may write, which is not what a stream is for; a lock, though, is a write to some servers. */
export function beginText(dialect: QueryDialect, { statement, isRaw }: StreamRequest): string {
  return dialect.begin({ readOnly: isRaw || !statement.isWrite });
}

/**
 * @param begin Leases a connection with a transaction begun.
 * @param isClosed Whether the database was closed meanwhile, which takes the connections of those who don't come to an end.
 */
export async function streamInTransaction(
  { statement, parameters, isRaw }: StreamRequest,
  begin: () => Promise<Lease> | Lease,
  isClosed: () => boolean,
): Promise<OpenStream> {
  const lease = await begin();
  const { connection } = lease;
  let cursor: RowCursor;
  try {
    await lease.begun;
    cursor = await connection.cursor(statement, parameters, isRaw);
  } catch (error) {
    await endLease(lease, undefined, true);
    throw error;
  }
  let isEnded = false;
  const read: RowCursor = {
    get names() {
      return cursor.names;
    },
    next: async (rowCount) => {
      try {
        return await cursor.next(rowCount);
      } catch (error) {
        throw isClosed() ? closedError(error) : error;
      }
    },
    close: () => cursor.close(),
  };
  return {
    cursor: read,
    connection,
    isShared: false,
    end: async (isFailed) => {
      if (isEnded) return;
      isEnded = true;
      await endLease(lease, cursor, isFailed);
    },
  };
}

async function endLease(
  lease: Lease,
  cursor: RowCursor | undefined,
  isFailed: boolean,
): Promise<void> {
  const { connection } = lease;
  let isBroken = !connection.isAlive;
  try {
    const closed = cursor?.close();
    const ended = isBroken ? undefined : connection.script(isFailed ? "rollback" : "commit");
    await Promise.all([closed, ended]);
  } catch {
    // It only read, so nothing is lost.
    isBroken = true;
  }
  lease.release(isBroken);
}

/** Waits between two batches, so that whatever else the process has to do gets its turn. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
