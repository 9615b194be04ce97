/** `plinth check --offline`: whether what is committed is what the project's SQL needs, without a database. */

import type { FoundFacts } from "./describe/statement.ts";
import type { Target } from "./describe/target.ts";
import { codeOf, resolveEntries } from "./check.ts";
import { entriesOf, sourcePlace, type Entry } from "./entries.ts";
import { findInProject } from "./find/project.ts";
import { pathFrom, type CheckedProject, type CheckReport } from "./project.ts";
import { gathered, type Problem } from "./report/problem.ts";
import { foundProblem } from "./report/refusals.ts";
import { fileNameOf, Metadata, METADATA_FOLDER } from "./write/metadata.ts";
import { isModule } from "./write/module.ts";

const RUN = "Run: npx plinth check";

function missing({ sites, text }: Entry, target: Target): Problem {
  const [site] = sites;
  const isNamed = site!.kind !== "text";
  return {
    file: site!.file,
    start: sourcePlace(site!, 0),
    end: sourcePlace(site!, text.length),
    complaints: [
      {
        database: target.family,
        message: isNamed
          ? `"${site!.name}" is new, or has changed since it was checked.`
          : "This SQL isn't checked yet.",
        hint: RUN,
      },
    ],
  };
}

interface OfflineFacts {
  readonly target: Target;
  readonly facts: ReadonlyMap<string, FoundFacts>;
  readonly problems: readonly Problem[];
  readonly faults: readonly string[];
}

function readTarget(target: Target, entries: readonly Entry[], metadata: Metadata): OfflineFacts {
  const { family, hash } = target;
  const facts = new Map<string, FoundFacts>();
  const problems: Problem[] = [];
  for (const entry of entries) {
    const found = metadata.find(family, entry.text);
    if (found === undefined) problems.push(missing(entry, target));
    else facts.set(entry.text, found);
  }
  const known = metadata.schemaHashes()[family];
  const isStale = known !== hash && entries.length > 0;
  const what =
    known === undefined ? "was never checked" : "has other tables than when it was checked";
  return { target, facts, problems, faults: isStale ? [`${family} ${what}. ${RUN}`] : [] };
}

/**
 * Compares the committed metadata and module with the project's SQL, its migrations and its schema. Changes nothing.
 *
 * @throws {MissingPackageError} without a parser for programs.
 */
export async function checkOffline(project: CheckedProject): Promise<CheckReport> {
  const { folder, out, targets } = project;
  const findings = await findInProject(folder, project.find);
  const { entries, problems } = entriesOf(findings.queries);
  const metadata = new Metadata(folder);
  const all = targets.map((target) => readTarget(target, entries, metadata));
  const resolved = resolveEntries(entries, all, project);
  const wanted = new Set(
    targets.flatMap(({ family }) => entries.map(({ text }) => fileNameOf(family, text))),
  );
  const unused = metadata
    .unused(wanted)
    .map((name) => `${METADATA_FOLDER}/${name} is of SQL that isn't there any more. ${RUN}`);
  const wrong = [
    ...[...findings.problems, ...problems].map(foundProblem),
    ...all.flatMap((one) => one.problems),
    ...resolved.problems,
  ];
  // Where a query is missing, the module can't be right.
  const isOld = wrong.length === 0 && !isModule(out, codeOf(project, resolved.queries));
  const module = isOld ? [`${pathFrom(folder, out)} isn't what the queries need. ${RUN}`] : [];
  return {
    problems: gathered(wrong),
    faults: [...all.flatMap(({ faults }) => faults), ...unused, ...module],
    queries: entries.length,
    databases: targets.map(({ family }) => family),
    described: 0,
    written: [],
    removed: [],
  };
}
