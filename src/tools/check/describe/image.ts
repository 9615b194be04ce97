/** Images of databases whose making takes long, kept for as long as the migrations are the same. */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export class Images {
  readonly #folder: string;

  /** @param project Where images are kept in `node_modules/.cache`, or in `.plinth/cache` where there is none. */
  constructor(project: string) {
    const modules = join(project, "node_modules");
    this.#folder = existsSync(modules)
      ? join(modules, ".cache", "plinth")
      : join(project, ".plinth", "cache");
  }

  /** The file of an image that there is. */
  find(family: string, hash: string): string | undefined {
    const file = this.#file(family, hash);
    return existsSync(file) ? file : undefined;
  }

  /** In place of those that were before. A folder that can't be written to has none. */
  keep(family: string, hash: string, image: Uint8Array): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(join(this.#folder, ".gitignore"), "*\n");
      const file = this.#file(family, hash);
      const making = `${file}.${process.pid}`;
      writeFileSync(making, image);
      renameSync(making, file);
      for (const other of readdirSync(this.#folder)) {
        const path = join(this.#folder, other);
        if (other.startsWith(`${family}-`) && path !== file) rmSync(path, { force: true });
      }
    } catch {
      // The next time takes as long as this one.
    }
  }

  drop(family: string, hash: string): void {
    rmSync(this.#file(family, hash), { force: true });
  }

  #file(family: string, hash: string): string {
    return join(this.#folder, `${family}-${hash.slice(0, 32)}.tar`);
  }
}
