import { crypto } from "../../../core/crypto.ts";
import type { NamedLockTexts } from "../../../dialect/dialect.ts";

/** A transaction that waits for its program is not to be ended for that. */
export const lockSession = "set local idle_in_transaction_session_timeout = 0";

/**
 * Advisory locks are of one database, and have numbers. They are the session's, which behind a pooler is one server
 * connection as long as its transaction lasts. Source: PostgreSQL manual, "Advisory Locks".
 */
export function namedLock(name: string): NamedLockTexts {
  const key = crypto().createHash("sha256").update(`plinth:${name}`).digest().readBigInt64BE(0);
  return {
    take: `select pg_try_advisory_lock(${key})`,
    release: `select pg_advisory_unlock(${key})`,
  };
}
