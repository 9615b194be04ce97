/** What a check is of. */

import { dirname, relative, sep } from "node:path";
import type { DbError } from "../../core/error.ts";
import type { Target } from "./describe/target.ts";
import type { Places } from "./describe/open.ts";
import type { FindOptions } from "./find/project.ts";
import type { Problem } from "./report/problem.ts";
import type { DeclaredColumns } from "./types/declared.ts";

export interface CheckedProject {
  readonly folder: string;
  readonly find: FindOptions;
  /** The file of the module that is written. */
  readonly out: string;
  readonly targets: readonly Target[];
  readonly declared: DeclaredColumns;
  /** The module of the schema; undefined where there is none. */
  readonly schemaFile: string | undefined;
}

export interface DescribingProject extends CheckedProject {
  /** Whether what databases said before is asked again. */
  readonly isAskedAgain: boolean;
  placesOf(target: Target): Places;
}

export interface CheckReport {
  /** What is wrong with queries, in the order of the files. */
  readonly problems: readonly Problem[];
  /** What is wrong besides: a file that is missing, or a database that nothing could be asked of. */
  readonly faults: readonly string[];
  readonly queries: number;
  readonly databases: readonly string[];
  /** How many statements databases were asked about now; the others were known. */
  readonly described: number;
  /** Files that are another one now, seen from the folder. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

export function pathFrom(folder: string, file: string): string {
  return relative(folder, file).split(sep).join("/");
}

/** How one module imports another one. */
export function importPath(from: string, to: string): string {
  const path = pathFrom(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

export function faultOf(database: string, error: DbError): string {
  return `${database}: ${error.message}`;
}
