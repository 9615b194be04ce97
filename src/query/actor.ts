/** For whom a client works. */

import type { GivenValue } from "../ast/expression.ts";
import type { Lift } from "../ast/statement.ts";
import { BuildError, InvalidValueError } from "../core/error.ts";

/** Who acts, as what Plinth writes down of it tells: soft deletes keep the id, audit trails all of it. */
export interface Actor {
  /** As the columns hold it that keep who it was; none where nobody is signed in. */
  readonly id?: string | number | bigint | null | undefined;
  readonly ip?: string | null | undefined;
  readonly userAgent?: string | null | undefined;
  /** What else is to be known of it. */
  readonly [key: string]: unknown;
}

export interface AsOptions {
  /** By their names, which have a dot in them. */
  readonly settings?: Readonly<Record<string, bigint | boolean | number | string>>;
}

/** For whom queries run. A client that was told nothing has none. */
export interface Context {
  readonly actor: Actor | undefined;
  /** How many writes that somebody watches they are inside of. */
  readonly depth?: number;
  /** By the names of the scopes that it was given values for. */
  readonly scopes: ReadonlyMap<string, unknown>;
  /** The scopes that don't stand in its queries. */
  readonly lifts: readonly Lift[] | undefined;
}

/**
 * A value that stands in a scope's condition.
 *
 * @throws {BuildError} `E_NO_SCOPE` where the client wasn't told one: rows of others must not be met by accident.
 */
export function givenTo(context: Context | undefined, given: GivenValue): unknown {
  if ("constant" in given) return given.constant;
  const value = context?.scopes.get(given.scope);
  if (value !== undefined) return value;
  throw new BuildError(
    "E_NO_SCOPE",
    `The scope "${given.scope}" of a table in this query has no value; nothing was sent.`,
    {
      hint: `Query by db.scoped({ ${given.scope}: … }), or by db.without("${given.scope}") where the rows of all are meant.`,
    },
  );
}

/** @throws {InvalidValueError} for what is no actor. */
export function checkActor(actor: Actor): Actor {
  const isObject = typeof actor === "object" && actor !== null && !Array.isArray(actor);
  const { id } = isObject ? actor : {};
  const isId =
    id === undefined || id === null || ["bigint", "number", "string"].includes(typeof id);
  if (isObject && isId) return Object.freeze({ ...actor });
  throw new InvalidValueError("as() takes an object that tells who acts.", {
    hint: "Such as { id: user.id, ip: request.ip, userAgent: request.headers.get(…) }; the id is a text or a number.",
  });
}

/** By the names that columns give to their scopes. */
export type ScopeValues = Readonly<Record<string, unknown>>;

/** @throws {InvalidValueError} for a value that no column could equal. */
export function checkScopeValues(values: ScopeValues): ScopeValues {
  const isObject = typeof values === "object" && values !== null && !Array.isArray(values);
  const entries = isObject ? Object.entries(values) : [];
  const [name] = entries.find(([, value]) => value === undefined || value === null) ?? [];
  if (entries.length > 0 && name === undefined) return values;
  throw new InvalidValueError(
    name === undefined
      ? "scoped() takes an object of values by the names of scopes."
      : `The value of the scope "${name}" is null or undefined.`,
    {
      hint: "Such as db.scoped({ tenant: session.tenantId }); see that somebody is signed in before.",
    },
  );
}
