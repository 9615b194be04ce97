/** How a column compares its texts, where that isn't by code point. */

import type { LogicalType, StorageSettings, TextType } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";

function requirePlainText(type: LogicalType, what: string): TextType {
  if (type.kind === "text" && !type.isCaseInsensitive && type.collation === undefined) return type;
  throw new ConfigError(
    type.kind === "text"
      ? `${what} stands beside another word that says how the column compares its texts.`
      : `${what} is for text and varchar, and this column is ${type.kind}.`,
    { code: "E_SCHEMA" },
  );
}

export function withoutCase(type: LogicalType): TextType {
  return { ...requirePlainText(type, "caseInsensitive()"), isCaseInsensitive: true };
}

/** `und-x-icu`, `utf8mb4_german2_ci`, `C.utf8`, `de_DE@euro`. */
const NAME = /^[A-Za-z][\w.@-]{0,62}$/;

const FAMILIES = ["sqlite", "postgres", "mysql"] as const;

function definedOf(given: StorageSettings): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, name]) => name !== undefined));
}

/** PostgreSQL's own, to which two texts are equal only where they are the same; its default is always one of them. */
const EXACT =
  /^(?:default|POSIX|C(?:\..*)?|ucs_basic|unicode|pg_c_utf8|[a-z]{2,3}(?:_[A-Z]{2})?(?:[.@][\w-]+)*|[\w-]+-x-icu)$/;

/** Whether texts are equal to a database only where a program finds them so. */
export function isExact({ collation, isCaseInsensitive }: TextType): boolean {
  if (isCaseInsensitive === true) return false;
  const { postgres, ...others } = collation ?? {};
  const isOther = Object.values(others).some((name) => name !== undefined);
  return !isOther && (postgres === undefined || EXACT.test(postgres));
}

export function collated(type: LogicalType, name: string | StorageSettings): TextType {
  const given: Readonly<Record<string, string>> =
    typeof name === "string" ? { sqlite: name, postgres: name, mysql: name } : definedOf(name);
  const names = Object.values(given);
  const isKnown = Object.keys(given).every((key) => FAMILIES.some((family) => family === key));
  if (names.length === 0 || !isKnown || names.some((one) => !NAME.test(one))) {
    throw new ConfigError("collate() takes the name of a collation, or one for each database.", {
      code: "E_SCHEMA",
      hint: 'Write it as .collate({ postgres: "de-x-icu", mysql: "utf8mb4_german2_ci" }).',
    });
  }
  const collation = Object.fromEntries(
    FAMILIES.flatMap((family) => (given[family] === undefined ? [] : [[family, given[family]]])),
  );
  return { ...requirePlainText(type, "collate()"), collation };
}
