import type { LogicalType } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import type { AnyColumnBuilder, ColumnBuilder } from "./column.ts";
import { declare } from "./types.ts";

export interface ArrayOptions<Nulls extends boolean = boolean> {
  /** Whether elements may be NULL. Default false. */
  readonly nulls?: Nulls;
}

type Item<Element extends AnyColumnBuilder, Nulls extends boolean> =
  | (Element["~value"] & {})
  | (Nulls extends true ? null : never);

/** What an element says besides its type would be of a column. */
function elementOf({ spec }: AnyColumnBuilder): LogicalType {
  const { type } = spec;
  const refuse = (what: string): never => {
    throw new ConfigError(`The elements of an array ${what}.`, { code: "E_SCHEMA" });
  };
  if (type.kind === "array" || type.kind === "json" || type.kind === "custom")
    refuse("can't be arrays, JSON or of a custom type; declare json<…>() instead");
  if (type.kind === "text" && type.isCaseInsensitive)
    refuse("are compared by their exact characters");
  const isMore =
    spec.isPrimaryKey ||
    spec.unique !== false ||
    spec.liveUnique !== undefined ||
    spec.default !== undefined ||
    spec.clientDefault !== undefined ||
    spec.references !== undefined ||
    spec.generated !== undefined;
  if (isMore) refuse("have a type and nothing else; keys and defaults are the column's");
  return type;
}

/**
 * A list of values of one type, in their order: `array(text())`. No element is NULL unless the options say so.
 *
 * @param element A column of the elements' type.
 */
export function array<Element extends AnyColumnBuilder, const Nulls extends boolean = false>(
  element: Element,
  options?: ArrayOptions<Nulls>,
): ColumnBuilder<Item<Element, Nulls>[] | null>;
export function array<Element extends AnyColumnBuilder, const Nulls extends boolean = false>(
  name: string,
  element: Element,
  options?: ArrayOptions<Nulls>,
): ColumnBuilder<Item<Element, Nulls>[] | null>;
export function array(
  first: AnyColumnBuilder | string,
  second?: AnyColumnBuilder | ArrayOptions,
  third?: ArrayOptions,
): ColumnBuilder<unknown[] | null> {
  const [name, element, options] =
    typeof first === "string"
      ? [first, second as AnyColumnBuilder, third]
      : [undefined, first, second as ArrayOptions | undefined];
  const type: LogicalType = { kind: "array", element: elementOf(element) };
  return declare<unknown[]>(name, options?.nulls === true ? { ...type, hasNulls: true } : type);
}
