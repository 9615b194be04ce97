/** Does what was asked for, prints what was found, keeps it, and sums it up. */
import type { Database } from "../data/tables.ts";
import { coldStartNames, measureColdStarts, type ColdStarts } from "./cold-start.ts";
import { baseline, contenderNames, roundsOf, type WorkKind } from "./contenders.ts";
import { keepFindings, type Findings } from "./findings.ts";
import { writePage } from "./page.ts";
import { reportText, summaryText, tableText } from "./report.ts";
import type { Report } from "./results.ts";
import { runRounds, verifyAll } from "./rounds.ts";
import { reset, versionOf, withServers } from "./servers.ts";
import { linesOf } from "./summary.ts";
import { coldStartTable, type Table } from "./tables.ts";
import type { Targets } from "./targets.ts";
import type { Wanted } from "./wanted.ts";

const paces = {
  slow: { warmMs: 250, measureMs: 1000, loadedMs: 600 },
  quick: { warmMs: 100, measureMs: 200, loadedMs: 200 },
} as const;

/** @returns Whether every contender did all, and rightly. */
export async function run(wanted: Wanted): Promise<boolean> {
  const { databases, hasColdStarts } = wanted;
  const workCount = databases.length * wanted.kinds.length;
  let isRight = true;
  const reports: Report[] = [];
  let found: Findings = { reports };

  // One database at a time, as what another has in memory is written while this one is measured.
  for (const database of databases) {
    await withServers([database], async (targets) => {
      for (const kind of wanted.kinds) {
        if (wanted.isVerifying) {
          isRight = (await verifyWork(wanted, kind, database, targets)) && isRight;
          continue;
        }
        const report = await measureWork(wanted, kind, database, targets);
        isRight &&= hasDoneAll(wanted, report);
        reports.push(report);
        if (workCount > 1) printSummary({ reports: [report] });
      }
    });
  }
  if (hasColdStarts) {
    const coldStarts = await withServers(["sqlite"], (targets) => coldStartsOf(wanted, targets));
    found = { ...found, coldStarts };
  }
  if (wanted.hasTypes) found = { ...found, types: await typesOf(wanted) };
  printSummary(found);
  if (wanted.hasQueues) {
    const { measureQueues } = await import("../queue/run.ts");
    isRight = (await measureQueues(wanted)) && isRight;
  }
  if (wanted.isWriting) writePage();
  return isRight;
}

async function verifyWork(
  wanted: Wanted,
  kind: WorkKind,
  database: Database,
  targets: Targets,
): Promise<boolean> {
  const answers = await verifyAll(kind, database, contendersFor(wanted, kind, database), targets);
  for (const [contender, wrong] of answers) {
    const lines = wrong.map((sentence) => `\n    ${sentence}`).join("");
    const at = kind === "shapes" ? `${database}, further shapes:` : `${database}:`;
    print(`${wrong.length === 0 ? "right" : "WRONG"}  ${at} ${contender}${lines}`);
  }
  return [...answers.values()].every((wrong) => wrong.length === 0);
}

async function measureWork(
  wanted: Wanted,
  kind: WorkKind,
  database: Database,
  targets: Targets,
): Promise<Report> {
  const { inFlight, operations, peersRounds, rounds } = wanted;
  const pace = wanted.isQuick ? paces.quick : paces.slow;
  const results = await runRounds(database, contendersFor(wanted, kind, database), targets, {
    kind,
    rounds,
    peersRounds,
    inFlight,
    ...pace,
    // SQLite answers within the call: there is nothing to have in flight.
    loadedMs: database === "sqlite" || kind === "shapes" ? 0 : pace.loadedMs,
    ...(operations === undefined ? {} : { operations }),
  });
  const version = await versionOf(database, targets);
  const report: Report = { kind, database, version, results, inFlight };
  print(`\n${reportText(report)}`);
  keep(wanted, { reports: [report] });
  return report;
}

function hasDoneAll(wanted: Wanted, { database, kind, results }: Report): boolean {
  const runs = contendersFor(wanted, kind, database).flatMap((name) => roundsOf(name, wanted));
  return (
    results.length === runs.length &&
    results.every(({ failures }) => Object.keys(failures).length === 0)
  );
}

async function coldStartsOf(wanted: Wanted, targets: Targets): Promise<ColdStarts> {
  await reset("sqlite", targets);
  const names = coldStartNames().filter((name) => isWanted(wanted, name));
  const runs = wanted.isQuick ? 5 : 21;
  const coldStarts = await measureColdStarts(names, targets.sqlite!.file, runs);
  print(`\n${tableText(coldStartTable(coldStarts))}`);
  keep(wanted, { reports: [], coldStarts });
  return coldStarts;
}

async function typesOf(wanted: Wanted): Promise<Table[]> {
  const { measureTypes } = await import("../types/measure.ts");
  const types = measureTypes(wanted);
  for (const table of types) print(`\n${tableText(table)}`);
  keep(wanted, { reports: [], types });
  return types;
}

const contendersFor = (wanted: Wanted, kind: WorkKind, database: Database): string[] =>
  contenderNames(kind, database).filter((name) => isWanted(wanted, name));

/** The bare driver is wanted always, as what the others are measured by. */
function isWanted({ only, skip }: Wanted, name: string): boolean {
  return (only === undefined || name === baseline || only.includes(name)) && !skip.includes(name);
}

/** What stands for less than it seems doesn't replace what a page may be written of. */
function keep(wanted: Wanted, found: Findings): void {
  const { isQuick, isWriting, only, operations, skip } = wanted;
  const isWhole = operations === undefined && only === undefined && skip.length === 0;
  if (isWriting || (isWhole && !isQuick)) keepFindings(found);
}

function printSummary(found: Findings): void {
  const lines = linesOf(found);
  if (lines.length > 0) print(`\n${summaryText(lines)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
