import type { Database } from "plinth";
import { expectType, type Equal } from "./equal.ts";

declare const db: Database;

// A transaction by hand, and what only the outermost has.
{
  await using tx = await db.begin({ isolation: "serializable", timeoutMs: 1_000 });
  expectType<Equal<typeof tx.attempt, number>>();
  tx.afterCommit(async () => {});
  await tx.commit();
}
void db.transaction(async (tx) => {
  // @ts-expect-error -- only what was begun by hand is ended by hand.
  await tx.commit();
});
// @ts-expect-error -- what is ended by hand can't be run again.
void db.begin({ retries: 5 });
// @ts-expect-error -- no such level.
void db.transaction(async () => {}, { isolation: "snapshot" });

// Who acts.
expectType<Equal<ReturnType<typeof db.as>, Database>>();
void db.as({ id: 1n, ip: undefined, userAgent: null, roles: ["admin"] });
// @ts-expect-error -- an id is a text or a number.
void db.as({ id: true });
