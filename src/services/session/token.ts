/** What a session's holder shows: whose it is, which one, and 256 bits by chance. The store has only a hash of these. */

import { hash, randomBytes, timingSafeEqual } from "node:crypto";

export interface Token {
  readonly userId: string;
  readonly sessionId: string;
  /** Of the secret, as the store keeps it. */
  readonly secretHash: string;
}

const ID_BYTES = 12;
const SECRET_BYTES = 32;
/** Ids are shorter; what comes from outside may be anything. */
export const MAX_USER_ID_BYTES = 200;
const TOKEN = /^([\w-]{1,270})\.([\w-]{1,40})\.([\w-]{43})$/;

export function newSessionId(): string {
  return randomBytes(ID_BYTES).toString("base64url");
}

export function isSessionId(text: unknown): text is string {
  return typeof text === "string" && /^[\w-]{16}$/.test(text);
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** 256 bits by chance can't be guessed, so there is nothing that a slow hash would make harder. */
export function hashSecret(secret: string): string {
  return hash("sha256", secret, "base64url");
}

export function writeToken(userId: string, sessionId: string, secret: string): string {
  return `${Buffer.from(userId).toString("base64url")}.${sessionId}.${secret}`;
}

/** Undefined for what can't be a token. */
export function readToken(token: unknown): Token | undefined {
  if (typeof token !== "string" || token.length > 400) return undefined;
  const [, user, sessionId, secret] = TOKEN.exec(token) ?? [];
  if (user === undefined) return undefined;
  const userId = Buffer.from(user, "base64url").toString();
  // One text for one token, so that nobody has two for a session.
  if (Buffer.from(userId).toString("base64url") !== user) return undefined;
  return { userId, sessionId: sessionId!, secretHash: hashSecret(secret!) };
}

/** How long it takes doesn't tell how much of it is right. */
export function isSameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
