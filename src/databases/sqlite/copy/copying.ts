/** Databases for tests are files in a folder, or live in memory, whose content is that of a file. */

import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { dirname, join, resolve } from "node:path";
import { ConfigError } from "../../../core/error.ts";
import type { CopyServer, OpenCopyServer } from "../../../dialect/server/copying.ts";
import type { OpenedDatabase } from "../../../dialect/dialect.ts";
import type { Connection } from "../../../dialect/driver.ts";
import { openFile, sqliteDialectHere } from "../dialect.ts";
import { isBusy } from "../errors.ts";
import { MEMORY, parseSettings } from "../connection/settings.ts";

const ENDING = ".db";
const LOCK_PAUSE_MS = 5;
/** SQLite keeps what a connection writes beside the file. */
const BESIDE = ["", "-wal", "-shm", "-journal"];

/** Node 22 can't make a database of bytes; its tests get files. */
const hasImages = "deserialize" in DatabaseSync.prototype;

/** A folder that is the user's own: a template that somebody else put there would be run by the tests. */
function ownFolder(): string {
  const { uid, username } = userInfo();
  const folder = join(tmpdir(), `plinth-tests-${uid === -1 ? username : uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const facts = lstatSync(folder);
  if (!facts.isDirectory() || (uid !== -1 && facts.uid !== uid)) {
    throw new ConfigError(`${folder} belongs to somebody else.`, {
      hint: "Name another folder for the databases of tests, such as sqlite:/path/to/any.db.",
    });
  }
  return folder;
}

/** As a database in memory, which has no log beside it. Source: sqlite.org/fileformat2.html, "File format version numbers". */
function imageOf(file: string): Uint8Array {
  const image = readFileSync(file);
  image[18] = 1;
  image[19] = 1;
  return image;
}

class FolderServer implements CopyServer {
  readonly dialect = sqliteDialectHere();
  readonly readyCount = 0;
  readonly #folder: string;
  /** What stands behind the `?` of the URL. */
  readonly #options: string;
  readonly #isInMemory: boolean;
  readonly #images = new Map<string, Uint8Array>();
  /** The template of each copy in memory. */
  readonly #origins = new Map<string, string>();

  constructor(folder: string, options: string, isInMemory: boolean) {
    this.#folder = folder;
    this.#options = options;
    this.#isInMemory = isInMemory;
  }

  #file(name: string): string {
    return join(this.#folder, name + ENDING);
  }

  #fileUrl(name: string): string {
    return `sqlite:${encodeURI(this.#file(name)).replaceAll("?", "%3F").replaceAll("#", "%23")}`;
  }

  urlOf(name: string): string {
    return this.#origins.has(name) ? `sqlite:${MEMORY}` : `${this.#fileUrl(name)}${this.#options}`;
  }

  open(name: string): OpenedDatabase {
    const origin = this.#origins.get(name);
    if (origin !== undefined) return openFile(`sqlite:${MEMORY}`, this.#images.get(origin));
    // A test's data needs to survive no power cut.
    const isTold = /[?&]durability=/.test(this.#options);
    const sign = this.#options === "" ? "?" : "&";
    return openFile(`${this.urlOf(name)}${isTold ? "" : `${sign}durability=normal`}`);
  }

  async names(prefix: string): Promise<string[]> {
    return readdirSync(this.#folder)
      .filter((file) => file.startsWith(prefix) && file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length));
  }

  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    // The write lock of an empty database, which the operating system frees when its holder dies.
    const lock = new DatabaseSync(join(this.#folder, "plinth_tests.lock"), { timeout: 0 });
    try {
      for (;;) {
        try {
          lock.exec("begin immediate");
          return await work();
        } catch (error) {
          if (lock.isTransaction || !isBusy(error)) throw error;
          await new Promise((next) => setTimeout(next, LOCK_PAUSE_MS));
        }
      }
    } finally {
      lock.close();
    }
  }

  templates(prefix: string): Promise<string[]> {
    return this.names(prefix);
  }

  async create(name: string, template: string | undefined): Promise<void> {
    if (template === undefined) closeSync(openSync(this.#file(name), "wx"));
    else this.#copyFile(template, name);
  }

  async publish(name: string, template: string): Promise<void> {
    renameSync(this.#file(name), this.#file(template));
  }

  copy(template: string, name: string): void {
    if (this.#isInMemory && hasImages) {
      if (!this.#images.has(template)) this.#images.set(template, imageOf(this.#file(template)));
      this.#origins.set(name, template);
      return;
    }
    this.#copyFile(template, name);
  }

  #copyFile(template: string, name: string): void {
    const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    copyFileSync(this.#file(template), this.#file(name), flags);
  }

  async restore(): Promise<boolean> {
    return false;
  }

  async keep(name: string, connection: Pick<Connection, "script">): Promise<string> {
    if (!this.#origins.has(name)) return this.urlOf(name);
    const file = this.#file(name);
    if (!existsSync(file)) await connection.script(`vacuum into '${file.replaceAll("'", "''")}'`);
    return this.#fileUrl(name);
  }

  drop(name: string): void {
    if (this.#origins.delete(name)) return;
    for (const suffix of BESIDE) rmSync(this.#file(name) + suffix, { force: true, maxRetries: 3 });
    rmSync(`${this.#file(name)}-locks`, { recursive: true, force: true });
    this.#images.delete(name);
  }

  close(): void {
    this.#images.clear();
  }
}

export const openSqliteCopies: OpenCopyServer = ({ url }) => {
  const [, options = ""] = /(\?.*)$/s.exec(url) ?? [];
  const { file } = parseSettings(url).settings;
  if (file === MEMORY) return new FolderServer(ownFolder(), options, true);
  const folder = dirname(resolve(file));
  mkdirSync(folder, { recursive: true });
  return new FolderServer(folder, options, false);
};
