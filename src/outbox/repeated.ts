/** Does something again and again, until it is stopped. */
export class Repeated {
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor(everyMs: number, work: () => Promise<void>) {
    this.#timer = setInterval(() => {
      this.#running ??= work().finally(() => {
        this.#running = undefined;
      });
    }, everyMs);
    // It alone keeps no process alive.
    this.#timer.unref();
  }

  /** Waits for what runs. Never throws where `work` doesn't. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
