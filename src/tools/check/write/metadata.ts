/** What databases said, kept in `.plinth/queries` and committed: one file for each query and database. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LogicalType } from "../../../ast/logical-type.ts";
import type { ColumnOrigin } from "../../../dialect/server/description.ts";
import type { FoundFacts } from "../describe/statement.ts";

/** The folder, seen from the project's. */
export const METADATA_FOLDER = ".plinth/queries";
const SCHEMA_FILE = "schema.json";

/** Another one, and what was written before is described again. */
const FORMAT = 1;

interface WrittenColumn {
  readonly name: string;
  readonly type: LogicalType | null;
  readonly nullable: boolean;
  readonly compared?: true;
  readonly from?: ColumnOrigin;
}

interface WrittenFacts {
  readonly format: number;
  readonly database: string;
  /** Of the text. */
  readonly hash: string;
  readonly text: string;
  readonly parameters: readonly WrittenColumn[];
  readonly columns: readonly WrittenColumn[];
  /** Absent where nobody can tell. */
  readonly reads?: readonly string[] | undefined;
  readonly writes?: readonly string[] | undefined;
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Its first words, so that a person finds it, and the beginning of its hash. */
export function fileNameOf(database: string, text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9_]+/g) ?? [];
  let stem = "";
  for (const word of words) {
    if (stem.length + word.length > 40) break;
    stem += `${word}-`;
  }
  return `${stem}${hashOf(text).slice(0, 12)}.${database}.json`;
}

function textOfFacts(
  database: string,
  text: string,
  { columns, parameters, reads, writes }: FoundFacts,
): string {
  const write = (
    one: FoundFacts["columns"][number] | FoundFacts["parameters"][number],
  ): WrittenColumn => ({
    name: one.name,
    type: one.type ?? null,
    nullable: one.isNullable,
    ...("isCompared" in one && one.isCompared && { compared: true }),
    ...(one.origin !== undefined && { from: one.origin }),
  });
  const written: WrittenFacts = {
    format: FORMAT,
    database,
    hash: hashOf(text),
    text,
    parameters: parameters.map(write),
    columns: columns.map(write),
    ...(reads !== undefined && { reads }),
    ...(writes !== undefined && { writes }),
  };
  return jsonOf(written);
}

/** A line for each member, and for each item of a list: what changes is to be seen. */
function jsonOf(value: object): string {
  const members = Object.entries(value).map(([key, own]) => {
    const items = Array.isArray(own) && own.length > 0 ? own : undefined;
    const lines = items?.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
    return `  ${JSON.stringify(key)}: ${lines === undefined ? JSON.stringify(own) : `[\n${lines}\n  ]`}`;
  });
  return `{\n${members.join(",\n")}\n}\n`;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function read({
  compared,
  from,
  name,
  nullable,
  type,
}: WrittenColumn): FoundFacts["parameters"][number] {
  return {
    name,
    type: type ?? undefined,
    isNullable: nullable,
    isCompared: compared === true,
    origin: from && { schema: from.schema, table: from.table, column: from.column },
  };
}

/** The folder of one project. What is in it and isn't of this format, or was edited, is as if it weren't there. */
export class Metadata {
  readonly #folder: string;

  constructor(project: string) {
    this.#folder = join(project, METADATA_FOLDER);
  }

  /** Of the tables that the facts are of, by databases. */
  schemaHashes(): Readonly<Record<string, string>> {
    const found = Object(parse(join(this.#folder, SCHEMA_FILE))) as Record<string, unknown>;
    return found["format"] === FORMAT ? (found["databases"] as Record<string, string>) : {};
  }

  find(database: string, text: string): FoundFacts | undefined {
    const found = parse(join(this.#folder, fileNameOf(database, text))) as WrittenFacts | undefined;
    const isIts =
      found?.format === FORMAT &&
      found.hash === hashOf(text) &&
      found.text === text &&
      found.database === database;
    if (!isIts) return undefined;
    const { columns, parameters, reads, writes } = found;
    return { parameters: parameters.map(read), columns: columns.map(read), reads, writes };
  }

  /** The names of the files that are there. */
  files(): string[] {
    return existsSync(this.#folder)
      ? readdirSync(this.#folder)
          .filter((name) => name.endsWith(".json"))
          .toSorted()
      : [];
  }

  /** @returns Whether anything is another than it was. */
  writeSchema(databases: Readonly<Record<string, string>>): boolean {
    return this.#write(SCHEMA_FILE, jsonOf({ format: FORMAT, databases }));
  }

  /** @returns As `writeSchema`. */
  write(database: string, text: string, facts: FoundFacts): boolean {
    return this.#write(fileNameOf(database, text), textOfFacts(database, text, facts));
  }

  /** What is there and isn't wanted. */
  unused(wanted: ReadonlySet<string>): string[] {
    return this.files().filter((name) => name !== SCHEMA_FILE && !wanted.has(name));
  }

  drop(name: string): void {
    rmSync(join(this.#folder, name), { force: true });
  }

  #write(name: string, text: string): boolean {
    const file = join(this.#folder, name);
    if (existsSync(file) && readFileSync(file, "utf8").replaceAll("\r\n", "\n") === text)
      return false;
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(file, text);
    return true;
  }
}
