import type { LogicalType } from "../../../ast/logical-type.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { ColumnModel } from "../../../schema/model.ts";
import { elementType } from "../types.ts";

type Write = (out: Writer) => void;

/** The instant cut, as everywhere; the server would round it. */
function cutInstant(name: string, precision: number): Write {
  if (precision === 3) return (out) => out.sql("date_trunc('milliseconds', ").id(name).sql(")");
  if (precision === 0) return (out) => out.sql("date_trunc('second', ").id(name).sql(")");
  return (out) =>
    out
      .sql(`date_bin('${10 ** (6 - precision)} microseconds', `)
      .id(name)
      .sql(", timestamptz '2000-01-01 00:00:00+00')");
}

/**
 * The expression behind `using`; undefined where the server's own conversion fails for what doesn't fit. A cast that is
 * written out would cut it.
 */
export function conversion({ name, type: from }: ColumnModel, to: LogicalType): Write | undefined {
  const cast = (...types: readonly string[]): Write => {
    return (out) => out.id(name).sql(types.map((type) => `::${type}`).join(""));
  };
  switch (to.kind) {
    case "text": {
      const { length } = to;
      if (from.kind !== "text" || length === undefined || (from.length ?? Infinity) <= length)
        return undefined;
      // A text that is too long only by spaces would be cut; with something behind them it is refused.
      return (out) => {
        out.sql("case when char_length(").id(name).sql(`) > ${length} then `).id(name);
        out.sql(" || '.' else ").id(name).sql(" end");
      };
    }
    case "timestamp":
      if (from.kind === "date") return (out) => out.id(name).sql("::timestamp at time zone 'UTC'");
      return from.kind === "timestamp" && from.precision > to.precision
        ? cutInstant(name, to.precision)
        : undefined;
    case "time":
      if (from.kind !== "time" || from.precision <= to.precision) return undefined;
      return (out) =>
        out
          .sql("left(")
          .id(name)
          .sql(`::text, ${to.precision === 0 ? 8 : 9 + to.precision})::time`);
    case "integer":
    case "bigint":
      if (from.kind === "boolean") return cast("integer", elementType(to));
      return from.kind === "text" ? cast(elementType(to)) : undefined;
    case "json":
      return from.kind === "text" ? cast("jsonb") : undefined;
    case "array":
    case "enum":
      return cast("text", elementType(to));
    default:
      return undefined;
  }
}
