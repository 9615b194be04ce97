import { setTimeout as sleep } from "node:timers/promises";
import { sql, type BegunTransaction, type Database, type IsolationLevel } from "plinth";
import type { Anomaly, Outcome } from "./anomalies.ts";

/** A statement that isn't answered after this time, and some answers to others, waits for another transaction. */
const BLOCKED_MS = 150;

/** So that what a machine that is busy elsewhere is late with isn't taken for what waits. */
async function isLate(db: Database, signal: AbortSignal): Promise<void> {
  await sleep(BLOCKED_MS, undefined, { signal });
  for (let round = 0; round < 5 && !signal.aborted; round++) {
    await new Promise(setImmediate);
    if (!db.can.isEmbedded) await db.execute(sql`select 1`);
  }
}

/** One of the transactions: its turns follow one another, however long each takes. */
class Player {
  readonly #reads: number[][] = [];
  #last: Promise<void>;
  #tx: BegunTransaction | undefined;
  #isCommitted = false;
  #isOver = false;

  constructor(db: Database, isolation: IsolationLevel) {
    this.#last = (async () => {
      this.#tx = await db.begin({ isolation });
    })();
  }

  take(text: string): Promise<void> {
    this.#last = this.#last.then(() => this.#run(text));
    return this.#last;
  }

  async #run(text: string): Promise<void> {
    if (this.#isOver) return;
    const tx = this.#tx!;
    try {
      if (text === "commit") {
        await tx.commit();
        this.#isCommitted = true;
      } else if (text === "rollback") await tx.rollback();
      else {
        const { rows } = await tx.execute(
          sql.raw(text) as ReturnType<typeof sql<{ value: number }>>,
        );
        if (text.startsWith("select")) this.#reads.push(rows.map(({ value }) => Number(value)));
      }
    } catch {
      // The database prevents it by an error.
      this.#isOver = true;
      await tx.rollback();
    }
  }

  async end(): Promise<Outcome> {
    await this.#last;
    await this.#tx?.rollback();
    return { reads: this.#reads, isCommitted: this.#isCommitted };
  }
}

/** Whether the anomaly happened on a table that is made for it. */
export async function play(
  db: Database,
  anomaly: Anomaly,
  isolation: IsolationLevel,
): Promise<boolean> {
  await db.execute(sql.raw("drop table if exists test"));
  await db.execute(sql.raw("create table test (id int primary key, value int not null)"));
  await db.execute(sql.raw("insert into test values (1, 10), (2, 20)"));
  const players = new Map<number, Player>();
  for (const [number, text] of anomaly.turns) {
    let player = players.get(number);
    if (player === undefined) players.set(number, (player = new Player(db, isolation)));
    const answered = new AbortController();
    await Promise.race([player.take(text), isLate(db, answered.signal)]);
    answered.abort();
  }
  const outcomes = await Promise.all(
    [1, 2, 3].flatMap((number) => players.get(number)?.end() ?? []),
  );
  const { rows } = await db.execute(
    sql.raw("select value from test order by id") as ReturnType<typeof sql<{ value: number }>>,
  );
  return anomaly.happened(
    outcomes,
    rows.map(({ value }) => Number(value)),
  );
}
