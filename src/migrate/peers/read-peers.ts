/** Finds what other tools remember of their migrations. Their tables are read, and never written to. */

import type { Answer, Session } from "../../connect/session.ts";
import { QueryError } from "../../core/error.ts";
import {
  HISTORY_TABLES,
  historyToolOf,
  type HistoryTable,
} from "../../dialect/server/histories.ts";
import { PEERS, type PeerHistory } from "./peer.ts";

/** Tables of the connection's own schema are listed at once; those of others are tried. */
async function sourceOf(
  session: Session,
  own: ReadonlyMap<string, string>,
  { schema, table }: HistoryTable,
): Promise<string | undefined> {
  const { can, spelling } = session.dialect;
  if (schema === undefined) return own.get(table);
  if (!can.schemas || can.schemasAreDatabases) return undefined;
  const { quote } = spelling;
  const source = `${quote}${schema}${quote}.${quote}${table}${quote}`;
  try {
    await session.askRaw(`select 1 from ${source} where 1 = 0`);
    return source;
  } catch (error) {
    if (error instanceof QueryError && error.code === "E_MISSING_TABLE") return undefined;
    throw error;
  }
}

/** One for each table that there is, those without a row too. */
export async function readPeers(session: Session): Promise<PeerHistory[]> {
  const tables = await session.askRaw(session.dialect.migrations.tables);
  const own = new Map(tables.map(({ name, source }) => [String(name), String(source)]));
  const found: PeerHistory[] = [];
  for (const known of HISTORY_TABLES) {
    const source = known.isAside === true ? undefined : await sourceOf(session, own, known);
    if (source === undefined) continue;
    const rows: readonly Answer[] = await session.askRaw(`select * from ${source}`);
    const [first] = rows;
    if (first !== undefined && historyToolOf(known.table, Object.keys(first)) !== known.tool)
      continue;
    // Of a table without rows nothing is known but its name.
    if (first === undefined && known.table === "migrations") continue;
    const entries = PEERS[known.tool].read(rows);
    const isLock = known.table.endsWith("_lock");
    if (!isLock || entries.length > 0) found.push({ tool: known.tool, table: source, entries });
  }
  return found;
}
