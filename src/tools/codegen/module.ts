/** Sections as modules: what each imports, and its text. */

import type { Entities, Section } from "./entities.ts";
import { formatCode } from "./format.ts";
import { byName, importLine, namesIn, wordsIn } from "./imports.ts";
import { noteLines } from "./notes.ts";

export interface EntityFile {
  /** Seen from the folder of all of them. */
  readonly path: string;
  readonly text: string;
}

const HEADER: readonly string[] = [
  "// Written by `plinth entities` from a live database. What you change here stays: a run of it merges what",
  "// the database has by table and column. The guide, `entities.md`, tells how.",
];

/** Whether a module begins as those that are written here. */
export function isWritten(text: string): boolean {
  return /^\s*\/\/ Written by `plinth entities`/.test(text);
}

export function sectionText({ code, constant, notes }: Section): string {
  const statement = `${formatCode(code, `export const ${constant} = `, 1)};`;
  return [...noteLines(notes), statement].join("\n");
}

/** Where a module finds another one. */
export function specifierOf(path: string): string {
  return `./${path}`;
}

/**
 * The text of a module.
 *
 * @param homes The paths of the modules that declare constants.
 * @param exported Modules whose exports are its own, too.
 */
function moduleText(
  sections: readonly Section[],
  homes: ReadonlyMap<string, string>,
  exported: readonly string[] = [],
): string {
  const pieces = sections.map((section) => section.code);
  const found = new Set<string>();
  for (const piece of pieces) namesIn(piece, found);
  const own = new Set(sections.map(({ constant }) => constant));
  const outside = new Map<string, string[]>();
  for (const name of found) {
    const home = own.has(name) ? undefined : homes.get(name);
    if (home !== undefined) outside.set(home, [...(outside.get(home) ?? []), name]);
  }
  const words = wordsIn(pieces);
  const imports = [
    ...(words.length === 0 ? [] : [importLine(words, "plinth")]),
    ...[...outside]
      .toSorted(([one], [other]) => byName(one, other))
      .map(([path, names]) => importLine(names, specifierOf(path))),
  ];
  const exports = exported.map((path) => `export * from "${specifierOf(path)}";`);
  const blocks = [
    [...HEADER, ...imports].join("\n"),
    ...(exports.length === 0 ? [] : [exports.join("\n")]),
    ...sections.map(sectionText),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** Everything in one module. */
export function writeModule({ schema, shared, tables }: Entities): string {
  return moduleText([...shared, ...tables, schema], new Map());
}

export const SHARED_FILE = "types.ts";
export const SCHEMA_FILE = "index.ts";

/**
 * `invoiceLine` is in `invoice-line.ts`.
 *
 * @param taken The paths that there are.
 */
function filesOf(constants: readonly string[], taken: Iterable<string>): Map<string, string> {
  const paths = new Set([SHARED_FILE, SCHEMA_FILE, ...taken]);
  const files = new Map<string, string>();
  for (const constant of constants) {
    const stem = constant
      .replaceAll(/(?<=[\p{Ll}\p{N}])\p{Lu}/gu, (letter) => `-${letter}`)
      .toLowerCase();
    let path = `${stem}.ts`;
    for (let count = 2; paths.has(path); count++) path = `${stem}-${count}.ts`;
    paths.add(path);
    files.set(constant, path);
  }
  return files;
}

/**
 * A module for each table, and one for what they share.
 *
 * @param known The paths of the modules that declare constants already.
 */
export function writeTableModules(
  { shared, tables }: Pick<Entities, "shared" | "tables">,
  known: ReadonlyMap<string, string> = new Map(),
): { readonly files: readonly EntityFile[]; readonly homes: ReadonlyMap<string, string> } {
  const own = filesOf(
    tables.map(({ constant }) => constant),
    known.values(),
  );
  const homes = new Map([...known, ...own]);
  for (const { constant } of shared) homes.set(constant, SHARED_FILE);
  const files = [
    ...(shared.length === 0 ? [] : [{ path: SHARED_FILE, text: moduleText(shared, homes) }]),
    ...tables.map((section) => ({
      path: homes.get(section.constant)!,
      text: moduleText([section], homes),
    })),
  ];
  return { files, homes };
}

/** A module for each table, one for what they share, and one for the schema. */
export function writeModules(entities: Entities): EntityFile[] {
  const { files, homes } = writeTableModules(entities);
  const exported = [...new Set(homes.values())].toSorted(byName);
  const text = moduleText([entities.schema], homes, exported);
  return [...files, { path: SCHEMA_FILE, text }];
}
