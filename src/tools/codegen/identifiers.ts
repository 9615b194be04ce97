/** Names in code for what has a name in a database. */

import { spell, type Names } from "../../schema/naming.ts";
import { isIdentifier } from "../quote.ts";

/** What can't be the name of a constant. */
const RESERVED = new Set(
  (
    "arguments as async await boolean break case catch class const continue debugger declare default delete do else " +
    "enum eval export extends false finally for from function get if implements import in instanceof interface let " +
    "new null number of package private protected public return set static string super switch symbol this throw true " +
    "try type typeof undefined unknown using var void while with yield"
  ).split(" "),
);

/** What declarations are made of, whether a schema needs all of it or not: the names of constants don't change with it. */
export const WORDS: ReadonlySet<string> = new Set(
  (
    "array bigint bitField boolean bytes check comment customType databaseSchema date decimal defineSchema desc double " +
    "enumType foreignKey fullTextIndex index integer json materializedView operatorClass prefixOf primaryKey real " +
    "smallint sql table text time timestamp timestamps unique uniqueIndex uuid varchar view"
  ).split(" "),
);

/** The parameters of functions in declarations, and what is exported beside tables. */
const LOCALS = new Set(["collation", "r", "schema", "t"]);

/** In camel case, without what can't stand in an identifier; `fallback` where nothing is left. */
export function identifierOf(name: string, fallback: string): string {
  const plain = name.replaceAll(/[^\p{ID_Continue}$]+/gu, "_");
  const isShouted = plain === plain.toUpperCase() && plain !== plain.toLowerCase();
  const camel = spell(isShouted ? plain.toLowerCase() : plain, "camelCase");
  if (isIdentifier(camel)) return camel;
  const behind = `_${camel}`;
  return camel !== "" && isIdentifier(behind) ? behind : fallback;
}

/** Gives each name once: the second `user` is `user2`. */
export class Taken {
  readonly #names: Set<string>;

  constructor(names: Iterable<string> = []) {
    this.#names = new Set(names);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The first of the names that is free, or the last of them with a number. */
  take(...names: readonly [string, ...string[]]): string {
    const free = names.find((name) => !this.#names.has(name));
    let found = free ?? names.at(-1)!;
    for (let count = 2; this.#names.has(found); count++) found = `${names.at(-1)!}${count}`;
    this.#names.add(found);
    return found;
  }
}

/** Names of constants of a module. */
export class Constants {
  readonly #taken: Taken;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Taken([...RESERVED, ...WORDS, ...LOCALS, ...taken]);
  }

  take(name: string, suffix: string, schema?: string): string {
    const plain = identifierOf(name, suffix.toLowerCase());
    const own = schema === undefined ? plain : spellTogether(schema, plain);
    return this.#taken.take(plain, own === plain ? `${plain}${suffix}` : own, `${own}${suffix}`);
  }
}

/** `auth` and `users` are `authUsers`. */
export function spellTogether(first: string, second: string): string {
  const head = identifierOf(first, "");
  return head === "" ? second : head + second.charAt(0).toUpperCase() + second.slice(1);
}

/** Spelt as people spell keys of columns, and the name beside it where the naming would make another of it. */
export interface ColumnKey {
  readonly key: string;
  readonly givenName: string | undefined;
}

/** Keys of columns by their names, each once. */
export function columnKeys(
  columns: readonly string[],
  names: Names,
  known: ReadonlyMap<string, ColumnKey> = new Map(),
): ReadonlyMap<string, ColumnKey> {
  const kept = columns.filter((name) => known.has(name));
  const taken = new Taken(kept.map((name) => known.get(name)!.key));
  const plain = (name: string): boolean =>
    names.column({ key: identifierOf(name, ""), givenName: undefined }) === name;
  const keys = new Map<string, ColumnKey>(kept.map((name) => [name, known.get(name)!]));
  // A key that spells its name comes before one that only looks like it.
  const ordered = [...columns.filter(plain), ...columns.filter((name) => !plain(name))];
  for (const name of ordered) {
    if (keys.has(name)) continue;
    const key = taken.take(identifierOf(name, `column${columns.indexOf(name) + 1}`));
    const spelt = names.column({ key, givenName: undefined });
    keys.set(name, { key, givenName: spelt === name ? undefined : name });
  }
  return keys;
}
