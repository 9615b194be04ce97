/** ``named("userById")`select … where id = ${id}` ``: SQL that is checked by its name, as a tag's text has no type. */

import { NamedQuery } from "./named-query.ts";
import type { CheckedName, NamedRow, NamedValues } from "./types.ts";

/**
 * SQL with values where they stand, for `db.query`. The name tells `plinth check` from which statement the types come, so
 * that it is of one statement in the program.
 *
 * @example
 * const user = await db.query(named("userById")`select id, name from users where id = ${id}`).first();
 */
export function named<const Name extends string>(
  name: CheckedName<Name>,
): (strings: TemplateStringsArray, ...values: NamedValues<Name>) => NamedQuery<NamedRow<Name>> {
  return (strings, ...values) => new NamedQuery(name, strings, values);
}
