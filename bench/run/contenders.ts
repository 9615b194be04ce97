/** A contender is a file: `contenders/<database>/<name>.ts`. */
import { readdirSync } from "node:fs";

import type { Database } from "../data/tables.ts";
import type { ShapesContender } from "../shapes/shapes.ts";
import type { Contender } from "../work/operations.ts";
import type { Targets } from "./targets.ts";

export interface ContenderModule<Opened = Contender> {
  readonly title: string;
  open(targets: Targets): Opened | Promise<Opened>;
}

/** The nine operations, or the further shapes. */
export type WorkKind = "operations" | "shapes";

/** The contender that the ratios are to: the bare driver, used as its documentation shows. */
export const baseline = "raw";

/** `driver`: a bare one. `own`: Plinth. `peer`: another library, `prepared` when its queries were made by hand before. */
export type Role = "driver" | "own" | "peer" | "prepared";

export function roleOf(contender: string): Role {
  if (contender.startsWith("raw")) return "driver";
  if (contender.startsWith("plinth")) return "own";
  return contender.endsWith("-prepared") ? "prepared" : "peer";
}

export const isPeer = (contender: string): boolean =>
  ["peer", "prepared"].includes(roleOf(contender));

export interface Rounds {
  readonly rounds: number;
  /** In how many of them the peers run: they take most of the time. */
  readonly peersRounds: number;
}

/** The bare drivers and Plinth run in all rounds, the peers in some that lie evenly among them. */
export function roundsOf(contender: string, { peersRounds, rounds }: Rounds): number[] {
  const all = Array.from({ length: rounds }, (_, round) => round);
  if (!isPeer(contender)) return all;
  const turn = (round: number) => Math.floor((round * peersRounds) / rounds);
  return all.filter((round) => turn(round) !== turn(round - 1));
}

const folders: Record<WorkKind, string> = { operations: "contenders", shapes: "shapes" };
const folder = (kind: WorkKind, database: Database) =>
  new URL(`../${folders[kind]}/${database}/`, import.meta.url);

export function contenderNames(kind: WorkKind, database: Database): string[] {
  return readdirSync(folder(kind, database))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort((a, b) => Number(b === baseline) - Number(a === baseline) || a.localeCompare(b));
}

export async function loadContender(database: Database, name: string): Promise<ContenderModule> {
  return (await import(
    new URL(`${name}.ts`, folder("operations", database)).href
  )) as ContenderModule;
}

export async function loadShapes(
  database: Database,
  name: string,
): Promise<ContenderModule<ShapesContender>> {
  return (await import(
    new URL(`${name}.ts`, folder("shapes", database)).href
  )) as ContenderModule<ShapesContender>;
}
