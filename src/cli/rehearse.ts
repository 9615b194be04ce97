import { MigrationError } from "../core/error.ts";
import { createScratch } from "../entry/main.ts";
import { rehearse, type RehearsedTable, type Rehearsal } from "../tools/rehearse.ts";
import { connectProject, migrationFolder, placedUrl } from "./context.ts";
import { upOptions, type Order } from "./migrate-order.ts";
import { columnsOf, painter, printJson } from "./terminal.ts";

/** `plinth migrate up --rehearse` */
export async function rehearseCommand(order: Order): Promise<void> {
  const { options, project, terminal } = order;
  const url = placedUrl(options, project);
  const rehearsal = await rehearse({
    ...upOptions(order),
    createScratch: () => createScratch(url, { hasData: true }),
    connect: (copy) => connectProject({}, project, copy),
    folderOf: (families) => migrationFolder(project, families),
  });
  if (options.json === true) printJson(terminal, dataOf(rehearsal));
  else show(rehearsal, order);
  refuse(rehearsal);
}

function dataOf({ runs, failure, tables }: Rehearsal): object {
  const told = failure && { code: failure.code, message: failure.message, hint: failure.hint };
  return { rehearsed: runs, failure: told ?? null, tables };
}

function show({ runs, tables }: Rehearsal, { terminal }: Order): void {
  const paint = painter(terminal);
  const count = (rows: number | null): string => (rows === null ? "-" : String(rows));
  const rowOf = (table: RehearsedTable): string[] => [
    table.renamedTo === undefined ? table.table : `${table.table}, now ${table.renamedTo}`,
    count(table.before),
    count(table.after),
    table.isLoss ? paint("red", "rows are lost that nothing announces") : "",
  ];
  if (tables.length > 0)
    terminal.stdout.write(columnsOf([["table", "before", "after", ""], ...tables.map(rowOf)]));
  const what = runs.length === 0 ? "nothing was applied" : "no other table has more or fewer rows";
  terminal.stdout.write(`${what}; the copy is dropped, and the database is as it was\n`);
}

/** @throws {MigrationError} so that the command fails. */
function refuse({ failure, tables }: Rehearsal): void {
  if (failure !== undefined) throw failure;
  const lost = tables.filter(({ isLoss }) => isLoss).map(({ table }) => `"${table}"`);
  if (lost.length === 0) return;
  throw new MigrationError(
    "E_MIGRATION_FAILED",
    `The rehearsal lost rows of ${lost.join(", ")}, which no migration announces.`,
    { hint: "Mend the migration; where it is meant, say so in its SQL: -- LOSSY TABLE: why." },
  );
}
