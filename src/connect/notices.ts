/** Words that processes send one another through the server. One may be lost: whoever waits for it looks by itself, too. */

import { chain, type MaybePromise } from "../core/maybe-promise.ts";
import type { QueryDialect } from "../dialect/dialect.ts";
import {
  nextStatementId,
  type Connection,
  type Driver,
  type DriverStatement,
} from "../dialect/driver.ts";

export interface Notices {
  send(channel: string): MaybePromise<void>;
  /**
   * Hears them on a connection of its own, which is opened anew when it is lost.
   *
   * @returns what ends it.
   */
  hear(channel: string, onNotice: () => void): () => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Undefined where the server, or what stands before it, sends none. */
export function createNotices(
  source: Pick<Connection, "write">,
  { listen }: Driver,
  { notice }: QueryDialect,
): Notices | undefined {
  if (listen === undefined || notice === undefined) return undefined;
  const known = { isWrite: true, isKept: true, isWide: false, untyped: [] };
  const statement: DriverStatement = { id: nextStatementId(), text: notice, ...known };
  return {
    send: (channel) => chain(source.write(statement, [channel]), () => undefined),
    hear: (channel, onNotice) => hear(listen, channel, onNotice),
  };
}

function hear(
  listen: NonNullable<Driver["listen"]>,
  channel: string,
  onNotice: () => void,
): () => void {
  let isWanted = true;
  let end: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  const open = async (): Promise<void> => {
    try {
      const opened = await listen(channel, { onNotice, onLost: again });
      pauseMs = FIRST_PAUSE_MS;
      if (opened !== undefined && !isWanted) opened();
      else end = opened;
      // What was sent while nobody heard it.
      if (isWanted) onNotice();
    } catch {
      // The statements of the program tell what is wrong with the server.
      again();
    }
  };
  const again = (): void => {
    if (!isWanted) return;
    clearTimeout(timer);
    timer = setTimeout(() => void open(), pauseMs);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
  };
  void open();
  return () => {
    isWanted = false;
    clearTimeout(timer);
    end?.();
  };
}
