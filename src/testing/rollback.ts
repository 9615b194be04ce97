/** One database for many tests, each of which is a transaction that is rolled back. */

import type { Connection } from "../dialect/driver.ts";
import { runTransaction } from "../connect/transaction/run-transaction.ts";
import type { ConnectionSource, Lease, OpenStream, SourceStats } from "../connect/source.ts";
import { ConfigError } from "../core/error.ts";
import { Database } from "../query/database.ts";

const SAVEPOINT = "plinth_test";

function refusal(what: string): ConfigError {
  return new ConfigError(`A test of mode "rollback" ${what}.`, {
    hint: 'Leave `mode: "rollback"` out for this test: it then has a database of its own.',
  });
}

/** Refuses all that isn't part of the test's transaction, and that a rollback would leave behind. */
class OnlyInside implements ConnectionSource {
  readonly behind: ConnectionSource;

  constructor(source: ConnectionSource) {
    this.behind = source.behind ?? source;
  }

  #refuse(): never {
    throw refusal("asked for something outside of its transaction");
  }

  rows(): never {
    return this.#refuse();
  }

  row(): never {
    return this.#refuse();
  }

  write(): never {
    return this.#refuse();
  }

  named(): never {
    return this.#refuse();
  }

  script(): never {
    return this.#refuse();
  }

  async alone<Result>(): Promise<Result> {
    return this.#refuse();
  }

  async stream(): Promise<OpenStream> {
    return this.#refuse();
  }

  begin(): Lease {
    throw refusal("began a transaction of its own");
  }

  forget(): void {
    this.behind.forget();
  }

  stats(): SourceStats {
    return this.behind.stats();
  }

  /** The database is closed when the tests are done with it. */
  async close(): Promise<void> {}
}

/** Thrown so that what was done is rolled back. */
const done = Symbol("done");

/**
 * Runs `work` with a database on which all that it does is undone at its end.
 *
 * @returns What went wrong with the rollback: then the database isn't what it was.
 */
export async function runRolledBack(
  db: Database,
  work: (inside: Database) => Promise<void>,
): Promise<ConfigError | undefined> {
  const engine = db["~engine"];
  const inside = Database.of(
    { ...engine, source: new OnlyInside(engine.source) },
    db.schema,
    "ambient",
  );
  let broken: ConfigError | undefined;
  const isEnded = async (connection: Pick<Connection, "script">): Promise<boolean> => {
    try {
      // Where the transaction was ended by hand, there is no such savepoint.
      await connection.script(`rollback to savepoint ${SAVEPOINT}`);
      return false;
    } catch {
      return true;
    }
  };
  try {
    await runTransaction(engine, { retries: 0 }, async (runner) => {
      await runner.script(`savepoint ${SAVEPOINT}`);
      try {
        await work(inside);
      } finally {
        if (await isEnded(runner)) broken = refusal("ended its transaction");
      }
      throw done;
    });
  } catch (error) {
    if (error !== done) throw broken ?? error;
  }
  return broken;
}
