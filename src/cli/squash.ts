import { existsSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { parseArgs } from "node:util";
import { schemeOf } from "../connect/environment.ts";
import { ConfigError, MigrationError } from "../core/error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { createScratch, dialectOf } from "../entry/main.ts";
import { familyOf } from "../migrate/diff/plan.ts";
import { modelOfDatabase } from "../migrate/drift/mending.ts";
import { filesOfMigration, readFolder } from "../migrate/folder.ts";
import { filesOf, writeFiles } from "../migrate/generate.ts";
import { compareNames } from "../migrate/migration.ts";
import { readChain, type Head } from "../migrate/snapshot/heads.ts";
import { writeSnapshot, type Snapshot } from "../migrate/snapshot/snapshot.ts";
import {
  nameOfSquashed,
  rechained,
  squashable,
  squashSide,
  writesRows,
  type SquashedSide,
} from "../migrate/squash/plan-squash.ts";
import type { Transaction } from "../query/client.ts";
import { proveSquash, type Proof } from "../tools/prove-squash.ts";
import {
  commonOptions,
  connectProject,
  loadProject,
  snapshotFolder,
  migrationSettings,
  placedUrl,
  placedUrlIfAny,
  type Project,
} from "./context.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

const options = {
  ...commonOptions,
  to: { type: "string" },
  name: { type: "string" },
  keep: { type: "string", multiple: true },
  drop: { type: "string", multiple: true },
  prove: { type: "string", multiple: true },
  database: { type: "string", multiple: true },
  "dry-run": { type: "boolean" },
} as const;

type Options = ReturnType<typeof parse>["values"];

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options });
}

interface Work {
  readonly options: Options;
  readonly terminal: Terminal;
  readonly project: Project;
}

/** What is done in one folder, once all is proven. */
interface FolderWork {
  readonly folder: string;
  readonly name: string;
  readonly sides: readonly SquashedSide<Transaction>[];
  readonly snapshot: Snapshot;
  readonly later: readonly Head[];
  /** Those whose files go. */
  readonly replaced: readonly string[];
  /** Those that stay, of which only the snapshot goes. */
  readonly kept: readonly string[];
}

/** `plinth migrate squash` */
export async function squashCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<void> {
  const { values } = parse(argv);
  const project = await loadProject(values, cwd);
  const work: Work = { options: values, terminal, project };
  const settings = migrationSettings(project);
  const products = values.database ?? settings.databases ?? [schemeOf(placedUrl(values, project))];
  const folders = new Map<string, Dialect[]>();
  for (const product of products) {
    const dialect = await dialectOf(product);
    const folder = snapshotFolder(project, dialect.migrations.families, "plinth migrate squash");
    folders.set(folder, [...(folders.get(folder) ?? []), dialect]);
  }
  const planned: FolderWork[] = [];
  for (const [folder, dialects] of folders) planned.push(await plan(folder, dialects, work));
  const proofs = new Map<SquashedSide<Transaction>, Proof>();
  for (const { sides, snapshot } of planned)
    for (const side of sides) proofs.set(side, await prove(side, snapshot, work));
  if (values["dry-run"] === true) return showSql(planned, work);
  for (const one of planned) write(one, work, proofs);
}

async function plan(folder: string, dialects: readonly Dialect[], work: Work): Promise<FolderWork> {
  const { drop = [], keep = [], name: stem = "squashed", to } = work.options;
  const settings = migrationSettings(work.project);
  const [first] = dialects;
  const all = await readFolder<Transaction>(folder, first!.migrations.families);
  const range = squashable(all, to);
  const last = range.at(-1)!.name;
  const chain = readChain(folder);
  const at = chain.findLastIndex((head) => compareNames(head.name, last) <= 0);
  const head = chain[at];
  if (head === undefined) {
    throw new ConfigError(`No snapshot tells what the migrations up to "${last}" make.`, {
      hint: `Write it: \`plinth migrate snapshot ${last}\`.`,
    });
  }
  const name = nameOfSquashed(
    range[0]!.name,
    stem,
    all.map((migration) => migration.name),
  );
  const snapshot = { ...head.snapshot, prevHash: null };
  const sides: SquashedSide<Transaction>[] = [];
  for (const dialect of dialects) {
    const own = await readFolder<Transaction>(folder, dialect.migrations.families);
    const before = squashable(own, last);
    const isTolerant = settings.ifExists === true;
    sides.push(squashSide(name, before, snapshot, dialect, { drop, keep, isTolerant }));
  }
  const kept = sides[0]!.after.slice(1).map((migration) => migration.name);
  return {
    folder,
    name,
    sides,
    snapshot,
    later: rechained(snapshot, chain.slice(at + 1)),
    replaced: range.map((migration) => migration.name).filter((one) => !kept.includes(one)),
    kept,
  };
}

/** Where the proof is led: at the project's own database, where `--prove` says, or in this process. */
async function urlFor(
  { after, before, dialect }: SquashedSide<Transaction>,
  { options, project }: Work,
): Promise<string> {
  const family = familyOf(dialect);
  for (const url of [placedUrlIfAny(options, project), ...(options.prove ?? [])])
    if (url !== undefined && familyOf(await dialectOf(schemeOf(url))) === family) return url;
  const texts = [...before, ...after].flatMap(({ up }) => up.sql ?? []);
  const url = dialect.migrations.inProcess?.(texts);
  if (url !== undefined) return url;
  throw new ConfigError(`Nothing is known of a server of ${family} to prove the squash on.`, {
    hint: `Name one by --prove ${family}://…; scratch databases are made on it, and dropped.`,
  });
}

async function prove(
  side: SquashedSide<Transaction>,
  snapshot: Snapshot,
  work: Work,
): Promise<Proof> {
  const { drop = [] } = work.options;
  const url = await urlFor(side, work);
  const proof = await proveSquash(side, modelOfDatabase(snapshot, side.dialect), {
    createScratch: () => createScratch(url),
    connect: (scratch) => connectProject({}, work.project, scratch),
  });
  const { differences, rows } = proof;
  if (differences.length > 0) {
    throw new MigrationError(
      "E_MIGRATION_CONFLICT",
      `On ${familyOf(side.dialect)} the squashed migration makes something else: ${differences.slice(0, 5).join("; ")}${differences.length > 5 ? `; and ${differences.length - 5} more` : ""}. Nothing was written.`,
      {
        hint: "What SQL by hand makes stands in no snapshot: squash up to the one before it by --to NAME, or run `plinth migrate snapshot` where it makes tables.",
      },
    );
  }
  if (rows.length > 0 && drop.length === 0) {
    const writers = side.before.filter((migration) => writesRows(migration, side.dialect));
    const told = rows.map(
      ({ after, before, table }) => `${table} has ${before}, and ${after} then`,
    );
    throw new MigrationError(
      "E_MIGRATION_CONFLICT",
      `On ${familyOf(side.dialect)} a new database would have other rows: ${told.join("; ")}. Nothing was written.`,
      {
        hint: `${writers.map((migration) => migration.name).join(", ") || "Code"} wrote them. For each say --keep NAME, so that new databases have them too, or --drop NAME.`,
      },
    );
  }
  return proof;
}

function showSql(planned: readonly FolderWork[], { options, terminal }: Work): void {
  const texts = planned.flatMap(({ name, replaced, sides }) =>
    sides.map(({ dialect, side }) => ({
      migration: name,
      replaces: replaced,
      database: familyOf(dialect),
      up: side.upText,
      down: side.downText,
    })),
  );
  if (options.json === true) return printJson(terminal, texts);
  for (const { database, down, up } of texts)
    terminal.stdout.write(`-- ${database}, up\n${up}\n-- ${database}, down\n${down}\n`);
}

function write(
  { folder, kept, later, name, replaced, sides, snapshot }: FolderWork,
  { options, project, terminal }: Work,
  proofs: ReadonlyMap<SquashedSide<Transaction>, Proof>,
): void {
  const { down, layout = "folders" } = migrationSettings(project);
  const generated = sides.map(({ side }) => side);
  const files = filesOf(name, generated, snapshot, { layout, hasDown: down !== false });
  const paths = writeFiles(folder, files).map((path) => relative(project.folder, path));
  for (const head of later) writeFileSync(head.file, writeSnapshot(head.snapshot));
  for (const one of replaced) remove(filesOfMigration(folder, one));
  for (const one of kept)
    remove(filesOfMigration(folder, one).filter((file) => file.endsWith("snapshot.json")));
  const proven = sides.map((side) => ({
    database: familyOf(side.dialect),
    tables: proofs.get(side)?.tableCount ?? 0,
    rows: proofs.get(side)?.rows ?? [],
  }));
  if (options.json === true)
    return printJson(terminal, { migration: name, files: paths, replaced, kept, proven });
  const paint = painter(terminal);
  for (const path of paths) terminal.stdout.write(`${paint("green", "wrote")}    ${path}\n`);
  for (const one of replaced) terminal.stdout.write(`${paint("yellow", "removed")}  ${one}\n`);
  for (const one of kept) terminal.stdout.write(`kept     ${one}\n`);
  for (const { database, rows, tables } of proven) {
    terminal.stdout.write(`proven on ${database}: both make the same ${tables} tables\n`);
    for (const { after, before, table } of rows)
      terminal.stdout.write(`  ${table} has ${after} rows in a new database, and had ${before}\n`);
  }
}

/** A folder goes once nothing is in it. */
function remove(files: readonly string[]): void {
  for (const file of files) rmSync(file);
  for (const folder of new Set(files.map(dirname)))
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
