import { createHash, randomBytes } from "node:crypto";

export interface NewToken {
  /** What its owner gets. It is written nowhere. */
  readonly token: string;
  /** What is kept of it. */
  readonly tokenHash: string;
}

/** @returns A token of 256 random bits. */
export function createToken(): NewToken {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenHash: hashToken(token) };
}

/** A plain hash: a token is random, so that nobody can guess it from this, as a password could be guessed. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
