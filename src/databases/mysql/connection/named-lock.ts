import { crypto } from "../../../core/crypto.ts";
import type { NamedLockTexts } from "../../../dialect/dialect.ts";

/**
 * User-level locks are of the whole server, so that their names begin with the database's; they have at most 64
 * characters, and case doesn't count. `get_lock` gives 1, 0 when it isn't free, and NULL for an error. Source: MySQL 8.4
 * manual, "Locking Functions".
 */
export function namedLock(name: string): NamedLockTexts {
  const hash = crypto().createHash("sha256").update(name).digest("hex");
  const key = `sha2(concat('plinth/', database(), '/${hash}'), 224)`;
  return {
    take: `select coalesce(get_lock(${key}, 0), 0)`,
    release: `select release_lock(${key})`,
  };
}
