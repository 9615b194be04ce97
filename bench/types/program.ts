/**
 * A program of some tables and some queries, for each contender the same: ten columns a table, a foreign key to the table
 * before, a relation to it and one from the table behind. Queries come by four: a join, an insert, an update, and a row
 * with its parent, its children and theirs.
 */
export interface TypeContender {
  readonly name: string;
  readonly title: string;
  /** The tables and a `db`, by their files; `schema.ts` exports what `imports` names. */
  schema(tableCount: number): Readonly<Record<string, string>>;
  /** Before the queries. */
  readonly head: string;
  /** Four functions, about the table of this number, which has one before and two behind. */
  queries(table: number, place: string): string;
  /** The last of the four by itself: an expression whose value is a row, or undefined. */
  tree(table: number): string;
  /** What has to be made of the written files first. */
  readonly prepare?: (folder: URL) => void;
}

export const QUERIES_EACH = 4;

export function filesOf(
  contender: TypeContender,
  tableCount: number,
  queryCount: number,
): Readonly<Record<string, string>> {
  const groups = Array.from({ length: queryCount / QUERIES_EACH }, (_, at) =>
    contender.queries(1 + (at % (tableCount - 3)), String(at)),
  );
  const probe = `export async function probe() {
  const probed = await ${contender.tree(1)};
  return probed?.name;
}
`;
  return {
    ...contender.schema(tableCount),
    "main.ts": [contender.head, ...groups, probe].join("\n"),
    "package.json": JSON.stringify({ type: "module" }),
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        target: "es2024",
        module: "nodenext",
        strict: true,
        skipLibCheck: true,
        noEmit: true,
        allowImportingTsExtensions: true,
        types: ["node"],
        typeRoots: ["../../../node_modules/@types"],
      },
      files: ["main.ts"],
    }),
  };
}

/** The numbers of the tables, and of those that have one before them or behind. */
export function eachTable(count: number, text: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => text(at)).join("\n");
}
