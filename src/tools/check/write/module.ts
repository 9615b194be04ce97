/** The module that is written: the types of all queries for the compiler, and what running them takes. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CHECKED_FORMAT } from "../../../query/checked/format.ts";
import { memberKey, quoteText } from "../../quote.ts";
import type { Entry } from "../entries.ts";
import type { ResolvedQuery } from "../types/resolve.ts";
import { databasesCode, TypeNames } from "./data-code.ts";
import { hashOf } from "./metadata.ts";
import { queryCode, RowNames } from "./type-code.ts";

export interface ModuleOptions {
  readonly queries: readonly { readonly entry: Entry; readonly query: ResolvedQuery }[];
  readonly databases: readonly string[];
  /** Where the module of the schema is, seen from this one; undefined where there is none. */
  readonly schemaPath: string | undefined;
}

type Queries = ModuleOptions["queries"];

/** By their names. */
function named(queries: Queries, kind: "statements" | "tags"): [string, ResolvedQuery][] {
  return queries
    .flatMap(({ entry, query }) =>
      entry[kind].map((name): [string, ResolvedQuery] => [name, query]),
    )
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function interfaceCode(name: string, members: readonly string[], indent: string): string {
  return members.length === 0
    ? `${indent}interface ${name} {}\n`
    : `${indent}interface ${name} {\n${members.map((member) => `${indent}  ${member};\n`).join("")}${indent}}\n`;
}

function typesCode(queries: Queries, rows: RowNames): { globals: string; files: string } {
  const deep = "      ";
  const texts = queries
    .filter(({ entry }) => entry.isText)
    .map(({ entry, query }) => `${quoteText(entry.text)}: ${queryCode(query, rows, deep)}`);
  const member =
    (indent: string) =>
    ([name, query]: [string, ResolvedQuery]): string =>
      `${memberKey(name)}: ${queryCode(query, rows, indent)}`;
  const tags = named(queries, "tags").map(member(deep));
  const files = named(queries, "statements").map(member("  "));
  const inner =
    interfaceCode("Queries", texts, "    ") + interfaceCode("NamedQueries", tags, "    ");
  return {
    globals: `declare global {\n  namespace Plinth {\n${inner}  }\n}\n`,
    files: `export ${interfaceCode("FileQueries", files, "")}`,
  };
}

function object(key: string, members: readonly string[]): string {
  return members.length === 0
    ? `  ${key}: {},\n`
    : `  ${key}: {\n${members.map((member) => `    ${member},\n`).join("")}  },\n`;
}

function dataCode({ databases, queries }: ModuleOptions): string {
  const types = new TypeNames();
  const texts = queries
    .filter(({ entry }) => entry.isText)
    .map(({ entry, query }) => `${quoteText(entry.text)}: ${databasesCode(query, types, "    ")}`);
  const statement = ([name, query]: [string, ResolvedQuery]): string =>
    `${memberKey(name)}: {\n      text: ${quoteText(query.text)},\n      databases: ${databasesCode(query, types, "      ")},\n    }`;
  const tags = named(queries, "tags").map(statement);
  const files = named(queries, "statements").map(statement);
  // Names of types are given in the order in which they are met.
  const known = types.lines("    ").map((line) => line.trim().replace(/,$/, ""));
  return (
    "export const queries: CheckedQueries<FileQueries> = checkedQueries<FileQueries>({\n" +
    `  format: ${CHECKED_FORMAT},\n` +
    `  databases: [${databases.map(quoteText).join(", ")}],\n` +
    `${object("types", known)}${object("texts", texts)}${object("named", tags)}${object("files", files)}});\n`
  );
}

const HEADER = "// Written by `plinth check`. Commit it, and don't edit it. Its text is";
const DIGEST = /^\/\/ Written by `plinth check`\..*Its text is ([\da-f]{16})\.$/m;

/** The whole text. Its digest stands in it, as formatters may lay it out in their own way. */
export function moduleCode(options: ModuleOptions): string {
  const rows = new RowNames();
  const { files, globals } = typesCode(options.queries, rows);
  const aliases = options.schemaPath === undefined ? [] : rows.lines("declared");
  const imports =
    aliases.length === 0
      ? ['import { checkedQueries, type CheckedQueries } from "plinth";']
      : [
          'import { checkedQueries, type CheckedQueries, type RowOf } from "plinth";',
          `import type * as declared from ${quoteText(options.schemaPath!)};`,
        ];
  const blocks = [imports.join("\n"), ...(aliases.length === 0 ? [] : [aliases.join("\n")])];
  const body = `${blocks.join("\n\n")}\n\n${globals}\n${files}\n${dataCode(options)}`;
  return `${HEADER} ${hashOf(body).slice(0, 16)}.\n${body}`;
}

/** What a formatter leaves as it is. */
function essence(text: string): string {
  return text.replaceAll(/[\s"'`,;()|]/g, "");
}

/** Whether a file is the module, however a formatter laid it out. */
export function isModule(file: string, code: string): boolean {
  if (!existsSync(file)) return false;
  const found = readFileSync(file, "utf8");
  return DIGEST.exec(found)?.[1] === DIGEST.exec(code)?.[1] && essence(found) === essence(code);
}

/** @returns Whether it was another one. */
export function writeModule(file: string, code: string): boolean {
  if (isModule(file, code)) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  return true;
}
