/** For whom a client works. */

import { InvalidValueError } from "../core/error.ts";

/** Who acts, as what Plinth writes down of it tells: soft deletes keep the id, audit trails all of it. */
export interface Actor {
  /** As the columns hold it that keep who it was; none where nobody is signed in. */
  readonly id?: string | number | bigint | null | undefined;
  readonly ip?: string | null | undefined;
  readonly userAgent?: string | null | undefined;
  /** What else is to be known of it. */
  readonly [key: string]: unknown;
}

/** For whom queries run. A client that was told nothing has none. */
export interface Context {
  readonly actor: Actor | undefined;
  /** How many writes that somebody watches they are inside of. */
  readonly depth?: number;
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
