import { intern } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import type { ColumnBuilder } from "./column.ts";
import { declare } from "./types.ts";

/** Type-level only; never set. */
declare const FLAGS: unique symbol;

/** A `bigint` whose bits have names. Every bigint is one, so that a value may be computed. */
export type Bits<Flag extends string = string> = bigint & { readonly [FLAGS]?: Flag };

/** Bit 63 is the sign of a bigint, which not every database has without. */
const MAX_BIT = 62;

export interface BitFieldOptions<Flag extends string> {
  /** The place of each bit, 0 to 62, by its name. */
  readonly flags: Readonly<Record<Flag, number>>;
}

function checkFlags(flags: Readonly<Record<string, number>>): void {
  const refuse = (what: string): never => {
    throw new ConfigError(`A field of bits ${what}.`, {
      code: "E_SCHEMA",
      hint: "Write it as bitField({ flags: { read: 0, write: 1 } }).",
    });
  };
  const places = Object.values(flags ?? {});
  if (places.length === 0) refuse("has no flags");
  if (places.some((place) => !Number.isInteger(place) || place < 0 || place > MAX_BIT))
    refuse(`has a flag whose place is not a whole number from 0 to ${MAX_BIT}`);
  if (new Set(places).size < places.length) refuse("has two flags at one place");
}

/**
 * Up to 63 flags in one `bigint`, such as the permissions of a role. Bits without a name are kept as they are.
 *
 * @example
 * permissions: bitField({ flags: { read: 0, write: 1, manage: 5 } }).notNull().default(0n)
 */
export function bitField<const Flag extends string>(
  options: BitFieldOptions<Flag>,
): ColumnBuilder<Bits<Flag> | null>;
export function bitField<const Flag extends string>(
  name: string,
  options: BitFieldOptions<Flag>,
): ColumnBuilder<Bits<Flag> | null>;
export function bitField<const Flag extends string>(
  name: string | BitFieldOptions<Flag>,
  options?: BitFieldOptions<Flag>,
): ColumnBuilder<Bits<Flag> | null> {
  const [givenName, given] = typeof name === "string" ? [name, options] : [undefined, name];
  const flags: Readonly<Record<string, number>> = given?.flags ?? {};
  checkFlags(flags);
  const ordered = Object.entries(flags).toSorted(([, one], [, other]) => one - other);
  const type = intern({ kind: "bigint", mode: "bigint", flags: Object.fromEntries(ordered) });
  return declare<Bits<Flag>>(givenName, type);
}
