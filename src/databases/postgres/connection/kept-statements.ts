/** The statements that one connection keeps prepared on the server, under names of its own. */

export interface KeptStatement {
  /** The name that the server knows; empty until the statement comes for the second time. */
  name: string;
  /** Whether the server has said that it understood the statement. */
  isReady: boolean;
  lastUse: number;
}

/** A prepared statement takes some ten KiB of the server's memory. */
const MAX_KEPT = 500;

/**
 * A statement gets a name when it comes for the second time, so that those that come once don't pile up. Until the
 * server has answered the execution that names it, others of the same statement go without a name: were it refused, all
 * behind it in the pipeline would miss the name.
 */
export class KeptStatements {
  readonly #max: number;
  #kept = new Map<number | string, KeptStatement>();
  #closing: string[] = [];
  #serial = 0;
  #uses = 0;

  constructor(max: number = MAX_KEPT) {
    this.#max = max;
  }

  /** The statement to execute by its name, which is to be parsed first unless it is ready; undefined has no name now. */
  use(key: number | string): KeptStatement | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) {
      if (this.#kept.size >= this.#max) this.#evict();
      this.#kept.set(key, { name: "", isReady: false, lastUse: ++this.#uses });
      return undefined;
    }
    kept.lastUse = ++this.#uses;
    if (kept.isReady) return kept;
    if (kept.name !== "") return undefined;
    kept.name = `plinth_${++this.#serial}`;
    return kept;
  }

  /** Lets go of a name that the server has refused, or whose table changed; the statement gets another one. */
  drop(kept: KeptStatement, name: string): void {
    if (kept.name !== name) return;
    this.#closing.push(name);
    kept.name = "";
    kept.isReady = false;
  }

  clear(): void {
    for (const { name } of this.#kept.values()) if (name !== "") this.#closing.push(name);
    this.#kept = new Map();
  }

  /** Names that the server is to forget; they go out with the next statement. */
  takeClosing(): readonly string[] {
    if (this.#closing.length === 0) return NOTHING;
    const names = this.#closing;
    this.#closing = [];
    return names;
  }

  /** The half that was not used for the longest time. */
  #evict(): void {
    const byAge = [...this.#kept].toSorted(([, a], [, b]) => a.lastUse - b.lastUse);
    for (const [key, { name }] of byAge.slice(0, Math.ceil(byAge.length / 2))) {
      this.#kept.delete(key);
      if (name !== "") this.#closing.push(name);
    }
  }
}

const NOTHING: readonly string[] = [];
