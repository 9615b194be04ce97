/** Finds all SQL of a project. */

import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { Findings, FoundProblem, FoundQuery, SourceFile } from "./found.ts";
import { loadParser, UnreadableSourceError, type ParseProgram, type SyntaxTree } from "./parser.ts";
import { exportedTexts, findInProgram, mayHaveQueries, type PlacedLiteral } from "./program.ts";
import { findInSql } from "./sql-file.ts";

export interface FindOptions {
  /** Patterns of programs, seen from the folder. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Patterns of `.sql` files. */
  readonly statements: readonly string[];
}

const NEVER = ["node_modules", "bower_components", ".*"].map((name) => `**/${name}`);

/** What is built, or of others, unless it is asked for. */
export const BUILT: readonly string[] = ["dist", "build", "out", "coverage", "**/*.d.{ts,mts,cts}"];
export const PROGRAMS: readonly string[] = ["**/*.{ts,tsx,mts,cts}"];
export const STATEMENTS: readonly string[] = ["queries/**/*.sql"];

const CONFIGS = ["ts", "mts", "js", "mjs"].map((ending) => `plinth.config.${ending}`);

/** Files that were found before and are as they were aren't read again. */
export class ProjectFinder {
  readonly #folder: string;
  readonly #options: FindOptions;
  readonly #known = new Map<string, { readonly text: string; readonly findings: Findings }>();
  #parse: ParseProgram | undefined;

  constructor(folder: string, options: FindOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** @throws {MissingPackageError} where there are programs to read, and no parser. */
  async find(): Promise<Findings> {
    const { exclude, include, statements } = this.#options;
    const queries: FoundQuery[] = [];
    const problems: FoundProblem[] = [];
    const add = (findings: Findings): void => {
      queries.push(...findings.queries);
      problems.push(...findings.problems);
    };
    for (const path of this.#paths(include, exclude)) {
      const text = this.#read(path);
      if (mayHaveQueries(text)) add(await this.#findIn({ path, text }));
    }
    for (const path of this.#paths(statements, exclude))
      add(findInSql({ path, text: this.#read(path) }));
    return { queries, problems };
  }

  #read(path: string): string {
    return readFileSync(join(this.#folder, path), "utf8");
  }

  #paths(patterns: readonly string[], exclude: readonly string[]): string[] {
    const found = globSync([...patterns], { cwd: this.#folder, exclude: [...NEVER, ...exclude] });
    const paths = new Set(found.map((path) => path.split(sep).join("/")));
    const foreign = new Map<string, boolean>();
    return [...paths].filter((path) => !this.#isForeign(dirname(path), foreign)).toSorted();
  }

  /** A folder below with a configuration of its own is another project. */
  #isForeign(folder: string, known: Map<string, boolean>): boolean {
    if (folder === ".") return false;
    const found =
      known.get(folder) ??
      (CONFIGS.some((name) => existsSync(join(this.#folder, folder, name))) ||
        this.#isForeign(dirname(folder), known));
    known.set(folder, found);
    return found;
  }

  async #findIn(file: SourceFile): Promise<Findings> {
    const known = this.#known.get(file.path);
    if (known?.text === file.text) return known.findings;
    this.#parse ??= await loadParser();
    const { findings, isWhole } = this.#findAnew(file, this.#parse);
    if (isWhole) this.#known.set(file.path, { text: file.text, findings });
    return findings;
  }

  /** @returns isWhole Whether it depends on no other file. */
  #findAnew(file: SourceFile, parse: ParseProgram): { findings: Findings; isWhole: boolean } {
    let isWhole = true;
    try {
      const tree = parse(file.text, file.path);
      const findings = findInProgram(file, tree, (from, name) => {
        isWhole = false;
        return this.#constantOf(file.path, from, name, parse);
      });
      return { findings, isWhole };
    } catch (error) {
      if (!(error instanceof UnreadableSourceError)) throw error;
      const { at, message } = error;
      const problem = { file, start: at, end: at + 1, message };
      return { findings: { queries: [], problems: [problem] }, isWhole };
    }
  }

  /** Of a module of the project: those of packages are theirs. */
  #constantOf(
    path: string,
    from: string,
    name: string,
    parse: ParseProgram,
  ): PlacedLiteral | undefined {
    if (!from.startsWith(".")) return undefined;
    const target = this.#resolve(join(dirname(path), from));
    if (target === undefined) return undefined;
    const file = { path: target, text: this.#read(target) };
    let tree: SyntaxTree;
    try {
      tree = parse(file.text, target);
    } catch {
      // It is told where it stands itself.
      return undefined;
    }
    return exportedTexts(file, tree).get(name);
  }

  #resolve(path: string): string | undefined {
    const plain = path.split(sep).join("/");
    const stem = plain.replace(/\.([cm]?)js(x?)$/, ".$1ts$2");
    const endings = ["", ".ts", ".tsx", ".mts", ".cts", "/index.ts"];
    return [stem, plain]
      .flatMap((start) => endings.map((ending) => start + ending))
      .find(
        (candidate) =>
          /\.[cm]?[jt]sx?$/.test(candidate) && existsSync(resolve(this.#folder, candidate)),
      );
  }
}
