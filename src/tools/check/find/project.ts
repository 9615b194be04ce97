/** Finds the SQL of a whole project. */

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

class ProjectFinder {
  readonly #folder: string;
  readonly #options: FindOptions;
  #parse: ParseProgram | undefined;

  constructor(folder: string, options: FindOptions) {
    this.#folder = folder;
    this.#options = options;
  }

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
      if (!mayHaveQueries(text)) continue;
      this.#parse ??= await loadParser();
      add(this.#findIn({ path, text }, this.#parse));
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

  #findIn(file: SourceFile, parse: ParseProgram): Findings {
    try {
      return findInProgram(file, parse(file.text, file.path), (from, name) =>
        this.#constantOf(file.path, from, name, parse),
      );
    } catch (error) {
      if (!(error instanceof UnreadableSourceError)) throw error;
      const { at, message } = error;
      return { queries: [], problems: [{ file, start: at, end: at + 1, message }] };
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

/**
 * Finds all SQL of a project.
 *
 * @throws {MissingPackageError} where there are programs to read, and no parser.
 */
export function findInProject(folder: string, options: FindOptions): Promise<Findings> {
  return new ProjectFinder(folder, options).find();
}
