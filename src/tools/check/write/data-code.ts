/** What running queries takes, as code: the types of their parameters and columns, on each database. */

import type { CheckedType } from "../../../query/checked/format.ts";
import { memberKey, quoteText } from "../../quote.ts";
import type { ResolvedFacts, ResolvedQuery } from "../types/resolve.ts";
import { nameOfType, type ValueType } from "../types/value-type.ts";

const UNKNOWN = "unknown";
const SWITCH: ValueType = { written: { kind: "boolean" }, code: "boolean" };

/** Names for types; two that differ never have the same. */
export class TypeNames {
  readonly #names = new Map<string, string>();
  readonly #types = new Map<string, CheckedType>();

  nameOf(type: ValueType | undefined): string {
    if (type?.written === undefined) return UNKNOWN;
    const key = JSON.stringify(type.written);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const stem = nameOfType(type.written);
    let name = stem;
    for (let count = 2; this.#types.has(name) || name === UNKNOWN; count++)
      name = `${stem} ${count}`;
    this.#names.set(key, name);
    this.#types.set(name, type.written);
    return name;
  }

  lines(indent: string): string[] {
    return [...this.#types]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, type]) => `${indent}${memberKey(name)}: ${literal(type)},`);
  }
}

/** Plain data as code. */
function literal(value: unknown): string {
  if (typeof value === "string") return quoteText(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, own]) => `${memberKey(key)}: ${literal(own)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function factsCode(
  { columns, parameters, reads, writes }: ResolvedFacts,
  types: TypeNames,
): string {
  const taken = parameters.map(({ isNullable, isSwitch, name, type }) => {
    const own = [name, types.nameOf(isSwitch ? SWITCH : type)];
    return isNullable ? [...own, "nullable"] : own;
  });
  const given = columns.map(({ key, type }) => [key, types.nameOf(type)]);
  return literal({
    ...(taken.length > 0 && { parameters: taken }),
    ...(given.length > 0 && { columns: given }),
    ...(reads !== undefined && { reads }),
    ...(writes !== undefined && { writes }),
  });
}

/** `{ sqlite: …, postgres: … }` */
export function databasesCode(
  { databases }: ResolvedQuery,
  types: TypeNames,
  indent: string,
): string {
  const lines = [...databases].map(
    ([database, facts]) => `${indent}  ${memberKey(database)}: ${factsCode(facts, types)},\n`,
  );
  return `{\n${lines.join("")}${indent}}`;
}
