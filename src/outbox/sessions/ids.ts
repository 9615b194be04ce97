/** Ids of users and of sessions, as texts outside and as their columns have them inside. */

import { uuidv7 } from "../../core/uuid.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { isSessionId, newSessionId } from "../../services/session/token.ts";

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const WHOLE = /^(?:0|-?[1-9]\d{0,18})$/;
const MAX_INTEGERS = { 16: 2 ** 15, 32: 2 ** 31 } as const;
const MAX_BIGINT = 2n ** 63n;

export interface SessionIds {
  readonly make: () => string;
  readonly is: (id: unknown) => id is string;
}

export function idsOf({ kind }: LogicalType): SessionIds {
  if (kind !== "uuid") return { make: newSessionId, is: isSessionId };
  return { make: uuidv7, is: (id): id is string => typeof id === "string" && UUID.test(id) };
}

/** The value of the users' key; undefined where the text is none: nobody has it. */
export function userKeyOf(type: LogicalType, userId: string): bigint | number | string | undefined {
  if (type.kind === "uuid") return UUID.test(userId) ? userId : undefined;
  if (type.kind === "text") {
    const isShort = type.length === undefined || Array.from(userId).length <= type.length;
    return isShort && !userId.includes("\0") ? userId : undefined;
  }
  if (!WHOLE.test(userId)) return undefined;
  if (type.kind === "integer") {
    const [number, end] = [Number(userId), MAX_INTEGERS[type.bits]];
    return number >= -end && number < end ? number : undefined;
  }
  const whole = BigInt(userId);
  if (whole < -MAX_BIGINT || whole >= MAX_BIGINT) return undefined;
  if (type.kind !== "bigint" || type.mode === "bigint") return whole;
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : undefined;
}
