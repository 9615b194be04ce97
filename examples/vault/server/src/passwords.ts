import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const keyBytes = 32;

/** @returns What is kept of a password: a salt, and what scrypt makes of both. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, keyBytes);
  return `scrypt:${salt.toString("base64url")}:${key.toString("base64url")}`;
}

/** What nobody's password leads to. */
const nobodysHash = `scrypt:${"A".repeat(22)}:${"A".repeat(43)}`;

/** Takes as long for an account that isn't there, so that nobody learns which ones are. */
export async function isPassword(password: string, passwordHash = nobodysHash): Promise<boolean> {
  const [scheme, salt, key] = passwordHash.split(":");
  if (scheme !== "scrypt" || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, "base64url");
  const found = await derive(password, Buffer.from(salt, "base64url"), keyBytes);
  return expected.length === keyBytes && timingSafeEqual(expected, found);
}
