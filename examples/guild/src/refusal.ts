/** What a person may not do, as opposed to what is wrong with the program. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Refusal";
  }
}
