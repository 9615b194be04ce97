import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { floors } from "./floors.ts";
import { codeFolders, listFiles, type Report } from "./gate.ts";

interface Finding {
  readonly line: number;
  readonly what: string;
}

interface Rule {
  readonly appliesTo: (path: string) => boolean;
  readonly find: (file: ts.SourceFile) => readonly Finding[];
}

const emptyNames = [
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "manager",
  "base",
  "misc",
  "impl",
];
const longFileLines = 400;

/** The files that may turn text into code, or have it done. A name of a table or column never becomes part of the text. */
const mayGenerateCode: readonly string[] = [
  "src/core/generated.ts",
  "src/query/decode.ts",
  "src/query/encode.ts",
  "src/query/write/inserted-columns.ts",
];

/** The entries that are more than re-exports: each has a table of which database answers to which URL. */
const mayLoadDatabases: readonly string[] = ["src/entry/main.ts", "src/entry/testing.ts"];

/** Rules of the house that no other tool knows. They read the code and not its comments. */
const rules: readonly Rule[] = [
  {
    appliesTo: (path) => floorOf(path) > 5 && !path.startsWith("src/entry/"),
    find: (file) =>
      findNodes(file, (node) => {
        if (!isWord(node)) return undefined;
        const name = /sqlite|postgres|mysql|mariadb/i.exec(node.text)?.[0];
        return name === undefined
          ? undefined
          : `names ${name}; above floor 5 ask dialect.can for the ability, never for the database`;
      }),
  },
  {
    appliesTo: (path) => path.startsWith("src/") && !mayGenerateCode.includes(path),
    find: (file) =>
      findNodes(file, (node) =>
        (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
        ts.isIdentifier(node.expression) &&
        ["Function", "eval", "generated"].includes(node.expression.text)
          ? "turns text into code; what may is listed in scripts/gates/architecture.ts"
          : undefined,
      ),
  },
  {
    appliesTo: (path) => path.startsWith("src/") && !path.startsWith("src/cli/"),
    find: (file) =>
      findNodes(file, (node) =>
        ts.isPropertyAccessExpression(node) &&
        ts.isIdentifier(node.expression) &&
        node.expression.text === "console"
          ? "writes to the console, which belongs to the program"
          : undefined,
      ),
  },
  {
    appliesTo: (path) => path.startsWith("src/") && !path.startsWith("src/entry/"),
    find: (file) =>
      findNodes(file, (node) =>
        ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined
          ? "exports from another file; only src/entry/ does"
          : undefined,
      ),
  },
  {
    appliesTo: (path) => path.startsWith("src/entry/"),
    find: (file) =>
      findNodes(file, (node) =>
        ts.isExportDeclaration(node) && node.exportClause === undefined
          ? "exports everything there is; name what is public"
          : undefined,
      ),
  },
  {
    appliesTo: (path) => path.startsWith("src/entry/") && !mayLoadDatabases.includes(path),
    find: (file) =>
      file.statements
        .filter((node) => !ts.isExportDeclaration(node) || node.moduleSpecifier === undefined)
        .map((node) => ({
          line: lineOf(file, node),
          what: "is more than a re-export; an entry is nothing else",
        })),
  },
];

/** The words of the house: names of files, of databases, and what source code never does. */
export function checkArchitecture(root: string): Report {
  const files = listFiles(root, codeFolders);
  const sources = files.filter((path) => path.startsWith("src/"));
  const violations = files.flatMap((path) => {
    const word = path.split(/[/.-]/).find((part) => emptyNames.includes(part));
    return word === undefined ? [] : [`${path}: "${word}" says nothing; name what the file holds`];
  });
  const long: string[] = [];
  for (const path of sources.filter((name) => !name.endsWith(".test.ts"))) {
    const text = readFileSync(join(root, path), "utf8");
    const lines = text.split("\n").length;
    if (lines > longFileLines) long.push(`${path} ${lines}`);
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    for (const rule of rules) {
      if (!rule.appliesTo(path)) continue;
      for (const { line, what } of rule.find(file)) violations.push(`${path}:${line}: ${what}`);
    }
  }
  return {
    // A test alone is nothing that this gate is for.
    read: sources.length,
    of: "sources",
    note:
      long.length === 0
        ? `none above ${longFileLines} lines`
        : `above ${longFileLines} lines: ${long.join(", ")}`,
    violations,
  };
}

function floorOf(path: string): number {
  return floors[/^src\/([^/]+)\//.exec(path)?.[1] ?? ""] ?? 0;
}

function isWord(
  node: ts.Node,
): node is ts.Identifier | ts.StringLiteral | ts.TemplateLiteralLikeNode {
  return (
    ts.isIdentifier(node) ||
    ts.isStringLiteral(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node)
  );
}

function findNodes(file: ts.SourceFile, judge: (node: ts.Node) => string | undefined): Finding[] {
  const found: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const what = judge(node);
    if (what !== undefined) found.push({ line: lineOf(file, node), what });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}
