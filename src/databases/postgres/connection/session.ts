/** What a session is told at its beginning, and what it is asked. */

import type { ServerInfo } from "../../../dialect/capabilities.ts";
import type { Cells } from "../../../dialect/driver.ts";

/** What all else relies on: how values are written, and what a literal means. */
const SESSION =
  "set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres'; " +
  "set bytea_output to 'hex'; set extra_float_digits to 1; set standard_conforming_strings to on";

export function sessionText(statementTimeoutMs?: number): string {
  if (statementTimeoutMs === undefined) return SESSION;
  return `${SESSION}; set statement_timeout to ${statementTimeoutMs}`;
}

/** The version, and the first of the collations there that know the letters of all languages. */
export const SERVER = `select current_setting('server_version_num'), (
  select quote_ident(collname) from pg_collation
  where collname in ('und-x-icu', 'pg_unicode_fast', 'C.utf8', 'C.UTF-8')
    and collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))
  order by array_position(array['und-x-icu', 'pg_unicode_fast', 'C.utf8', 'C.UTF-8'], collname::text) limit 1)`;

/** `180004` is 18.4, `90624` is 9.6.24. */
export function versionOf(number: number): [number, number, number] {
  const major = Math.floor(number / 10_000);
  if (major >= 10) return [major, number % 10_000, 0];
  return [major, Math.floor(number / 100) % 100, number % 100];
}

export interface ServerFacts {
  readonly server: ServerInfo;
  /** A collation that folds the letters of all languages, quoted. */
  readonly folding: string;
}

/** @param cells What `SERVER` gave. */
export function readServer(product: string, cells: Cells | undefined): ServerFacts {
  const [version, known] = cells ?? [];
  return {
    server: { product, version: versionOf(Number(version)) },
    // The database's own collation is the last resort: it may fold no more than ASCII.
    folding: typeof known === "string" ? known : '"default"',
  };
}
