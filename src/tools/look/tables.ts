/** What a database holds, for people who look at it: no schema in code is needed. */

import { inspect } from "../../connect/inspect.ts";
import type { Session } from "../../connect/session.ts";
import { withSession } from "../../connect/with-session.ts";
import { ConfigError, DbError } from "../../core/error.ts";
import type { ForeignObject } from "../../dialect/server/introspector.ts";
import { quoteName } from "../../dialect/sql/writer.ts";
import type { Database } from "../../query/database.ts";
import { placeName } from "../../schema/describe.ts";
import type { ForeignKeyModel, TableModel, ViewModel } from "../../schema/model.ts";

export interface RowCount {
  readonly rows: number;
  /** Whether there may be more, or less. */
  readonly isEstimate: boolean;
}

export interface Listed {
  readonly kind: "materialized view" | "table" | "view";
  /** With its schema before it where that isn't the connection's own. */
  readonly name: string;
  readonly model: TableModel | ViewModel;
  /** Undefined for a view, and for a table of which the user may not read the rows. */
  readonly count: RowCount | undefined;
}

export interface Reference extends ForeignKeyModel {
  /** The table that has the key. */
  readonly table: string;
}

export interface Described extends Listed {
  readonly referencedBy: readonly Reference[];
  /** What no declaration can say, such as triggers. */
  readonly others: readonly ForeignObject[];
}

export interface LookOptions {
  /** Instead of the connection's own. */
  readonly schemas?: readonly string[] | undefined;
}

/** Up to here rows are counted, if the server has no estimate; else up to the smaller number. */
const MAX_COUNTED = 1_000_000;
const MAX_COUNTED_BESIDE_ESTIMATE = 10_000;

export function sourceText(
  { dialect }: Session,
  { name, schema }: { readonly name: string; readonly schema?: string },
): string {
  const { quote } = dialect.spelling;
  const own = quoteName(name, quote);
  return schema === undefined ? own : `${quoteName(schema, quote)}.${own}`;
}

async function countRows(
  session: Session,
  table: TableModel,
  estimate: number | undefined,
): Promise<RowCount | undefined> {
  const max = estimate === undefined ? MAX_COUNTED : MAX_COUNTED_BESIDE_ESTIMATE;
  const source = sourceText(session, table);
  const text = `select count(*) as n from (select 1 as one from ${source} limit ${max + 1}) as counted`;
  const [row] = await session.askRaw(text).catch((error: unknown) => {
    if (error instanceof DbError && error.code === "E_PERMISSION") return [undefined];
    throw error;
  });
  if (row === undefined) return undefined;
  const counted = Number(row["n"]);
  if (counted <= max) return { rows: counted, isEstimate: false };
  return { rows: Math.max(estimate ?? 0, max), isEstimate: true };
}

async function read(
  session: Session,
  { schemas }: LookOptions,
): Promise<{
  readonly listed: readonly Omit<Listed, "count">[];
  others: readonly ForeignObject[];
}> {
  const { model, others } = await inspect(session, {
    hasHistories: true,
    ...(schemas === undefined ? {} : { schemas }),
  });
  const listed = [
    ...model.tables.map((table) => ({
      kind: "table" as const,
      name: placeName(table, table.name),
      model: table,
    })),
    ...(model.views ?? []).map((view) => ({
      kind: view.isMaterialized ? ("materialized view" as const) : ("view" as const),
      name: placeName(view, view.name),
      model: view,
    })),
  ];
  return { listed: listed.toSorted((one, other) => (one.name < other.name ? -1 : 1)), others };
}

async function estimatesOf(session: Session): Promise<Map<string, number>> {
  const rows = await session.askRaw(session.dialect.migrations.tables);
  return new Map(
    rows.flatMap(({ estimate, name }) =>
      estimate === null || estimate === undefined ? [] : [[String(name), Number(estimate)]],
    ),
  );
}

async function counted(
  session: Session,
  one: Omit<Listed, "count">,
  estimates: ReadonlyMap<string, number>,
): Promise<Listed> {
  if (one.kind !== "table") return { ...one, count: undefined };
  return {
    ...one,
    count: await countRows(session, one.model as TableModel, estimates.get(one.name)),
  };
}

/** Every table and view. */
export function listTables(
  db: Database,
  options: LookOptions = {},
): Promise<{ readonly listed: readonly Listed[]; readonly others: readonly ForeignObject[] }> {
  return withSession(db, async (session) => {
    const { listed, others } = await read(session, options);
    const estimates = await estimatesOf(session);
    const found: Listed[] = [];
    for (const one of listed) found.push(await counted(session, one, estimates));
    return { listed: found, others };
  });
}

function distance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 0; row < one.length; row++) {
    const letter = one[row];
    const line = [row + 1];
    for (let at = 0; at < other.length; at++)
      line.push(
        Math.min(line[at]! + 1, above[at + 1]! + 1, above[at]! + (letter === other[at] ? 0 : 1)),
      );
    above = line;
  }
  return above.at(-1)!;
}

/** @throws {ConfigError} that names what there is. */
export function findNamed<Item extends { readonly name: string }>(
  items: readonly Item[],
  name: string,
  what: string,
): Item {
  const found = items.find((item) => item.name === name);
  if (found !== undefined) return found;
  const near = items
    .map((item) => [distance(item.name.toLowerCase(), name.toLowerCase()), item.name] as const)
    .filter(([far]) => far <= 2)
    .toSorted(([one], [other]) => one - other)[0]?.[1];
  const names = items.slice(0, 10).map((item) => item.name);
  const all =
    names.length === 0
      ? "There is none."
      : `There are ${names.join(", ")}${items.length > 10 ? ", …" : ""}.`;
  throw new ConfigError(`There is no ${what} "${name}".`, {
    hint: near === undefined ? all : `Is it ${near}?`,
  });
}

/** A schema may stand before the name, whatever schemas are looked at. */
export function schemasFor(name: string, { schemas }: LookOptions): LookOptions {
  const at = name.indexOf(".");
  if (schemas !== undefined || at === -1) return { schemas };
  return { schemas: ["", name.slice(0, at)] };
}

/** One table or view, with what points at it. */
export function describeTable(
  db: Database,
  name: string,
  options: LookOptions = {},
): Promise<Described> {
  return withSession(db, async (session) => {
    const { listed, others } = await read(session, schemasFor(name, options));
    const one = findNamed(listed, name, "table or view");
    const { model } = one;
    const referencedBy = listed.flatMap((other): Reference[] =>
      "foreignKeys" in other.model
        ? other.model.foreignKeys
            .filter((key) => key.target === model.name && key.targetSchema === model.schema)
            .map((key) => ({ ...key, table: other.name }))
        : [],
    );
    const found = await counted(session, one, await estimatesOf(session));
    const own = others.filter(
      ({ name: other, schema, table }) =>
        (table ?? other) === model.name && schema === model.schema,
    );
    return { ...found, referencedBy, others: own };
  });
}
