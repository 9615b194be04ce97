/** Sections as modules: what each imports, and its text. */

import type { Code } from "./code.ts";
import type { Entities, Section } from "./entities.ts";
import { formatCode } from "./format.ts";
import { WORDS } from "./identifiers.ts";
import { commentLine } from "./quote.ts";

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

const NOTES_HEAD = "// In the database, and left alone by Plinth:";

/** Names that a piece of code takes from elsewhere: words of Plinth, and constants. */
function namesIn(piece: Code, found: Set<string>): void {
  switch (piece.kind) {
    case "text": {
      const name = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(piece.text)?.[0];
      if (name !== undefined) found.add(name);
      return;
    }
    case "object":
      for (const { value } of piece.members) namesIn(value, found);
      return;
    case "array":
      for (const item of piece.items) namesIn(item, found);
      return;
    case "arrow":
      namesIn(piece.body, found);
      return;
    case "chain":
      if (piece.root !== undefined) found.add(piece.root);
      else {
        const [name = "", parameter] = (piece.calls[0]?.name ?? "").split(/[<>]/);
        found.add(name);
        if (parameter !== undefined && TYPES.has(parameter)) found.add(parameter);
      }
      for (const { arguments: given } of piece.calls) for (const one of given) namesIn(one, found);
  }
}

const TYPES = new Set(["StoredValue"]);

function importLine(names: readonly string[], from: string): string {
  const specifiers = names.map((name) => (TYPES.has(name) ? `type ${name}` : name));
  const line = `import { ${specifiers.join(", ")} } from "${from}";`;
  return line.length <= 100
    ? line
    : `import {\n${specifiers.map((name) => `  ${name},\n`).join("")}} from "${from}";`;
}

/** What code takes from `plinth`, sorted. */
function wordsIn(pieces: readonly Code[]): string[] {
  const found = new Set<string>();
  for (const piece of pieces) namesIn(piece, found);
  return [...found].filter((name) => WORDS.has(name) || TYPES.has(name)).toSorted(byName);
}

function byName(one: string, other: string): number {
  const [left, right] = [one.toLowerCase(), other.toLowerCase()];
  return left < right ? -1 : Number(left > right);
}

function noteLines(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : [NOTES_HEAD, ...notes.map((note) => commentLine(`- ${note}`))];
}

function sectionText({ code, constant, notes }: Section): string {
  const statement = `${formatCode(code, `export const ${constant} = `, 1)};`;
  return [...noteLines(notes), statement].join("\n");
}

/** Everything in one module. */
export function writeModule({ schema, shared, tables }: Entities): string {
  const sections = [...shared, ...tables, schema];
  const words = wordsIn(sections.map((section) => section.code));
  const texts = sections.map(sectionText);
  return [[...HEADER, importLine(words, "plinth")].join("\n"), ...texts].join("\n\n") + "\n";
}

/** `invoiceLine` is in `invoice-line.ts`. */
function fileNames(constants: readonly string[]): Map<string, string> {
  const taken = new Set(["index", "types"]);
  const names = new Map<string, string>();
  for (const constant of constants) {
    const stem = constant
      .replaceAll(/(?<=[\p{Ll}\p{N}])\p{Lu}/gu, (letter) => `-${letter}`)
      .toLowerCase();
    let name = stem;
    for (let count = 2; taken.has(name); count++) name = `${stem}-${count}`;
    taken.add(name);
    names.set(constant, name);
  }
  return names;
}

/** A module for each table, one for what they share, and one for the schema. */
export function writeModules({ schema, shared, tables }: Entities): EntityFile[] {
  const files = fileNames(tables.map(({ constant }) => constant));
  for (const { constant } of shared) files.set(constant, "types");
  const write = (path: string, sections: readonly Section[]): EntityFile => {
    const pieces = sections.map((section) => section.code);
    const found = new Set<string>();
    for (const piece of pieces) namesIn(piece, found);
    const own = new Set(sections.map(({ constant }) => constant));
    const outside = new Map<string, string[]>();
    for (const name of [...found].toSorted(byName)) {
      const file = own.has(name) ? undefined : files.get(name);
      if (file !== undefined) outside.set(file, [...(outside.get(file) ?? []), name]);
    }
    const words = wordsIn(pieces);
    const imports = [
      ...(words.length === 0 ? [] : [importLine(words, "plinth")]),
      ...[...outside]
        .toSorted(([one], [other]) => byName(one, other))
        .map(([file, names]) => importLine(names, `./${file}.ts`)),
    ];
    const exported = sections.includes(schema)
      ? [
          [...new Set(files.values())]
            .toSorted(byName)
            .map((file) => `export * from "./${file}.ts";`)
            .join("\n"),
        ]
      : [];
    const texts = sections.map(sectionText);
    const text = [[...HEADER, ...imports].join("\n"), ...exported, ...texts].join("\n\n") + "\n";
    return { path: `${path}.ts`, text };
  };
  return [
    ...(shared.length === 0 ? [] : [write("types", shared)]),
    ...tables.map((section) => write(files.get(section.constant)!, [section])),
    write("index", [schema]),
  ];
}
