/** Starting PGlite: PostgreSQL in this process. */

import { readFileSync } from "node:fs";
import { ConfigError, UnsupportedError } from "../../../core/error.ts";
import { refuseMissing } from "../../../core/optional.ts";
import type { PgliteSettings } from "./settings.ts";

/** A message of the server, as PGlite's parser gives it. */
export interface ServerMessage {
  readonly name: string;
}

/** The few members of `protocol` that are used. */
export interface PgliteProtocol {
  readonly Parser: new () => {
    parse(bytes: Uint8Array, each: (message: ServerMessage) => void): void;
  };
  readonly serialize: {
    parse(message: { name: string; text: string; types: number[] }): Uint8Array;
    bind(message: {
      portal: string;
      statement: string;
      values: (string | Uint8Array | null)[];
    }): Uint8Array;
    describe(message: { type: "P" | "S"; name: string }): Uint8Array;
    execute(message: { portal: string; rows: number }): Uint8Array;
    close(message: { type: "P" | "S"; name: string }): Uint8Array;
    query(text: string): Uint8Array;
    sync(): Uint8Array;
    copyFail(reason: string): Uint8Array;
  };
}

/** The few members of an instance that are used. */
export interface PgliteInstance {
  execProtocolRawSync(message: Uint8Array): Uint8Array;
  dumpDataDir(compression: "none"): Promise<Blob>;
  close(): Promise<void>;
}

interface PgliteModule {
  readonly PGlite: { create(options: object): Promise<PgliteInstance> };
  readonly protocol: PgliteProtocol;
}

export interface Pglite {
  readonly instance: PgliteInstance;
  readonly protocol: PgliteProtocol;
}

async function loadModule(given: unknown): Promise<PgliteModule> {
  const loaded: unknown =
    given ??
    (await import("@electric-sql/pglite").catch(
      refuseMissing("@electric-sql/pglite", "PostgreSQL in this process"),
    ));
  const { PGlite, protocol } = Object(loaded) as Partial<PgliteModule>;
  if (typeof PGlite === "function" && typeof protocol === "object") return { PGlite, protocol };
  throw new ConfigError(
    "The driver that was handed over is not the package @electric-sql/pglite.",
    {
      hint: 'Pass { driver: await import("@electric-sql/pglite") }, or leave it out.',
    },
  );
}

function noExtension(name: string): UnsupportedError {
  return new UnsupportedError({
    dialect: "PGlite",
    feature: `the extension "${name}"`,
    instead: "Name a PostgreSQL server that has it: postgres://… or, on the command line, --url.",
  });
}

/** PGlite brings most of PostgreSQL's own extensions, each in a file of its own. */
async function loadExtension(name: string): Promise<unknown> {
  const file = name.replaceAll("-", "_");
  // A name goes into a path.
  if (!/^[a-z][a-z0-9_]*$/.test(file)) throw noExtension(name);
  try {
    const path = `@electric-sql/pglite/contrib/${file}`;
    return Reflect.get((await import(/* @vite-ignore */ path)) as object, file);
  } catch {
    throw noExtension(name);
  }
}

async function loadExtensions(names: readonly string[]): Promise<Record<string, unknown>> {
  const entries = names.map(async (name) => [name, await loadExtension(name)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** What an empty database is made of, which takes a fifth of the time of making it anew. */
const images = new WeakMap<PgliteModule["PGlite"], Promise<Blob>>();

async function create(
  { PGlite }: PgliteModule,
  { folder, extensions, image: file }: PgliteSettings,
): Promise<PgliteInstance> {
  const options = { extensions: await loadExtensions(extensions) };
  if (file !== undefined)
    return PGlite.create({ ...options, loadDataDir: new Blob([readFileSync(file)]) });
  if (folder !== undefined) return PGlite.create({ ...options, dataDir: folder });
  const image = images.get(PGlite);
  if (image !== undefined) return PGlite.create({ ...options, loadDataDir: await image });
  const instance = await PGlite.create(options);
  images.set(PGlite, instance.dumpDataDir("none"));
  await images.get(PGlite);
  return instance;
}

/** @param given The package, where the caller hands it over. */
export async function startPglite(settings: PgliteSettings, given: unknown): Promise<Pglite> {
  const module = await loadModule(given);
  return { instance: await create(module, settings), protocol: module.protocol };
}
