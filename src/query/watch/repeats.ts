/**
 * Tells of a query that runs again and again, each time for another key, where one for all keys would do. For programs while
 * they are made: whoever is not to be told makes none of this.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { nodeOf, type AnyExpression } from "../../ast/expression.ts";
import type { SelectStatement } from "../../ast/statement.ts";
import { templateOf } from "../../ast/template.ts";
import { framesAbove, programLines } from "../../core/caller.ts";
import type { Clock } from "../../core/clock.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import { warn } from "../../core/warning.ts";

/** So many keys, one after the other. */
const MANY = 5;
/** Within so long. */
const WINDOW_MS = 1_000;
/** A stack costs as much as many small queries: no more than so many are taken within that time. */
const MAX_STACKS = 20;

/** The keys for which one query ran of late. */
interface Run {
  readonly sinceMs: number;
  /** What a transaction reads before it writes is no concern of the next one. */
  readonly transaction: object | undefined;
  readonly keys: Set<string>;
}

/** What goes on in one asynchronous context, such as the handling of a request. */
interface Task {
  readonly sinceMs: number;
  /** By the plan. */
  readonly runs: Map<object, Run>;
}

const tasks = new AsyncLocalStorage<Task>();

/** The places of which a warning has told, whichever database it was. */
const told = new Set<string>();

/** Which of a query's values are keys: those that a column must equal. */
export function keyPlacesOf(statement: SelectStatement): number[] {
  return keyPlacesIn(templateOf(statement).where);
}

function keyPlacesIn(condition: AnyExpression | undefined): number[] {
  const node = condition && nodeOf(condition);
  if (node?.kind === "logic" && node.operator === "and") return node.operands.flatMap(keyPlacesIn);
  if (node?.kind === "inListParameter") return node.size === 1 && !node.negated ? [node.index] : [];
  if (node?.kind !== "compare" || node.operator !== "=") return [];
  const [left, right] = [nodeOf(node.left), nodeOf(node.right)];
  if (right.kind !== "parameter") return [];
  const isColumn = left.kind === "column" || left.kind === "output" || left.kind === "call";
  return isColumn ? [right.index] : [];
}

/** The same for the same key. */
function keyOf(values: readonly unknown[], places: readonly number[]): string {
  const [place] = places;
  if (places.length === 1) return textOf(values[place!]);
  return JSON.stringify(places.map((each) => textOf(values[each])));
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value instanceof Date ? String(value.getTime()) : String(value);
}

/** A query that is about to run. */
export interface Watched {
  /** Stands for its shape. */
  readonly plan: object;
  /** What it is called in a warning. */
  readonly title: string;
  /** Which of its values are keys; is asked once for a shape. */
  readonly keyPlaces: () => readonly number[];
  readonly values: readonly unknown[];
  /** In which it runs. */
  readonly transaction: object | undefined;
}

export class RepeatWatch {
  readonly #clock: Clock;
  readonly #places: WeakMap<object, readonly number[]> = new WeakMap();
  /** Since the first of them. */
  #stackCount = 0;
  #countedMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Is called where a query is begun, so that what the program does from there on is told from what others do. */
  enter(): void {
    const nowMs = this.#clock.monotonicMs();
    const task = tasks.getStore();
    // What began before a server listened is around all of its requests.
    if (task === undefined || nowMs - task.sinceMs > WINDOW_MS)
      tasks.enterWith({ sinceMs: nowMs, runs: new Map() });
  }

  /**
   * Runs a query, and tells of it before that when it is the fifth of its kind.
   *
   * @param run Runs it.
   */
  watch<Result>(query: Watched, run: () => MaybePromise<Result>): MaybePromise<Result> {
    if (!this.#isRepeated(query)) return run();
    // Only what is awaited from here has a stack that leads to who awaits it.
    const tell = (): MaybePromise<Result> => {
      warnOf(query, programLines(framesAbove(tell)));
      return run();
    };
    return Promise.resolve().then(tell);
  }

  #isRepeated({ plan, keyPlaces, transaction, values }: Watched): boolean {
    const task = tasks.getStore();
    if (task === undefined) return false;
    let places = this.#places.get(plan);
    if (places === undefined) {
      places = keyPlaces();
      this.#places.set(plan, places);
    }
    if (places.length === 0) return false;
    const nowMs = this.#clock.monotonicMs();
    let run = task.runs.get(plan);
    const isOver = run !== undefined && nowMs - run.sinceMs > WINDOW_MS;
    if (run === undefined || isOver || run.transaction !== transaction) {
      run = { sinceMs: nowMs, transaction, keys: new Set() };
      task.runs.set(plan, run);
    }
    run.keys.add(keyOf(values, places));
    if (run.keys.size < MANY) return false;
    run.keys.clear();
    if (this.#stackCount++ === 0) this.#countedMs = nowMs;
    return true;
  }

  /** Itself; undefined while so many were told of lately that nobody else is. */
  active(): this | undefined {
    if (this.#stackCount < MAX_STACKS) return this;
    if (this.#clock.monotonicMs() - this.#countedMs <= WINDOW_MS) return undefined;
    this.#stackCount = 0;
    return this;
  }
}

function warnOf({ title }: Watched, lines: readonly string[]): void {
  const [frame = "at a place that the stack doesn't tell"] = lines.filter(
    (line) => !line.startsWith("at async Promise."),
  );
  if (told.has(frame)) return;
  told.add(frame);
  warn(
    "PLINTH_REPEATED_QUERY",
    `${title} ran ${MANY} times within a second, each time for another key.`,
    `Read the rows at once: with({ … }) for relations, inArray(column, keys), or a join. It runs here:\n${frame}`,
  );
}
