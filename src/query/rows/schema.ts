/** Tables as schemas that frameworks know: what a row from outside must be, by the checks that writing it has. */

import { valueTypeOf } from "../../ast/sealed.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { InvalidValueError } from "../../core/error.ts";
import { isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import { checkerOf, type Encode } from "../../dialect/values/type-map.ts";
import type {
  AnyTable,
  AnyTableColumn,
  Flat,
  NewRowOf,
  RowOf,
  TableInfo,
  UpdatableOf,
  WritableOf,
} from "../../schema/table.ts";
import { tableOfWrite } from "../write/write.ts";
import { valueOfJson, type Json } from "./json.ts";
import type { StandardIssue, StandardResult, StandardSchema } from "./standard-schema.ts";

export interface RowSchemaOptions<Row = object> {
  /** Keys that are no columns: refused, or left out of the result. Default `"refuse"`. */
  readonly unknownKeys?: "refuse" | "strip";
  /**
   * `"json"` takes bigints in digits, bytes in base64 and instants in ISO 8601 as JSON has them. Default: values only, as
   * writing takes them.
   */
  readonly coerce?: "json";
  /** Columns that what comes from outside may not have: their keys are unknown. */
  readonly omit?: readonly (keyof Row & string)[];
  /** What else a column's value must be, by any library's schema. It sees the value first, and what it makes is checked. */
  readonly columns?: { readonly [Key in keyof Row]?: StandardSchema<unknown, Row[Key]> };
}

type AnyOptions = RowSchemaOptions<Readonly<Record<string, unknown>>>;

type Omitted<Row, Options> = Options extends { readonly omit: readonly (infer Key)[] }
  ? Flat<Omit<Row, Key & keyof Row>>
  : Row;

type InputOf<Row, Options> = Options extends { readonly coerce: "json" } ? Json<Row> : Row;

/** A Standard Schema of a table's rows. */
export type RowSchema<Row, Options> = StandardSchema<
  InputOf<Omitted<Row, Options>, Options>,
  Omitted<Row, Options>
>;

/** What is known of a column before a value comes. */
interface Field {
  readonly column: AnyTableColumn;
  readonly isRequired: boolean;
  readonly check: Encode;
  readonly refine: StandardSchema | undefined;
}

type Purpose = "insert" | "select" | "update";

/** Types whose check gives the value in the spelling in which it is stored; of others it stays as it came. */
const RESPELT: ReadonlySet<string> = new Set(["decimal", "real", "time", "timestamp", "uuid"]);

function isRespelt(type: LogicalType): boolean {
  const own = type.kind === "array" ? type.element : type;
  // An instant of Temporal is stored as a text, and stays what it is here.
  return RESPELT.has(own.kind) && !(own.kind === "timestamp" && own.mode === "temporal");
}

function isRequired({ nullable, spec }: AnyTableColumn, purpose: Purpose): boolean {
  if (purpose !== "insert") return purpose === "select";
  const hasDefault =
    spec.default !== undefined ||
    spec.clientDefault !== undefined ||
    spec.scope !== undefined ||
    spec.isAutoIncrement;
  return !nullable && !hasDefault;
}

function fieldsOf(
  table: TableInfo,
  purpose: Purpose,
  { columns = {}, omit = [] }: AnyOptions,
): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const column of table.columns) {
    const { key, spec, type } = column;
    const isComputed = purpose !== "select" && spec.generated !== undefined;
    const isCounted = purpose === "update" && spec.keeps === "version";
    if (isComputed || isCounted || omit.includes(key)) continue;
    const refine = Object.hasOwn(columns, key) ? columns[key] : undefined;
    fields.set(key, {
      column,
      isRequired: isRequired(column, purpose),
      check: checkerOf(type),
      refine,
    });
  }
  return fields;
}

/** The value of one column, or what is wrong with it. */
type Outcome = StandardResult<unknown>;

function issueOf(error: unknown): Outcome {
  if (error instanceof InvalidValueError) return { issues: [{ message: error.message }] };
  throw error;
}

function checked({ check, column }: Field, value: unknown): Outcome {
  try {
    const spelt = check(value);
    return { value: isRespelt(valueTypeOf(column.type)) ? spelt : value };
  } catch (error) {
    return issueOf(error);
  }
}

function validateField(field: Field, given: unknown, isJson: boolean): MaybePromise<Outcome> {
  const { column, refine } = field;
  if (given === null) {
    return column.nullable
      ? { value: null }
      : { issues: [{ message: "The value must not be null." }] };
  }
  let value: unknown;
  try {
    value = isJson ? valueOfJson(valueTypeOf(column.type), given) : given;
  } catch (error) {
    return issueOf(error);
  }
  if (refine === undefined) return checked(field, value);
  const refined = refine["~standard"].validate(value);
  const after = (outcome: Outcome): Outcome =>
    outcome.issues === undefined ? checkedOrNull(field, outcome.value) : outcome;
  return isPromise(refined) ? refined.then(after) : after(refined);
}

/** A refinement may make null of a value. */
function checkedOrNull(field: Field, value: unknown): Outcome {
  return value === null && field.column.nullable ? { value } : checked(field, value);
}

function resultOf(
  outcomes: readonly (readonly [string, Outcome])[],
  issues: StandardIssue[],
): Outcome {
  const row: object = {};
  for (const [key, outcome] of outcomes) {
    if (outcome.issues === undefined) {
      // Defined, not assigned: a column may be called `__proto__`.
      Object.defineProperty(row, key, {
        value: outcome.value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else {
      for (const issue of outcome.issues)
        issues.push({ ...issue, path: [key, ...(issue.path ?? [])] });
    }
  }
  return issues.length > 0 ? { issues } : { value: row };
}

function validateRow(
  fields: ReadonlyMap<string, Field>,
  { coerce, unknownKeys }: AnyOptions,
  input: unknown,
): MaybePromise<Outcome> {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return { issues: [{ message: "The value must be an object." }] };
  const issues: StandardIssue[] = [];
  const given = new Map(Object.entries(input));
  for (const key of given.keys()) {
    if (!fields.has(key) && unknownKeys !== "strip")
      issues.push({ message: "There is no such column to write.", path: [key] });
  }
  const outcomes: (readonly [string, MaybePromise<Outcome>])[] = [];
  for (const [key, field] of fields) {
    const value: unknown = given.get(key);
    if (value !== undefined) outcomes.push([key, validateField(field, value, coerce === "json")]);
    else if (field.isRequired) issues.push({ message: "The value is missing.", path: [key] });
  }
  const isDone = (entry: (typeof outcomes)[number]): entry is readonly [string, Outcome] =>
    !isPromise(entry[1]);
  if (outcomes.every(isDone)) return resultOf(outcomes, issues);
  const waited = outcomes.map(async ([key, outcome]) => [key, await outcome] as const);
  return Promise.all(waited).then((done) => resultOf(done, issues));
}

function rowSchema(table: AnyTable, purpose: Purpose, given: object | undefined): StandardSchema {
  const options: AnyOptions = given ?? {};
  const fields = fieldsOf(tableOfWrite(table), purpose, options);
  return {
    "~standard": {
      version: 1,
      vendor: "plinth",
      validate: (value) => validateRow(fields, options, value),
    },
  };
}

/**
 * A Standard Schema of what an insert takes: columns without a default that can't be NULL are required, every value is
 * checked as writing checks it. A key whose value is `undefined` counts as left out.
 *
 * @example
 * const newUser = insertSchema(users, { coerce: "json", omit: ["id"], columns: { email: z.email() } });
 */
export function insertSchema<
  T extends AnyTable,
  const Options extends RowSchemaOptions<WritableOf<T>> = object,
>(table: T, options?: Options): RowSchema<NewRowOf<T>, Options> {
  return rowSchema(table, "insert", options) as RowSchema<NewRowOf<T>, Options>;
}

/** A Standard Schema of what an update sets: any of the columns. */
export function updateSchema<
  T extends AnyTable,
  const Options extends RowSchemaOptions<UpdatableOf<T>> = object,
>(table: T, options?: Options): RowSchema<Partial<UpdatableOf<T>>, Options> {
  return rowSchema(table, "update", options) as RowSchema<Partial<UpdatableOf<T>>, Options>;
}

/** A Standard Schema of a whole row as it is read. */
export function selectSchema<
  T extends AnyTable,
  const Options extends RowSchemaOptions<RowOf<T>> = object,
>(table: T, options?: Options): RowSchema<RowOf<T>, Options> {
  return rowSchema(table, "select", options) as RowSchema<RowOf<T>, Options>;
}
