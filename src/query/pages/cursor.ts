/** Cursors: the place of a row in an order, as a text for URLs. */

import { crypto } from "../../core/crypto.ts";
import { ConfigError, CursorError } from "../../core/error.ts";
import { checkerOf } from "../../dialect/values/type-map.ts";
import { readValues, writeValues } from "../../dialect/values/value-bytes.ts";
import type { KeyTerm } from "./key-terms.ts";

/** What cursors are signed with; of several the first signs, and each is taken. */
export type CursorSecret = string | readonly string[];

/** Format 1, whose check is a sum against damage. */
const PLAIN = 0x01;
/** Format 1, signed. */
const SIGNED = 0x81;

const SUM_BYTES = 4;
const SIGNATURE_BYTES = 16;
/** Of the hash of the query, which tells its cursors from those of others. */
export const QUERY_BYTES = 6;

const MIN_SECRET_LENGTH = 16;

/** @throws {ConfigError} for one that could be guessed. */
export function secretsOf(secret: CursorSecret | undefined): readonly string[] {
  const secrets = secret === undefined ? [] : typeof secret === "string" ? [secret] : secret;
  if (secrets.every((one) => typeof one === "string" && one.length >= MIN_SECRET_LENGTH))
    return secrets;
  throw new ConfigError(
    `A secret for cursors is a text of ${MIN_SECRET_LENGTH} characters or more.`,
    { hint: "Make one: node -p \"crypto.randomBytes(32).toString('base64')\"" },
  );
}

function checkOf(bytes: Uint8Array, secret: string | undefined): Buffer {
  if (secret === undefined) return crypto().hash("sha256", bytes, "buffer").subarray(0, SUM_BYTES);
  const hmac = crypto().createHmac("sha256", secret).update("plinth cursor\0").update(bytes);
  return hmac.digest().subarray(0, SIGNATURE_BYTES);
}

export interface CursorFormat {
  readonly terms: readonly KeyTerm[];
  /** Of the query, `QUERY_BYTES` long. */
  readonly query: Uint8Array;
  readonly secrets: readonly string[];
}

export function writeCursor(format: CursorFormat, values: readonly unknown[]): string {
  const [secret] = format.secrets;
  const types = format.terms.map(({ type }) => type);
  const head = Uint8Array.of(secret === undefined ? PLAIN : SIGNED);
  const body = Buffer.concat([head, format.query, writeValues(types, values)]);
  return Buffer.concat([body, checkOf(body, secret)]).toString("base64url");
}

/**
 * The values of the row that the cursor tells of, each checked by the type of its column.
 *
 * @throws {CursorError} when it is of another query, damaged, or not signed as it must be.
 */
export function readCursor(format: CursorFormat, cursor: string): unknown[] {
  const { query, secrets, terms } = format;
  if (typeof cursor !== "string" || !/^[\w-]+$/.test(cursor)) throw new CursorError("damaged");
  const bytes = Buffer.from(cursor, "base64url");
  // Spellings that decode alike are one cursor only as it was written.
  if (bytes.toString("base64url") !== cursor) throw new CursorError("damaged");
  const isSigned = bytes[0] === SIGNED;
  if (!isSigned && bytes[0] !== PLAIN) throw new CursorError("damaged");
  if (isSigned !== secrets.length > 0) throw new CursorError(isSigned ? "signed" : "unsigned");
  const end = bytes.length - (isSigned ? SIGNATURE_BYTES : SUM_BYTES);
  if (end < 1 + QUERY_BYTES) throw new CursorError("damaged");
  const body = bytes.subarray(0, end);
  const check = bytes.subarray(end);
  const isTrue = (secret: string | undefined): boolean =>
    crypto().timingSafeEqual(checkOf(body, secret), check);
  if (!(isSigned ? secrets.some(isTrue) : isTrue(undefined)))
    throw new CursorError(isSigned ? "forged" : "damaged");
  if (!body.subarray(1, 1 + QUERY_BYTES).equals(query)) throw new CursorError("another query");
  try {
    const types = terms.map(({ type }) => type);
    const canBeNull = terms.map((term) => term.canBeNull);
    const values = readValues(types, canBeNull, body.subarray(1 + QUERY_BYTES));
    types.forEach((type, place) => {
      if (values[place] !== null) checkerOf(type)(values[place]);
    });
    return values;
  } catch {
    // What was wrong with it might hold the value.
    throw new CursorError("damaged");
  }
}
