/** How a database counts the values of a key up. */

import { ConfigError } from "../core/error.ts";

/** PostgreSQL only; other databases refuse to make the table. */
export interface IdentityOptions {
  /** Whether only the database may give the value: types leave it out of inserts and updates. Default false. */
  readonly always?: boolean;
  /** The first value. Default 1. */
  readonly start?: number;
  /** What is between two values; it may be negative, and isn't 0. Default 1. */
  readonly increment?: number;
}

/** What isn't as it is without options; undefined where nothing is. */
export function identityOf(options: IdentityOptions): IdentityOptions | undefined {
  const { always = false, start, increment } = options;
  for (const value of [start, increment]) {
    if (value === undefined || Number.isSafeInteger(value)) continue;
    throw new ConfigError("autoIncrement() takes whole numbers.", { code: "E_SCHEMA" });
  }
  if (increment === 0)
    throw new ConfigError("autoIncrement() needs an increment that isn't 0.", { code: "E_SCHEMA" });
  const given = {
    ...(always && { always }),
    ...(start !== undefined && { start }),
    ...(increment !== undefined && { increment }),
  };
  return Object.keys(given).length === 0 ? undefined : given;
}
