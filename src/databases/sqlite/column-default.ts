/** What a column holds where a row says nothing of it. */

import type { LogicalType } from "../../ast/logical-type.ts";
import { writeDefaultValue } from "../../dialect/sql/declared-text.ts";
import type { Writer } from "../../dialect/sql/writer.ts";
import type { ColumnModel, DefaultModel } from "../../schema/model.ts";
import { instantStorage, isUuidBlob } from "./types.ts";

const NOW = {
  milliseconds: "(cast(unixepoch('subsec') * 1000 as integer))",
  microseconds: "(cast(unixepoch('subsec') * 1000 as integer) * 1000)",
  seconds: "(unixepoch())",
  iso: "(strftime('%Y-%m-%dT%H:%M:%fZ'))",
  sql: "(replace(strftime('%Y-%m-%d %H:%M:%f'), '.000', ''))",
} as const;

/** Version 4 of RFC 9562: random but for the version, 4, and the variant, 8 to b. */
export const RANDOM_UUID: string =
  "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || " +
  "substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))";

export function nowText(type: LogicalType): string {
  switch (type.kind) {
    case "date":
      return "(date())";
    case "time": {
      // The clock tells milliseconds.
      const digits = type.precision === 0 ? 8 : 9 + type.precision;
      return `(substr(strftime('%H:%M:%f') || '000', 1, ${digits}))`;
    }
    case "timestamp": {
      const storage = instantStorage(type);
      if (storage !== "sql" || type.precision === 3) return NOW[storage];
      if (type.precision === 0) return "(datetime())";
      const digits = 20 + type.precision;
      const zeros = ".".padEnd(type.precision + 1, "0");
      return `(replace(substr(strftime('%Y-%m-%d %H:%M:%f') || '000', 1, ${digits}), '${zeros}', ''))`;
    }
    default:
      return NOW.milliseconds;
  }
}

/** The expression of a column's default, or `null` where there is none. */
export function writeColumnDefault(
  value: DefaultModel | undefined,
  type: LogicalType,
  out: Writer,
): void {
  switch (value?.kind) {
    case undefined:
      out.sql("null");
      return;
    case "now":
      out.sql(nowText(type));
      return;
    case "random":
      out.sql(isUuidBlob(type) ? `(unhex(${RANDOM_UUID}, '-'))` : RANDOM_UUID);
      return;
    case "sql":
      out.sql(`(${value.text})`);
      return;
    case "value":
      writeDefaultValue({ type } as ColumnModel, value.value, out);
  }
}
