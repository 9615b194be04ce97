/** What turns the values of custom types into what is stored and back, apart from the types, which are plain data. */

import type { CustomType } from "./logical-type.ts";

/** What a driver binds. */
export type StoredValue = bigint | number | string | Uint8Array;

export interface Codec {
  readonly encode: (value: unknown) => StoredValue;
  readonly decode: (stored: unknown) => unknown;
}

export type Family = keyof CustomType["databases"];

const codecs = new WeakMap<CustomType, Readonly<Partial<Record<Family, Codec>>>>();

export function giveCodecs(
  type: CustomType,
  given: Readonly<Partial<Record<Family, Codec>>>,
): void {
  codecs.set(type, given);
}

export function codecOf(type: CustomType, family: Family): Codec | undefined {
  return codecs.get(type)?.[family];
}
