/** Tags that statements carry to the server's own log, in a comment behind them. */

import { AsyncLocalStorage } from "node:async_hooks";
import { ConfigError } from "../../core/error.ts";
import { nextStatementId, type DriverStatement } from "../../dialect/driver.ts";

const comments = new AsyncLocalStorage<string>();

/** So that looking for tags costs nothing in a program that has none. */
let areUsed = false;

/** Each combination of tags has statements of its own; a tag with ever new values must not fill the servers with them. */
const MAX_KEPT_VARIANTS = 20;

const NAME = /^[a-z_][a-z0-9_.-]*$/i;

function encoded(value: string): string {
  // Half of a character has no encoding.
  return encodeURIComponent(String(value).toWellFormed()).replace(
    /['*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Runs `work`, all of whose queries then carry these tags as a comment, `/*route='%2Fusers'*\/`, in the way of sqlcommenter:
 * what the server lists or logs can be told by where it came from. Use few different values: each has statements of its own.
 *
 * @throws {ConfigError} for a name that isn't made of letters, digits, `_`, `-` and `.`.
 * @example
 * await withQueryTags({ route: "/users/:id" }, () => handle(request));
 */
export function withQueryTags<Result>(
  tags: Readonly<Record<string, string>>,
  work: () => Result,
): Result {
  const pairs = Object.entries(tags).map(([name, value]) => {
    if (!NAME.test(name))
      throw new ConfigError("The name of a query tag is made of letters, digits, _, - and .");
    return `${name}='${encoded(value)}'`;
  });
  areUsed = true;
  return comments.run(pairs.toSorted().join(","), work);
}

const variants = new WeakMap<DriverStatement, Map<string, DriverStatement>>();

export function hasQueryTags(): boolean {
  return areUsed && comments.getStore() !== undefined;
}

/** The statement, with the tags that it is run with. */
export function tagged(statement: DriverStatement): DriverStatement {
  const comment = comments.getStore();
  if (comment === undefined || comment === "") return statement;
  let kept = variants.get(statement);
  if (kept === undefined) variants.set(statement, (kept = new Map()));
  const known = kept.get(comment);
  if (known !== undefined) return known;
  const isFull = kept.size >= MAX_KEPT_VARIANTS;
  const variant: DriverStatement = {
    ...statement,
    id: nextStatementId(),
    text: `${statement.text} /*${comment}*/`,
    isKept: statement.isKept && !isFull,
  };
  if (!isFull) kept.set(comment, variant);
  return variant;
}
