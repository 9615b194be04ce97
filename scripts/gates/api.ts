import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import ts from "typescript";
import type { Report } from "./gate.ts";

/** The name of an entry (`main`, `sqlite`) and the text of its public face. */
export type Faces = ReadonlyMap<string, string>;

/** The declarations as built, against those committed in api/. */
export function checkApi(root: string): Report {
  const faces = renderFaces(root);
  const folder = join(root, "api");
  const committed = existsSync(folder) ? readdirSync(folder) : [];
  const violations: string[] = [];
  let lineCount = 0;
  for (const [entry, text] of faces) {
    lineCount += text.split("\n").length;
    const path = join(folder, `${entry}.d.ts`);
    const before = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (before === text) continue;
    violations.push(
      `api/${entry}.d.ts: the public face has changed. Run: npm run api`,
      ...compare(before, text),
    );
  }
  for (const name of committed) {
    if (!faces.has(basename(name, ".d.ts")))
      violations.push(`api/${name}: is the face of no entry. Run: npm run api`);
  }
  return { read: faces.size, of: "entries", note: `${lineCount} lines`, violations };
}

/** The first lines that differ, for a reader of the log. */
function compare(before: string, after: string): string[] {
  const was = new Set(before.split("\n"));
  const is = new Set(after.split("\n"));
  const gone = [...was].filter((line) => !is.has(line)).map((line) => `- ${line}`);
  const come = [...is].filter((line) => !was.has(line)).map((line) => `+ ${line}`);
  const all = [...gone, ...come];
  return all.length > 20 ? [...all.slice(0, 20), `… and ${all.length - 20} more`] : all;
}

/**
 * Prints, for each entry, what it exports and every declaration that those mention, by the file
 * that they stand in. What another entry shares with `main` is printed there only.
 */
export function renderFaces(root: string): Faces {
  const entries = readEntries(root);
  const program = ts.createProgram(Object.values(entries), {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    types: ["node"],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const dist = join(root, "dist");
  const faces = new Map<string, string>();
  const inMain = new Set<ts.Symbol>();
  for (const [name, path] of Object.entries(entries)) {
    const file = program.getSourceFile(path);
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined)
      throw new Error(`${relative(root, path)} is missing or exports nothing. Run: npm run build`);
    const exported = new Map<ts.Symbol, string[]>();
    for (const symbol of checker.getExportsOfModule(module)) {
      const target = resolve(symbol);
      exported.set(target, [...(exported.get(target) ?? []), symbol.name].sort());
    }
    const reached = reach(exported.keys());
    if (name === "main") for (const symbol of reached) inMain.add(symbol);
    faces.set(name, render(name, exported, reached));
  }
  return faces;

  function resolve(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The symbols given, and all of this package that their declarations mention. */
  function reach(start: Iterable<ts.Symbol>): Set<ts.Symbol> {
    const reached = new Set<ts.Symbol>();
    const waiting = [...start];
    for (let symbol = waiting.pop(); symbol !== undefined; symbol = waiting.pop()) {
      if (reached.has(symbol)) continue;
      reached.add(symbol);
      for (const declaration of ownDeclarations(symbol)) {
        const visit = (node: ts.Node): void => {
          if (ts.isIdentifier(node)) {
            const mentioned = checker.getSymbolAtLocation(node);
            if (mentioned !== undefined) {
              const target = resolve(mentioned);
              if (ownDeclarations(target).length > 0) waiting.push(target);
            }
          }
          ts.forEachChild(node, visit);
        };
        visit(declaration);
      }
    }
    return reached;
  }

  /** Statements of this package's own files: not members, not parameters, not what Node declares. */
  function ownDeclarations(symbol: ts.Symbol): ts.Statement[] {
    return (symbol.declarations ?? []).flatMap((declaration) => {
      if (!declaration.getSourceFile().fileName.startsWith(`${dist}/`)) return [];
      const statement = ts.isVariableDeclaration(declaration)
        ? declaration.parent.parent
        : declaration;
      return ts.isStatement(statement) && ts.isSourceFile(statement.parent) ? [statement] : [];
    });
  }

  function render(
    name: string,
    exported: ReadonlyMap<ts.Symbol, string[]>,
    reached: ReadonlySet<ts.Symbol>,
  ): string {
    const printer = ts.createPrinter({ removeComments: true });
    const byFile = new Map<string, { name: string; text: string }[]>();
    const shared: string[] = [];
    for (const symbol of reached) {
      const names = exported.get(symbol);
      if (name !== "main" && inMain.has(symbol)) {
        if (names !== undefined) shared.push(...names);
        continue;
      }
      for (const statement of new Set(ownDeclarations(symbol))) {
        const file = statement.getSourceFile();
        const path = relative(dist, file.fileName).replace(/\.d\.ts$/, "");
        const printed = printer
          .printNode(ts.EmitHint.Unspecified, statement, file)
          .replace(/^(export )?(default )?(declare )?/, "");
        const isOwnName = names?.includes(symbol.name) === true;
        const renamed = (names ?? []).filter((other) => other !== symbol.name);
        const text =
          `${isOwnName ? "export " : ""}${printed}` +
          renamed.map((other) => `\nexport { ${symbol.name} as ${other} };`).join("");
        byFile.set(path, [...(byFile.get(path) ?? []), { name: symbol.name, text }]);
      }
    }
    const blocks = [...byFile]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([path, declarations]) =>
          `// ${path}\n\n${declarations
            .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
            .map(({ text }) => text)
            .join("\n\n")}\n`,
      );
    const head = [
      `// The public face of ${name === "main" ? "plinth" : `plinth/${name}`}: what it exports, and what those mention.`,
      "// Written by `npm run api`; read the change of it in a review.",
      ...(shared.length > 0
        ? ["", `export { ${shared.sort().join(", ")} } from "./main.d.ts";`]
        : []),
    ];
    return `${head.join("\n")}\n\n${blocks.join("\n")}`;
  }
}

/** The declarations of each entry, by the package's own list of exports; `main` comes first. */
function readEntries(root: string): Record<string, string> {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  const entries: Record<string, string> = {};
  for (const target of Object.values(exports)) {
    if (typeof target === "object")
      entries[basename(target.types, ".d.ts")] = join(root, target.types);
  }
  return entries;
}
