/** Custom types in a family's type map. */

import { codecOf, type Codec, type Family } from "../../ast/codec.ts";
import type { CustomStorage, CustomType } from "../../ast/logical-type.ts";
import { DbError, InvalidValueError, UnsupportedError } from "../../core/error.ts";
import type { Decode, Encode } from "./type-map.ts";

function refuse({ name }: CustomType, dialect: string): never {
  throw new UnsupportedError({
    dialect,
    feature: `the custom type "${name}", which is not declared for it`,
    instead: "Say in customType() how this database keeps it.",
  });
}

export function customStorage(type: CustomType, family: Family, dialect: string): CustomStorage {
  return type.databases[family] ?? refuse(type, dialect);
}

function codec(type: CustomType, family: Family, dialect: string): Codec {
  return codecOf(type, family) ?? refuse(type, dialect);
}

/** The error of a codec may quote the value, so that it is not repeated. */
function guarded(type: CustomType, what: string, convert: (given: unknown) => unknown): Decode {
  return (given) => {
    try {
      return convert(given);
    } catch (cause) {
      if (cause instanceof DbError) throw cause;
      throw new InvalidValueError(`The codec of the custom type "${type.name}" refused ${what}.`, {
        cause,
      });
    }
  };
}

/** @param bind Checks and stores what the codec makes. */
export function customEncoder(
  type: CustomType,
  family: Family,
  dialect: string,
  bind: Encode,
): Encode {
  const { encode } = codec(type, family, dialect);
  const guardedEncode = guarded(type, "the value", encode);
  return (value) => {
    const stored = guardedEncode(value);
    const isStored =
      typeof stored === "string" ||
      typeof stored === "number" ||
      typeof stored === "bigint" ||
      stored instanceof Uint8Array;
    if (isStored) return bind(stored);
    throw new InvalidValueError(
      `The codec of the custom type "${type.name}" gave neither text, a number, a bigint nor bytes.`,
    );
  };
}

export function customDecoder(type: CustomType, family: Family, dialect: string): Decode {
  return guarded(type, "what the database holds", codec(type, family, dialect).decode);
}
