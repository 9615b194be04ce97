import type { MemberRange } from "./store.ts";
import { utf8Order } from "./utf8-order.ts";

export type ScoredMember = readonly [member: string, score: number];

/** Members in the order of their scores. */
export class MemberList {
  readonly #scores = new Map<string, number>();
  readonly #sorted: ScoredMember[] = [];

  get size(): number {
    return this.#scores.size;
  }

  score(member: string): number | undefined {
    return this.#scores.get(member);
  }

  /** How many stand before a place. */
  #countBefore(isBefore: (member: string, score: number) => boolean): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [member, score] = this.#sorted[middle]!;
      if (isBefore(member, score)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexOf(member: string, score: number): number {
    return this.#countBefore(
      (other, otherScore) =>
        otherScore < score || (otherScore === score && utf8Order(other, member) < 0),
    );
  }

  /** @returns Whether it is new. */
  add(member: string, score: number): boolean {
    const isNew = !this.remove(member);
    this.#scores.set(member, score);
    this.#sorted.splice(this.#indexOf(member, score), 0, [member, score]);
    return isNew;
  }

  remove(member: string): boolean {
    const score = this.#scores.get(member);
    if (score === undefined) return false;
    this.#scores.delete(member);
    this.#sorted.splice(this.#indexOf(member, score), 1);
    return true;
  }

  #bounds({ min = -Infinity, max = Infinity }: Pick<MemberRange, "min" | "max">): [number, number] {
    const start = this.#countBefore((_, score) => score < min);
    return [
      start,
      Math.max(
        start,
        this.#countBefore((_, score) => score <= max),
      ),
    ];
  }

  count(range: Pick<MemberRange, "min" | "max">): number {
    const [start, end] = this.#bounds(range);
    return end - start;
  }

  /** Of members that have one score. */
  between(from: string, to: string, limit: number): string[] {
    const start = this.#countBefore((member) => utf8Order(member, from) < 0);
    const end = this.#countBefore((member) => utf8Order(member, to) < 0);
    return this.#sorted.slice(start, Math.min(end, start + limit)).map(([member]) => member);
  }

  range(range: MemberRange): ScoredMember[] {
    const { isReversed = false, limit = Infinity, offset = 0 } = range;
    const [start, end] = this.#bounds(range);
    if (!isReversed) {
      return this.#sorted.slice(start + offset, Math.min(end, start + offset + limit));
    }
    const last = Math.max(start, end - offset);
    return this.#sorted.slice(Math.max(start, last - limit), last).reverse();
  }
}
