/** Under which key a statement's result is kept: by all that makes it another one. */

import { hash } from "node:crypto";
import { SettingsRunner } from "../../connect/transaction/local-settings.ts";
import { innermostOf, type Runner } from "../../connect/source.ts";
import type { QueryDialect } from "../../dialect/dialect.ts";
import type { DriverStatement, Reads } from "../../dialect/driver.ts";
import { jsonCodec } from "../../services/cache/codec.ts";

/** Of the text, and of the types by which its cells are read: a program that declares them otherwise has other keys. */
const shapes = new WeakMap<DriverStatement, string>();

function shapeOf({ name }: QueryDialect, statement: DriverStatement, { types }: Reads): string {
  let shape = shapes.get(statement);
  if (shape === undefined) {
    shape = hash("sha256", JSON.stringify([name, statement.text, types]), "base64url");
    shapes.set(statement, shape);
  }
  return shape;
}

/** What the server's own policies may go by. */
function settingsOf(runner: Runner): string {
  const innermost = innermostOf(runner);
  if (!(innermost instanceof SettingsRunner)) return "";
  const { settings } = innermost;
  const names = Object.keys(settings).toSorted();
  return JSON.stringify(names.map((name) => [name, settings[name]]));
}

export interface KeyedRead {
  readonly statement: DriverStatement;
  readonly reads: Reads;
  /** As they are bound: those of scopes, such as the tenant's, are among them. */
  readonly parameters: readonly unknown[];
  readonly form: "row" | "rows";
}

/**
 * No value stands in it as it is, as keys are to be seen in stores and their logs.
 *
 * @throws {InvalidValueError} for values that have no text.
 */
export function keyOfResult(
  dialect: QueryDialect,
  runner: Runner,
  { form, parameters, reads, statement }: KeyedRead,
): string {
  const shape = shapeOf(dialect, statement, reads);
  const values = jsonCodec.encode(parameters);
  return hash("sha256", [form, shape, settingsOf(runner), values].join("\n"), "base64url");
}
