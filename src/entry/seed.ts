/** Seeds: what an application begins with, by the command line or at a program's start. */

export { defineSeed, seed } from "../tools/seed/seed.ts";
export type { RegisteredSeed, SeedOptions, SeedRun } from "../tools/seed/seed.ts";
export type { SeedCode } from "../tools/seed/folder.ts";
