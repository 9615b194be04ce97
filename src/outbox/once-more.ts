/** Does something when it is asked to; what is asked for while it is under way is done once more behind it, however often. */
export class OnceMore {
  readonly #work: () => Promise<void>;
  #isRunning = false;
  #isWanted = false;

  /** @param work Never throws. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  ask(): void {
    this.#isWanted = true;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.#work();
    }
    this.#isRunning = false;
  }
}
