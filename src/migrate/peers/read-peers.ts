/** Finds what other tools remember of their migrations. Their tables are read, and never written to. */

import { inspect } from "../../connect/inspect.ts";
import type { Answer, Session } from "../../connect/session.ts";
import {
  HISTORY_TABLES,
  historyToolOf,
  type HistoryTable,
} from "../../dialect/server/histories.ts";
import { quoteName } from "../../dialect/sql/writer.ts";
import { PEERS, type PeerHistory } from "./peer.ts";

/** Tables of the connection's own schema are listed at once; for others the catalogue is asked. */
async function sourceOf(
  session: Session,
  own: ReadonlyMap<string, string>,
  { schema, table }: HistoryTable,
): Promise<string | undefined> {
  const { can, spelling } = session.dialect;
  if (schema === undefined) return own.get(table);
  if (!can.schemas || can.schemasAreDatabases) return undefined;
  const options = { schemas: [schema], tables: [table], hasHistories: true };
  const { model } = await inspect(session, options);
  const { quote } = spelling;
  return model.tables.length === 0
    ? undefined
    : `${quoteName(schema, quote)}.${quoteName(table, quote)}`;
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
