/** Which tables a program reads and writes: it opens them by the pages that their trees begin at. */

import type { CatalogueRow } from "../../../dialect/server/introspector.ts";
import { readBeside, sortedTables, type TableOrigin } from "../../../dialect/server/description.ts";
import type { Tables } from "./tables.ts";

export interface Touched {
  readonly reads: readonly TableOrigin[] | undefined;
  readonly writes: readonly TableOrigin[] | undefined;
}

const NOTHING_KNOWN: Touched = { reads: undefined, writes: undefined };

/** What changes tables themselves, or tables of modules that keep their rows elsewhere. */
const BEYOND =
  /^(?:CreateBtree|Destroy|DropIndex|DropTable|DropTrigger|ParseSchema|SetCookie|VCreate|VDestroy|VRename|VUpdate|Vacuum)$/;

/** @param rows The program, with those of triggers and foreign keys, which follow it. */
export function touchedTables(rows: readonly CatalogueRow[], tables: Tables): Touched {
  const reads = new Set<string>();
  const writes = new Set<string>();
  for (const { opcode, p1, p2, p3 } of rows) {
    const name = String(opcode);
    if (BEYOND.test(name) || (name === "VOpen" && tables.hasModules)) return NOTHING_KNOWN;
    const isOpening = /^(?:OpenRead|OpenWrite|ReopenIdx)$/.test(name);
    if (!isOpening && name !== "Clear") continue;
    const table = tables.names.get(
      isOpening ? `${String(p3)}.${String(p2)}` : `${String(p2)}.${String(p1)}`,
    );
    if (table === undefined) return NOTHING_KNOWN;
    (name === "OpenWrite" || name === "Clear" ? writes : reads).add(table);
  }
  const originsOf = (names: ReadonlySet<string>): readonly TableOrigin[] =>
    // What SQLite keeps for itself is none of a program's tables.
    [...names]
      .filter((name) => !name.startsWith("sqlite_"))
      .map((table) => ({ schema: undefined, table }));
  const written = sortedTables(originsOf(writes));
  return { reads: readBeside(originsOf(reads), written), writes: written };
}
