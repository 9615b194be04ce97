/**
 * Lets V8 compile at once those functions that each start calls. Others it only reads at first, to find their ends, and
 * reads them again when they are called, each for itself, which costs more than what they do. It takes a function in
 * parentheses for one that is called at once.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseAst } from "rolldown/parseAst";
import { rearrange, type Chunk, type Piece } from "./rearrange.ts";

/** From the first line of a program to the first row that it reads, of a table that each file of SQLite has. */
const START = `
  const { connect, integer, table, text } = await import(process.argv[1]);
  const objects = table("sqlite_schema", { name: text().primaryKey(), rootpage: integer() });
  const db = await connect("sqlite::memory:");
  await db.from(objects).find("none");
`;

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly [
        { readonly startOffset: number; readonly endOffset: number; readonly count: number },
      ];
    }[];
  }[];
}

/** By the URL of a file the ranges of the functions in it that are called, as `start:end`. */
export type CalledFunctions = ReadonlyMap<string, ReadonlySet<string>>;

/** Starts a program with what is built. */
export function calledAtStart(entry: string): CalledFunctions {
  const folder = mkdtempSync(join(tmpdir(), "plinth-start-"));
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--no-warnings", "--input-type=module", "--eval", START, pathToFileURL(entry).href],
      { encoding: "utf8", env: { ...process.env, NODE_ENV: "", NODE_V8_COVERAGE: folder } },
    );
    if (status !== 0) throw new Error(`What is built doesn't start.\n${stderr}`);
    const [file] = readdirSync(folder);
    const { result } = JSON.parse(readFileSync(join(folder, file!), "utf8")) as Coverage;
    return new Map(
      result.map(({ functions, url }) => {
        const called = functions.filter(({ ranges }) => ranges[0].count > 0);
        return [
          url,
          new Set(called.map(({ ranges: [all] }) => `${all.startOffset}:${all.endOffset}`)),
        ];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts functions of a file in parentheses, before all that may call them, as declarations of functions are there at once. */
export function compiledAtOnce(chunk: Chunk, called: ReadonlySet<string> | undefined): Chunk {
  if (called === undefined) return chunk;
  const first: Piece[] = [];
  const rest: Piece[] = [];
  let head = 0;
  let end = 0;
  for (const node of parseAst(chunk.code).body) {
    if (node.type === "ImportDeclaration") head = node.end;
    if (node.type !== "FunctionDeclaration" || !called.has(`${node.start}:${node.end}`)) continue;
    first.push(`${first.length === 0 ? "var " : ","}${node.id!.name}=(`, node, ")");
    rest.push({ start: end, end: node.start });
    end = node.end;
  }
  if (first.length === 0) return chunk;
  rest.push({ start: end, end: chunk.code.length });
  const [beginning, ...others] = rest as { start: number; end: number }[];
  return rearrange(chunk, [
    { start: 0, end: head },
    ...first,
    ";",
    { start: head, end: beginning!.end },
    ...others,
  ]);
}
