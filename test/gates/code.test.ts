import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { writeTypeBudget } from "../../scripts/gates/type-cost.ts";
import { root } from "../../scripts/prepare.mjs";
import { changed, manifestWith, plant, uproot } from "./planted.ts";

afterAll(uproot);

/** A gate, what is planted into a clean project, and what the gate must then say. */
interface Violation {
  readonly gate: string;
  readonly title: string;
  readonly files: Readonly<Record<string, string | undefined>>;
  readonly says: RegExp;
}

const clean = ["types", "lint", "format", "floors", "dead-code", "architecture"];

const importOf = (path: string) => `import { joinWords } from "${path}";

export const nothing: string = joinWords([]);
`;

const violations: readonly Violation[] = [
  {
    gate: "types",
    title: "an error of types",
    files: { "src/core/word.ts": `export const word: number = "one";\n` },
    says: /src\/core\/word\.ts\(1,14\): error TS2322/,
  },
  {
    gate: "types",
    title: "an export that does not say its type",
    files: {
      "src/core/word.ts": `export const joinWords = (words: readonly string[]) => words.join();\n`,
    },
    says: /src\/core\/word\.ts\(1,\d+\): error TS90/,
  },
  {
    gate: "types",
    title: "a file that the configuration leaves out",
    files: changed("tsconfig.json", (text) => text.replace(`"src", `, `"src/entry", `)),
    says: /src\/cli\/main\.ts: was not read/,
  },
  {
    gate: "types",
    title: "a configuration that reads nothing",
    files: changed("tsconfig.json", (text) => text.replace(/"include": \[.*\]/, `"include": []`)),
    says: /nothing was read/,
  },
  {
    gate: "lint",
    title: "a circle of types",
    files: {
      "src/core/a.ts": `import type { B } from "./b.ts";\n\nexport interface A {\n  readonly b?: B;\n}\n`,
      "src/core/b.ts": `import type { A } from "./a.ts";\n\nexport interface B {\n  readonly a?: A;\n}\n`,
    },
    says: /import\(no-cycle\)/,
  },
  {
    gate: "lint",
    title: "a promise that nobody awaits",
    files: {
      "src/core/later.ts": `export async function later(): Promise<void> {}\n\nexport function now(): void {\n  later();\n}\n`,
    },
    says: /later\.ts:4: .*no-floating-promises/,
  },
  {
    gate: "lint",
    title: "a query that nobody awaits",
    files: {
      "src/core/query.ts": `interface Query {
  then(done: (rows: readonly string[]) => void, failed: (error: unknown) => void): void;
}

export function run(query: () => Query): void {
  query();
}
`,
    },
    says: /query\.ts:6: .*no-floating-promises/,
  },
  {
    gate: "lint",
    title: "a file name that is not in kebab case",
    files: { "src/core/tableName.ts": `export const word = "one";\n` },
    says: /filename-case/,
  },
  {
    gate: "lint",
    title: "a configuration that reads nothing",
    files: changed(".oxlintrc.json", (text) => text.replace("{", `{ "ignorePatterns": ["**"],`)),
    says: /nothing was read|No files found/,
  },
  {
    gate: "lint",
    title: "a folder that the configuration leaves out",
    files: changed(".oxlintrc.json", (text) =>
      text.replace("{", `{ "ignorePatterns": ["src/core/**"],`),
    ),
    says: /files were read and there are/,
  },
  {
    gate: "format",
    title: "a file that is not formatted",
    files: { "src/core/word.ts": `export const word = 'one'\n` },
    says: /src\/core\/word\.ts: is not formatted/,
  },
  {
    gate: "format",
    title: "a configuration that reads nothing",
    files: { ".oxfmtrc.json": `{ "ignorePatterns": ["**"] }\n` },
    says: /nothing was read/,
  },
  {
    gate: "floors",
    title: "an import from a floor above",
    files: { "src/core/up.ts": importOf("../schema/name.ts") },
    says: /src\/core\/up\.ts → src\/schema\/name\.ts \[floor-of-core\]/,
  },
  {
    gate: "floors",
    title: "a type imported from a neighbour on the same floor",
    files: {
      "src/query/read/select.ts": `export type Select = string;\n`,
      "src/migrate/diff/plan.ts": `import type { Select } from "../../query/read/select.ts";\n\nexport type Plan = Select;\n`,
    },
    says: /plan\.ts → src\/query\/read\/select\.ts \[floor-of-migrate\]/,
  },
  {
    gate: "floors",
    title: "a database that borrows from another",
    files: {
      "src/databases/mysql/query/query.ts": importOf("../../postgres/query/query.ts"),
      "src/databases/postgres/query/query.ts": `export const joinWords = (words: string[]) => words.join();\n`,
    },
    says: /databases-are-strangers/,
  },
  {
    gate: "floors",
    title: "a database that is picked outside entry/",
    files: {
      "src/query/client.ts": importOf("../databases/sqlite/query/query.ts"),
      "src/databases/sqlite/query/query.ts": `export const joinWords = (words: string[]) => words.join();\n`,
    },
    says: /databases-only-from-entry/,
  },
  {
    gate: "floors",
    title: "a service that the query layer uses",
    files: {
      "src/query/client.ts": importOf("../services/cache.ts"),
      "src/services/cache.ts": `export const joinWords = (words: string[]) => words.join();\n`,
    },
    says: /services-apart/,
  },
  {
    gate: "floors",
    title: "a circle",
    files: {
      "src/core/a.ts": `import type { B } from "./b.ts";\n\nexport type A = B;\n`,
      "src/core/b.ts": `import type { A } from "./a.ts";\n\nexport type B = A | 1;\n`,
    },
    says: /no-circles/,
  },
  {
    gate: "floors",
    title: "an optional package that is imported statically",
    files: {
      "src/databases/postgres/connection/driver-pg.ts": `import pg from "pg";\n\nexport const client: unknown = pg.Client;\n`,
    },
    says: /driver-pg\.ts → .*\[optional-is-never-static\]/,
  },
  {
    gate: "floors",
    title: "the types of an optional package",
    files: {
      "src/databases/postgres/connection/driver-pg.ts": `import type { Client } from "pg";\n\nexport type Connection = Client;\n`,
    },
    says: /optional-is-never-static/,
  },
  {
    gate: "floors",
    title: "an optional package that is loaded outside a driver",
    files: {
      "src/databases/postgres/query/query.ts": `export const load = (): Promise<unknown> => import("pg");\n`,
    },
    says: /query\.ts → .*\[optional-only-in-drivers\]/,
  },
  {
    gate: "floors",
    title: "a package that nobody would install",
    files: {
      "src/core/pick.ts": `import ts from "typescript";\n\nexport const version: string = ts.version;\n`,
    },
    says: /no-other-package/,
  },
  {
    gate: "floors",
    title: "an example that reaches behind the entries",
    files: { "examples/tour/main.ts": importOf("../../src/core/word.ts") },
    says: /examples-are-users/,
  },
  {
    gate: "floors",
    title: "an import that leads nowhere",
    files: { "src/core/lost.ts": importOf("./nowhere.ts") },
    says: /resolvable/,
  },
  {
    gate: "floors",
    title: "a folder without a floor",
    files: { "src/attic/old.ts": `export const old = 1;\n` },
    says: /src\/attic: stands on no floor/,
  },
  {
    gate: "floors",
    title: "a configuration that reads nothing",
    files: changed(".dependency-cruiser.mjs", (text) =>
      text.replace("options: {", `options: { exclude: { path: "." },`),
    ),
    says: /was not read[^]*nothing was read/,
  },
  {
    gate: "floors",
    title: "a project without sources",
    files: {
      "src/cli/main.ts": undefined,
      "src/core/word.ts": undefined,
      "src/entry/main.ts": undefined,
      "src/schema/name.ts": undefined,
    },
    says: /nothing was read/,
  },
  {
    gate: "dead-code",
    title: "an export that nothing uses",
    files: {
      "src/schema/name.ts": `import { joinWords } from "../core/word.ts";

export function nameTable(...words: string[]): string {
  return joinWords(words);
}

export function nameColumn(): string {
  return "column";
}
`,
    },
    says: /src\/schema\/name\.ts:7: nameColumn is used by nothing \[exports\]/,
  },
  {
    gate: "dead-code",
    title: "a file that nothing uses",
    files: { "src/core/idle.ts": `export const idle = true;\n` },
    says: /src\/core\/idle\.ts .*\[files\]/,
  },
  {
    gate: "dead-code",
    title: "a package that nothing uses",
    files: manifestWith({ mariadb: "3.5.4" }),
    says: /package\.json:\d+: mariadb is used by nothing \[devDependencies\]/,
  },
  {
    gate: "dead-code",
    title: "a package that the manifest does not name",
    files: {
      "src/core/word.ts": `import pg from "pg";\n\nexport const joinWords = (words: readonly string[]): string => pg.escapeLiteral(words.join());\n`,
    },
    says: /pg is imported and not in package\.json \[unlisted\]/,
  },
  {
    gate: "dead-code",
    title: "a configuration that reads nothing",
    files: changed("knip.json", (text) =>
      text.replace(/"(entry|project)": \[[^\]]*\]/g, `"$1": ["none/*.ts"]`),
    ),
    says: /files were read and there are|nothing was read/,
  },
  {
    gate: "architecture",
    title: "a file name that says nothing",
    files: { "src/core/string-utils.ts": `export const one = 1;\n` },
    says: /string-utils\.ts: "utils" says nothing/,
  },
  {
    gate: "architecture",
    title: "the name of a database above floor 5",
    files: {
      "src/query/read/select.ts": `// SQLite may be named in a comment.\nexport const isSqlite = (name: string): boolean => name.length > 0;\n`,
    },
    says: /src\/query\/read\/select\.ts:2: names Sqlite/,
  },
  {
    gate: "architecture",
    title: "text that becomes code",
    files: {
      "src/core/code.ts": `export const make = (text: string): unknown => new Function(text);\n`,
    },
    says: /src\/core\/code\.ts:1: turns text into code/,
  },
  {
    gate: "architecture",
    title: "text that is made code by whoever may",
    files: {
      "src/query/code.ts": `import { generated } from "../core/generated.ts";\n\nexport const make = (text: string): unknown => generated({}, text);\n`,
      "src/core/generated.ts": `export const generated = (data: object, body: string): unknown => [data, body];\n`,
    },
    says: /src\/query\/code\.ts:3: turns text into code/,
  },
  {
    gate: "architecture",
    title: "a line on the console",
    files: { "src/core/talk.ts": `export const talk = (): void => console.log("hello");\n` },
    says: /src\/core\/talk\.ts:1: writes to the console/,
  },
  {
    gate: "architecture",
    title: "a re-export outside entry/",
    files: { "src/schema/all.ts": `export { joinWords } from "../core/word.ts";\n` },
    says: /src\/schema\/all\.ts:1: exports from another file/,
  },
  {
    gate: "architecture",
    title: "an entry that exports all there is",
    files: { "src/entry/main.ts": `export * from "../schema/name.ts";\n` },
    says: /src\/entry\/main\.ts:1: exports everything/,
  },
  {
    gate: "architecture",
    title: "an entry that does something",
    files: { "src/entry/sqlite.ts": `export const started: number = performance.now();\n` },
    says: /src\/entry\/sqlite\.ts:1: is more than a re-export/,
  },
  {
    gate: "architecture",
    title: "a project without sources",
    files: {
      "src/cli/main.ts": undefined,
      "src/core/word.ts": undefined,
      "src/entry/main.ts": undefined,
      "src/schema/name.ts": undefined,
    },
    says: /nothing was read/,
  },
];

describe("a gate", { timeout: 60_000 }, () => {
  test("passes a clean project, and says how much it read", async () => {
    const { code, output } = await plant().check(...clean);

    expect(output).toMatch(/^floors: 4 modules, 0 violations/m);
    for (const gate of clean)
      expect(output).toMatch(new RegExp(`^${gate}: [1-9]\\d* \\w+, 0 violations`, "m"));
    expect(code).toBe(0);
  });

  test.concurrent.for(violations)(
    "catches $title [$gate]",
    async ({ files, gate, says }, { expect: check }) => {
      const { code, output } = await plant(files).check(gate);

      check(output).toMatch(says);
      check(output).not.toContain("could not be checked");
      check(code).toBe(1);
    },
  );

  test("that fails does not hide the next one", async () => {
    const planted = plant({ "src/core/word.ts": `export const word: number = 'one'\n` });

    const { code, output } = await planted.check("types", "format");

    expect(output).toMatch(/^types: \d+ files, [1-9]/m);
    expect(output).toMatch(/^format: \d+ files, 1 violation /m);
    expect(code).toBe(1);
  });

  test("whose tool is not there has failed", async () => {
    const planted = plant(changed("tsconfig.json", () => "{ this is no configuration"));

    expect(await planted.check("types")).toMatchObject({ code: 1 });
  });

  test("that does not exist is refused with the names of those that do", async () => {
    const { code, output } = await plant().check("flours");

    expect(output).toContain("No such gate: flours. There are types,");
    expect(code).toBe(1);
  });
});

describe("the type-cost gate", { timeout: 60_000 }, () => {
  const sample = `import type { nameTable } from "plinth";

type Name = ReturnType<typeof nameTable>;
const name: Name = "users";
void name;
`;
  // Each digit multiplies the members of the union by ten.
  const costly = `type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Wrap<Text> = Text extends string ? { readonly text: Text } : never;
const wrapped: Wrap<\`\${Digit}\${Digit}\${Digit}\${Digit}\`> = { text: "0000" };
void wrapped;
`;

  test("passes what costs as much as it did", async () => {
    const planted = plant({ "test/types/sample.test-d.ts": sample });
    writeTypeBudget(planted.folder);

    const { code, output } = await planted.check("type-cost");

    expect(output).toMatch(
      /^type-cost: 1 type tests, 0 violations \(\d+ instantiations, \d+ in the budget\)/m,
    );
    expect(code).toBe(0);
  });

  test("catches a type that became expensive", async () => {
    const planted = plant({
      "test/types/budget.json": `{ "instantiations": 1000 }\n`,
      "test/types/sample.test-d.ts": costly,
    });

    const { code, output } = await planted.check("type-cost");

    expect(output).toMatch(/instantiations are more than a tenth above the 1000/);
    expect(code).toBe(1);
  });

  test("catches a type test that does not hold", async () => {
    const planted = plant({
      "test/types/budget.json": `{ "instantiations": 1000000 }\n`,
      "test/types/sample.test-d.ts": sample.replace(`"users"`, "1"),
    });

    const { code, output } = await planted.check("type-cost");

    expect(output).toMatch(/sample\.test-d\.ts\(4,7\): error TS2322/);
    expect(code).toBe(1);
  });

  test("fails when there is no type test", async () => {
    const planted = plant({ "test/types/budget.json": `{ "instantiations": 1000000 }\n` });

    expect(await planted.check("type-cost")).toMatchObject({ code: 1 });
  });
});

test(
  "the errors gate catches a page that isn't what the code says",
  { timeout: 60_000 },
  async () => {
    const source = readFileSync(join(root, "src/core/error.ts"), "utf8");
    const page = readFileSync(join(root, "docs/errors.md"), "utf8");
    const current = await plant({ "src/core/error.ts": source, "docs/errors.md": page }).check(
      "errors",
    );
    expect(current.output).toMatch(/^errors: [1-9]\d* codes, 0 violations/m);
    expect(current.code).toBe(0);

    const stale = await plant({
      "src/core/error.ts": source,
      "docs/errors.md": page.replace("### E_CLOSED", "### E_SHUT"),
    }).check("errors");
    expect(stale.output).toMatch(/docs\/errors\.md: is not what the code says/);
    expect(stale.code).toBe(1);
  },
);
