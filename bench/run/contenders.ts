/** A contender is a file: `contenders/<database>/<name>.ts`. */
import { readdirSync } from "node:fs";

import type { Database } from "../data/tables.ts";
import type { Contender } from "../work/operations.ts";
import type { Targets } from "./targets.ts";

export interface ContenderModule {
  readonly title: string;
  open(targets: Targets): Contender | Promise<Contender>;
}

/** The contender that the ratios are to: the bare driver, used as its documentation shows. */
export const baseline = "raw";

const folder = (database: Database) => new URL(`../contenders/${database}/`, import.meta.url);

export function contenderNames(database: Database): string[] {
  return readdirSync(folder(database))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort((a, b) => Number(b === baseline) - Number(a === baseline) || a.localeCompare(b));
}

export async function loadContender(database: Database, name: string): Promise<ContenderModule> {
  return (await import(new URL(`${name}.ts`, folder(database)).href)) as ContenderModule;
}
