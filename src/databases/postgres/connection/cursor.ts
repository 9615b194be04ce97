import type { Cells, RowCursor } from "../../../dialect/driver.ts";
import type { Answer, PgField, PortalQuestion } from "./exchange.ts";

type Ask = (question: PortalQuestion) => Promise<Answer>;
type Read = (answer: Answer) => readonly Cells[];

/** A portal. Other statements of the transaction run between its rows. */
export class PgCursor implements RowCursor {
  names: readonly string[] = [];
  readonly #ask: Ask;
  readonly #read: Read;
  readonly #question: PortalQuestion;
  #fields: readonly PgField[] = [];
  #isOpen = false;
  #isDone = false;

  /** @param read Makes rows of an answer, whose columns are those of the first. */
  constructor(question: PortalQuestion, ask: Ask, read: Read) {
    this.#question = question;
    this.#ask = ask;
    this.#read = read;
  }

  async next(rowCount: number): Promise<readonly Cells[]> {
    if (this.#isDone) return [];
    const step = this.#isOpen ? "read" : "open";
    this.#isOpen = true;
    const answer = await this.#ask({ ...this.#question, rowCount, step });
    if (step === "open") {
      this.#fields = answer.fields;
      this.names = answer.fields.map((field) => field.name);
    }
    if (answer.found.length < rowCount) this.#isDone = true;
    return this.#read({ found: answer.found, fields: this.#fields, tag: answer.tag });
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#isDone = true;
    // The end of the transaction closes it too, and who can't be asked has none.
    await this.#ask({ ...this.#question, step: "close" }).catch(() => {});
  }
}
