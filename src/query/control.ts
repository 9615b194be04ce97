import { UnsupportedError } from "../core/error.ts";

/** Words that begin or end a transaction, behind comments; MariaDB's `begin not atomic` is a block. */
const CONTROL =
  /^(?:\s|--.*\n|\/\*[^]*?\*\/)*(?:abort|begin(?!\s+not\b)|commit|end|prepare\s+transaction|release|rollback|savepoint|set\s+autocommit|start\s+transaction)\b/i;

/**
 * On a connection that many share what follows would be in a transaction that nobody commits, and inside of one it would
 * be in none.
 */
export function refuseControl(text: string): void {
  if (!CONTROL.test(text)) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: "beginning or ending a transaction by SQL",
    instead: "Use db.transaction(), and tx.transaction() for a savepoint.",
  });
}
