/** `plinth check`: describes what is new, and writes the module and the metadata. */

import {
  ConnectionError,
  ConfigError,
  DbError,
  MissingPackageError,
  UnsupportedError,
} from "../../core/error.ts";
import { onDescribed, type Described } from "./describe/open.ts";
import { describeStatement, type FoundFacts } from "./describe/statement.ts";
import type { Target } from "./describe/target.ts";
import { entriesOf, type Entry } from "./entries.ts";
import { findInProject } from "./find/project.ts";
import {
  faultOf,
  importPath,
  pathFrom,
  type CheckedProject,
  type CheckReport,
  type DescribingProject,
} from "./project.ts";
import { gathered, type Problem } from "./report/problem.ts";
import { foundProblem, problemOf } from "./report/refusals.ts";
import { resolveQuery, type DatabaseFacts } from "./types/resolve.ts";
import { fileNameOf, Metadata, METADATA_FOLDER } from "./write/metadata.ts";
import { moduleCode, writeModule, type ModuleOptions } from "./write/module.ts";

/** What one database said of all queries. */
interface TargetFacts {
  readonly target: Target;
  readonly facts: ReadonlyMap<string, FoundFacts>;
  /** Those that it was asked about now. */
  readonly fresh: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  /** Why it couldn't be asked. What it said before stands, then. */
  readonly fault: string | undefined;
}

async function describeAll(
  missing: readonly Entry[],
  { family, dialect }: Target,
  { describe, model }: Described,
  facts: Map<string, FoundFacts>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const entry of missing) {
    try {
      facts.set(entry.text, await describeStatement(entry.text, dialect.lexis, model, describe));
    } catch (error) {
      if (!(error instanceof DbError) || error instanceof ConnectionError) throw error;
      problems.push(problemOf(entry, error, family, model));
    }
  }
  return problems;
}

/** Whether a database couldn't be asked, which says nothing of the queries. */
function isUnreachable(error: unknown): error is DbError {
  return [ConfigError, ConnectionError, MissingPackageError, UnsupportedError].some(
    (kind) => error instanceof kind,
  );
}

async function askTarget(
  project: DescribingProject,
  target: Target,
  entries: readonly Entry[],
  metadata: Metadata,
): Promise<TargetFacts> {
  const { family, hash } = target;
  const isCurrent = !project.isAskedAgain && metadata.schemaHashes()[family] === hash;
  const facts = new Map<string, FoundFacts>();
  for (const { text } of entries) {
    const known = metadata.find(family, text);
    if (known !== undefined) facts.set(text, known);
  }
  const missing = entries.filter(({ text }) => !isCurrent || !facts.has(text));
  const fresh = new Set(missing.map(({ text }) => text));
  if (missing.length === 0) return { target, facts, fresh, problems: [], fault: undefined };
  const found = new Map<string, FoundFacts>();
  try {
    const problems = await onDescribed(target, project.placesOf(target), (described) =>
      describeAll(missing, target, described, found),
    );
    for (const text of fresh) facts.delete(text);
    for (const [text, own] of found) facts.set(text, own);
    return { target, facts, fresh, problems, fault: undefined };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return { target, facts, fresh: new Set(), problems: [], fault: faultOf(family, error) };
  }
}

type Resolved = ModuleOptions["queries"][number];

/** Those of which all databases have said something. */
export function resolveEntries(
  entries: readonly Entry[],
  all: readonly Pick<TargetFacts, "facts" | "target">[],
  { declared }: CheckedProject,
): { readonly queries: readonly Resolved[]; readonly problems: readonly Problem[] } {
  const queries: Resolved[] = [];
  const problems: Problem[] = [];
  for (const entry of entries) {
    const found = all.flatMap(({ facts, target }): DatabaseFacts[] => {
      const own = facts.get(entry.text);
      return own === undefined
        ? []
        : [{ database: target.family, lexis: target.dialect.lexis, facts: own }];
    });
    if (found.length < all.length || all.length === 0) continue;
    try {
      queries.push({ entry, query: resolveQuery(entry.text, found, declared) });
    } catch (error) {
      if (!(error instanceof DbError)) throw error;
      problems.push(problemOf(entry, error, undefined, undefined));
    }
  }
  return { queries, problems };
}

export function codeOf(
  { out, schemaFile, targets }: CheckedProject,
  queries: readonly Resolved[],
): string {
  return moduleCode({
    queries,
    databases: targets.map(({ family }) => family),
    schemaPath: schemaFile && importPath(out, schemaFile),
  });
}

/** What was said before and holds no more is dropped. */
function writeMetadata(
  all: readonly TargetFacts[],
  entries: readonly Entry[],
  metadata: Metadata,
): { readonly written: readonly string[]; readonly removed: readonly string[] } {
  const before = metadata.schemaHashes();
  const written: string[] = [];
  const wanted = new Set<string>();
  const hashes: Record<string, string> = {};
  for (const { facts, fault, fresh, target } of all) {
    const { family, hash } = target;
    const own = fault === undefined ? hash : before[family];
    if (own !== undefined) hashes[family] = own;
    for (const { text } of entries) {
      const found = facts.get(text);
      if (found === undefined) continue;
      const name = fileNameOf(family, text);
      wanted.add(name);
      if (fresh.has(text) && metadata.write(family, text, found)) written.push(name);
    }
  }
  if (metadata.writeSchema(hashes)) written.push("schema.json");
  const removed = metadata.unused(wanted);
  for (const name of removed) metadata.drop(name);
  const inFolder = (name: string): string => `${METADATA_FOLDER}/${name}`;
  return { written: written.map(inFolder), removed: removed.map(inFolder) };
}

/**
 * Checks all SQL of a project on its databases. What is right is written, whatever else is wrong.
 *
 * @throws {MissingPackageError} without a parser for programs.
 * @throws {MigrationError} for a migration that fails in an empty database.
 */
export async function check(project: DescribingProject): Promise<CheckReport> {
  const findings = await findInProject(project.folder, project.find);
  const { entries, problems } = entriesOf(findings.queries);
  const metadata = new Metadata(project.folder);
  const all: TargetFacts[] = [];
  for (const target of project.targets)
    all.push(await askTarget(project, target, entries, metadata));
  const resolved = resolveEntries(entries, all, project);
  const files = writeMetadata(all, entries, metadata);
  const isWritten = writeModule(project.out, codeOf(project, resolved.queries));
  return {
    problems: gathered([
      ...[...findings.problems, ...problems].map(foundProblem),
      ...all.flatMap((one) => one.problems),
      ...resolved.problems,
    ]),
    faults: all.flatMap(({ fault }) => fault ?? []),
    queries: entries.length,
    databases: project.targets.map(({ family }) => family),
    described: all.reduce((sum, { fresh }) => sum + fresh.size, 0),
    written: [...(isWritten ? [pathFrom(project.folder, project.out)] : []), ...files.written],
    removed: files.removed,
  };
}
