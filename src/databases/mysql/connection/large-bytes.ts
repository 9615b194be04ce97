/** Bytes that the driver sends before their statement, each value in a packet of its own. */

import { nextStatementId, type DriverStatement } from "../../../dialect/driver.ts";

/** Values of so many bytes and more. Source: `mariadb` 3.5, `lib/cmd/execute.js`. */
export const LARGE_BYTES = 16_384;

/**
 * MariaDB takes such bytes for what stood in their place when the statement was executed last: behind a number it stores
 * the digits of an address of its memory. Seen in 10.11. A value of an `sql` fragment may be of any type, so that with such
 * bytes it is another statement, in which the same places always hold them.
 */
export function withLargeBytes(
  statement: DriverStatement,
  parameters: readonly unknown[],
): DriverStatement {
  const places: number[] = [];
  for (let place = 0; place < parameters.length; place++) {
    const value = parameters[place];
    if (typeof value !== "object" || value === null) continue;
    if (Buffer.isBuffer(value) && value.length >= LARGE_BYTES) places.push(place);
  }
  if (places.length === 0) return statement;
  const text = `/* bytes: ${places.join(" ")} */ ${statement.text}`;
  return { ...statement, id: nextStatementId(), isKept: false, text };
}
