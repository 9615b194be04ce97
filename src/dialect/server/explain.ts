/** How a database goes about a statement, in one shape for all of them. */

import type { Cells } from "../driver.ts";

export interface PlanDetails {
  /** What is done, in the database's own words, such as `Index Scan`. */
  readonly operation: string;
  /** What is read or written, by its name in the query. */
  readonly table?: string | undefined;
  readonly index?: string | undefined;
  /** How many rows the database expects. */
  readonly rows?: number | undefined;
  /** What the database reckons that it costs, in its own unit, with all below. */
  readonly cost?: number | undefined;
  /** How many rows there were; with `analyze`, where the database tells. */
  readonly actualRows?: number | undefined;
  /** How long it took with all below, in milliseconds; with `analyze`, where the database tells. */
  readonly timeMs?: number | undefined;
  /** What else the database says of it, such as conditions; may hold the query's values. */
  readonly detail: string;
  readonly children: readonly PlanNode[];
}

/** A step of a plan, and those that it is made of. `String(plan)` is an indented tree. */
export class PlanNode implements PlanDetails {
  readonly operation: string;
  readonly table: string | undefined;
  readonly index: string | undefined;
  readonly rows: number | undefined;
  readonly cost: number | undefined;
  readonly actualRows: number | undefined;
  readonly timeMs: number | undefined;
  readonly detail: string;
  readonly children: readonly PlanNode[];

  constructor(details: PlanDetails) {
    this.operation = details.operation;
    this.table = details.table;
    this.index = details.index;
    this.rows = details.rows;
    this.cost = details.cost;
    this.actualRows = details.actualRows;
    this.timeMs = details.timeMs;
    this.detail = details.detail;
    this.children = details.children;
  }

  /** The same plan, with what running all of it took. */
  measured(actualRows: number, timeMs: number): PlanNode {
    const { operation, detail, children } = this;
    return new PlanNode({ operation, detail, children, actualRows, timeMs });
  }

  toString(): string {
    return linesOf(this, "").join("\n");
  }
}

function linesOf(node: PlanNode, indent: string): string[] {
  const { operation, table, index, rows, cost, actualRows, timeMs, detail } = node;
  const place =
    (table === undefined ? "" : ` on ${table}`) + (index === undefined ? "" : ` by ${index}`);
  const facts = [
    rows === undefined ? undefined : `rows ${rows}`,
    actualRows === undefined ? undefined : `actual rows ${actualRows}`,
    cost === undefined ? undefined : `cost ${cost}`,
    timeMs === undefined ? undefined : `${Number(timeMs.toPrecision(3))} ms`,
  ].filter((fact) => fact !== undefined);
  const suffix = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  const below = `${indent}  `;
  return [
    `${indent}${operation}${place}${suffix}`,
    ...(detail === "" ? [] : detail.split("\n").map((line) => `${below}| ${line}`)),
    ...node.children.flatMap((child) => linesOf(child, below)),
  ];
}

/** What a database says about its plans. */
export interface ExplainRules {
  /** Of which statements the database itself tells what running them took. None is then run by Plinth. */
  readonly measures: "all" | "nothing" | "reads";
  /** What stands before the statement. */
  prefix(isMeasured: boolean): string;
  /** The plan of what that gives. */
  read(rows: readonly Cells[], isMeasured: boolean): PlanNode;
}

/** A number of a plan in JSON, which some databases write as text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** @returns undefined unless both are known. */
export function times(value: unknown, count: unknown): number | undefined {
  const [left, right] = [numberOf(value), numberOf(count)];
  return left === undefined || right === undefined ? undefined : left * right;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
