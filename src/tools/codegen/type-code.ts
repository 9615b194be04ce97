/** A column's type as the call that declares it. */

import type { CustomType, EnumType, LogicalType, StorageSettings } from "../../ast/logical-type.ts";
import { call, chained, callOf, code, options, quoted, type Call, type Code } from "./code.ts";

/** The names of what a type is declared by elsewhere in the module. */
export interface TypeNames {
  enumOf(type: EnumType): string;
  customOf(type: CustomType): string;
  /** Of a collation that several columns share. */
  collationOf(collation: StorageSettings): string | undefined;
}

function storageOf(storage: StorageSettings | undefined): Code | undefined {
  if (storage === undefined) return undefined;
  return options(
    Object.fromEntries(
      Object.entries(storage).map(([family, setting]) => [family, setting && quoted(setting)]),
    ),
  );
}

function whole(value: number | undefined): Code | undefined {
  return value === undefined ? undefined : code(String(value));
}

function timestampOf(type: LogicalType & { readonly kind: "timestamp" }): Code | undefined {
  const { mode, precision } = type;
  const usual = mode === "date" ? 3 : 6;
  return options({
    mode: mode === "date" ? undefined : quoted(mode),
    precision: precision === usual ? undefined : whole(precision),
    storage: storageOf(type.storage),
  });
}

function flagsOf(flags: Readonly<Record<string, number>>): Code {
  const named = Object.entries(flags).map(([flag, place]) => [flag, code(String(place))]);
  // A database doesn't know them, and there is at least one.
  return options(Object.fromEntries(named.length === 0 ? [["bit0", code("0")]] : named))!;
}

function behind(type: LogicalType, names: TypeNames): Call[] {
  if (type.kind !== "text") return [];
  const { collation, isCaseInsensitive } = type;
  if (isCaseInsensitive === true) return [callOf("caseInsensitive")];
  if (collation === undefined) return [];
  const shared = names.collationOf(collation);
  return [callOf("collate", shared === undefined ? storageOf(collation) : code(shared))];
}

/** @param givenName The column's name, where its key doesn't spell it. */
export function typeCode(type: LogicalType, names: TypeNames, givenName?: string): Code {
  const name = givenName === undefined ? undefined : quoted(givenName);
  const made = (word: string, given?: Code): Code =>
    chained(call(word, name, given), behind(type, names));
  switch (type.kind) {
    case "integer":
      return made(
        type.bits === 16 ? "smallint" : "integer",
        options({ storage: storageOf(type.storage) }),
      );
    case "bigint": {
      const { flags, mode } = type;
      if (flags !== undefined) return made("bitField", options({ flags: flagsOf(flags) }));
      return made(
        "bigint",
        options({
          mode: mode === "bigint" ? undefined : quoted(mode),
          storage: storageOf(type.storage),
        }),
      );
    }
    case "decimal":
      return made(
        "decimal",
        options({
          precision: whole(type.precision),
          scale: type.scale === 0 ? undefined : whole(type.scale),
          storage: storageOf(type.storage),
        }),
      );
    case "text":
      return type.length === undefined
        ? made("text", options({ storage: storageOf(type.storage) }))
        : made(
            "varchar",
            options({ length: whole(type.length), storage: storageOf(type.storage) }),
          );
    case "bytes":
      return made("bytes", options({ length: whole(type.length) }));
    case "time":
      return made(
        "time",
        options({ precision: type.precision === 0 ? undefined : whole(type.precision) }),
      );
    case "timestamp":
      return made("timestamp", timestampOf(type));
    case "array": {
      const element = typeCode(type.element, names);
      const hasNulls = type.hasNulls === true ? code("true") : undefined;
      return call("array", name, element, options({ nulls: hasNulls }));
    }
    case "enum":
      return made(names.enumOf(type));
    case "custom":
      return made(names.customOf(type));
    case "uuid":
    case "json":
    case "boolean":
    case "date":
    case "double":
    case "real":
      return made(type.kind, options({ storage: storageOf(type.storage) }));
  }
}
