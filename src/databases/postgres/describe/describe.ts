/**
 * What a statement means, told by PostgreSQL itself: the types of its parameters and columns by the protocol, and whether a
 * column can be NULL by the analysed query, which the server keeps of a function's body.
 *
 * Since version 16 that tells which outer joins may leave a column without a row. So it is asked in this process, whatever
 * the version of the server that the statement is for.
 */

import type { EnumType, LogicalType } from "../../../ast/logical-type.ts";
import { DbError, UnsupportedError } from "../../../core/error.ts";
import {
  RefusedStatementError,
  type DescribeContext,
  type DescribedColumn,
  type Description,
  type OpenDescribe,
} from "../../../dialect/server/description.ts";
import type { CatalogueRow } from "../../../dialect/server/introspector.ts";
import {
  parseParameters,
  withPlaceholders,
  writtenPlace,
  type ParameterText,
} from "../../../dialect/text/parameters.ts";
import { isSign, tokensOf } from "../../../dialect/text/sql-tokens.ts";
import { isServerError, toDbError } from "../errors.ts";
import { typeOfRow } from "../introspect/introspect-types.ts";
import { POSTGRES_LEXIS } from "../lexis.ts";
import { PgliteConnection } from "../pglite/connection.ts";
import type { StatementField } from "../pglite/wire.ts";
import { queryOf, readFacts, type Facts } from "./facts.ts";
import type { TreeNode } from "./node-tree.ts";
import { parseTree } from "./node-tree.ts";
import { Nullability } from "./nullability.ts";
import { readTouchables, touchedTables, type Touchables } from "./touched.ts";

const typesOf = (places: readonly string[]): string => `
  select places.oid || ':' || places.modifier as place, format_type(places.oid, places.modifier) as type,
    places.modifier, t.typname as type_name, t.typtype as type_kind, tn.nspname as type_schema,
    e.typname as element_name, e.typtype as element_kind, en.nspname as element_schema
  from (values ${places.join(", ")}) as places(oid, modifier)
  join pg_type as t on t.oid = places.oid join pg_namespace as tn on tn.oid = t.typnamespace
  left join pg_type as e on e.oid = t.typelem and t.typcategory = 'A'
  left join pg_namespace as en on en.oid = e.typnamespace`;

const ENUMS = `
  select nspname as schema, typname as name, array_to_json(array_agg(enumlabel order by enumsortorder))::text as values,
    nspname = current_schema() as is_own
  from pg_enum join pg_type on pg_type.oid = enumtypid join pg_namespace on pg_namespace.oid = typnamespace
  group by nspname, typname`;

const COLUMNS = `
  select attrelid || '.' || attnum as place, nspname as schema, relname as table, attname as column,
    nspname = current_schema() as is_own
  from pg_attribute join pg_class on pg_class.oid = attrelid join pg_namespace on pg_namespace.oid = relnamespace
  where attnum > 0 and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;

function enumOf({ schema, name, values, is_own: isOwn }: CatalogueRow): EnumType {
  return {
    kind: "enum",
    name: String(name),
    values: JSON.parse(String(values)) as string[],
    ...(isOwn !== true && { schema: String(schema) }),
  };
}

const placeholder = (at: number): string => `$${at + 1}`;

/** The server counts characters from 1, and quotes names of the text, each in a place that it tells. */
function refused(error: unknown, written: string, parsed: ParameterText): unknown {
  const known = toDbError(error);
  if (!isServerError(error) || !(known instanceof DbError)) return known;
  const words = error.message;
  const told: unknown = Reflect.get(error, "hint");
  const advice = typeof told === "string" && told !== "" ? told : undefined;
  const place = Number(error.position);
  if (!(place > 0)) return new RefusedStatementError(known, { words, advice });
  const rendered = withPlaceholders(parsed, placeholder);
  const before = Array.from(rendered)
    .slice(0, place - 1)
    .join("").length;
  const start = Math.min(writtenPlace(parsed, placeholder, before), written.trimEnd().length);
  return new RefusedStatementError(known, {
    words,
    advice,
    start,
    end: start + pieceAt(written.slice(start)),
  });
}

/** The length of the first token, or of a name with what stands before its points. */
function pieceAt(text: string): number {
  const tokens = tokensOf(text, POSTGRES_LEXIS);
  let last = 0;
  while (isSign(tokens[last + 1], ".") && tokens[last + 2] !== undefined) last += 2;
  return tokens[last]?.end ?? 0;
}

class Describer {
  readonly #connection: PgliteConnection;
  readonly #ask: DescribeContext["ask"];
  readonly #facts: Facts;
  readonly #touchables: Touchables;
  readonly #enums: ReadonlyMap<string, EnumType>;
  readonly #columns: ReadonlyMap<string, CatalogueRow>;
  readonly #types = new Map<string, LogicalType>();

  constructor(
    connection: PgliteConnection,
    ask: DescribeContext["ask"],
    facts: Facts,
    touchables: Touchables,
    enums: readonly CatalogueRow[],
    columns: readonly CatalogueRow[],
  ) {
    this.#connection = connection;
    this.#ask = ask;
    this.#facts = facts;
    this.#touchables = touchables;
    this.#enums = new Map(
      enums.map((row) => [`${String(row["schema"])}.${String(row["name"])}`, enumOf(row)]),
    );
    this.#columns = new Map(columns.map((row) => [String(row["place"]), row]));
  }

  async describe(written: string): Promise<Description> {
    const parsed = parseParameters(written, POSTGRES_LEXIS);
    const text = withPlaceholders(parsed, placeholder);
    const { parameters, fields } = this.#analyse(text, written, parsed);
    await this.#readTypes([
      ...parameters.map((oid) => [oid, -1] as const),
      ...fields.map(({ dataTypeID, dataTypeModifier }) => [dataTypeID, dataTypeModifier] as const),
    ]);
    const query = await this.#treeOf(text, parameters, fields.length > 0);
    const nullability = new Nullability(this.#facts);
    return {
      parameters: parsed.names.map((name, at) => ({
        name,
        type: this.#types.get(`${parameters[at]}:-1`),
      })),
      columns: fields.map((field, at): DescribedColumn => ({
        name: field.name,
        type: this.#types.get(`${field.dataTypeID}:${field.dataTypeModifier}`),
        isNullable: query === undefined || !nullability.isColumnNotNull(query, at + 1),
        origin: this.#originOf(field),
      })),
      ...(query && touchedTables(query, this.#facts, this.#touchables)),
    };
  }

  #analyse(
    text: string,
    written: string,
    parsed: ParameterText,
  ): ReturnType<PgliteConnection["describe"]> {
    try {
      return this.#connection.describe(text);
    } catch (error) {
      throw refused(error, written, parsed);
    }
  }

  async #readTypes(places: readonly (readonly [oid: number, modifier: number])[]): Promise<void> {
    const missing = places.filter(([oid, modifier]) => !this.#types.has(`${oid}:${modifier}`));
    if (missing.length === 0) return;
    const rows = await this.#ask(
      typesOf(missing.map(([oid, modifier]) => `(${oid}::oid, ${modifier})`)),
    );
    for (const row of rows) {
      const type = typeOfRow(row, (schema, name) => this.#enums.get(`${schema}.${name}`));
      this.#types.set(String(row["place"]), type);
    }
  }

  #originOf({ tableID, columnID }: StatementField): DescribedColumn["origin"] {
    const row = this.#columns.get(`${tableID}.${columnID}`);
    if (row === undefined) return undefined;
    return {
      schema: row["is_own"] === true ? undefined : String(row["schema"]),
      table: String(row["table"]),
      column: String(row["column"]),
    };
  }

  /** Undefined where the server takes it for no function's body. */
  async #treeOf(
    text: string,
    parameters: readonly number[],
    hasRows: boolean,
  ): Promise<TreeNode | undefined> {
    const types = parameters.map((oid) => `'${oid}'`).join(", ");
    const [row] =
      types === ""
        ? []
        : await this.#ask(`select string_agg(format_type(oid::oid, null), ', ' order by place) as types
            from unnest(array[${types}]) with ordinality as given(oid, place)`);
    const given = typeof row?.["types"] === "string" ? row["types"] : "";
    this.#connection.script("begin");
    try {
      this.#connection.script(
        `create function pg_temp.plinth_describe(${given}) returns ${hasRows ? "setof record" : "void"} ` +
          `language sql begin atomic ${text}\n; end`,
      );
      const [found] = await this.#ask(
        "select prosqlbody::text as tree from pg_proc where oid = 'pg_temp.plinth_describe'::regproc",
      );
      return queryOf(parseTree(String(found?.["tree"])));
    } catch {
      return undefined;
    } finally {
      this.#connection.script("rollback");
    }
  }
}

export const openDescribe: OpenDescribe = async ({ connection, ask }) => {
  if (!(connection instanceof PgliteConnection)) {
    throw new UnsupportedError({
      dialect: "PostgreSQL",
      feature: "describing statements on a server",
      instead: "Describe them on pglite:, with the same migrations applied.",
    });
  }
  const facts = await readFacts(ask);
  const touchables = await readTouchables(ask);
  const [enums, columns] = [await ask(ENUMS), await ask(COLUMNS)];
  const describer = new Describer(connection, ask, facts, touchables, enums, columns);
  return (text) => describer.describe(text);
};
