import { fs } from "../../../core/builtin.ts";
import { crypto } from "../../../core/crypto.ts";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ProcessLock } from "../../../dialect/driver.ts";
import { isBusy } from "../errors.ts";

/**
 * A lock of all processes that use the file: the write lock of an empty database beside it, which the operating system
 * frees when its holder dies. The empty file stays, as who deleted it could delete it under the next holder.
 */
class FileLock implements ProcessLock {
  readonly #database: DatabaseSync;

  constructor(file: string, name: string) {
    const folder = `${fs().realpathSync(file)}-locks`;
    fs().mkdirSync(folder, { recursive: true });
    const hash = crypto().createHash("sha256").update(name).digest("hex").slice(0, 32);
    this.#database = new DatabaseSync(join(folder, hash), { timeout: 0 });
  }

  tryTake(): boolean {
    try {
      this.#database.exec("begin immediate");
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  }

  release(): void {
    this.#database.close();
  }
}

/** Nobody else sees a database in memory. */
class MemoryLock implements ProcessLock {
  readonly #held: Set<string>;
  readonly #name: string;
  #isMine = false;

  constructor(held: Set<string>, name: string) {
    this.#held = held;
    this.#name = name;
  }

  tryTake(): boolean {
    if (this.#held.has(this.#name)) return false;
    this.#held.add(this.#name);
    this.#isMine = true;
    return true;
  }

  release(): void {
    if (this.#isMine) this.#held.delete(this.#name);
  }
}

export function lockOpener(file: string): (name: string) => ProcessLock {
  const held = new Set<string>();
  return file === ":memory:"
    ? (name) => new MemoryLock(held, name)
    : (name) => new FileLock(file, name);
}
