/** The checked statements of one connected database. */

import { listSize } from "../../ast/walk.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { ShapeCache } from "../../ast/shape.ts";
import type { Engine } from "../../connect/source.ts";
import { BuildError, InvalidValueError } from "../../core/error.ts";
import type { AnySchema } from "../../schema/schema.ts";
import { infoOf, type TableInfo } from "../../schema/table.ts";
import { refuseControl } from "../control.ts";
import { storedName } from "../follow/tables.ts";
import type {
  CheckedData,
  CheckedFacts,
  CheckedType,
  FactsByDatabase,
  WrittenType,
} from "./format.ts";
import { kindOf } from "./kind.ts";
import { FileStatement } from "./module.ts";
import { NamedQuery } from "./named-query.ts";
import { readGiven, type Given, type Parameter } from "./parameters.ts";
import { CheckedPlan } from "./plan.ts";
import type { CheckedSource } from "./source.ts";
import { parseCheckedText } from "./text.ts";
import type { CheckedSql } from "./types.ts";

const RUN = "Run: npx plinth check";

/** How much of a text a warning quotes. */
const MAX_TITLE = 100;

/** How many shapes of lists and fragments are kept before all are dropped at once. */
const MAX_SHAPES = 2_000;

/** A statement that is about to run. */
export interface Prepared {
  readonly plan: CheckedPlan;
  readonly values: readonly unknown[];
}

function unchecked(message: string, hint = RUN): BuildError {
  return new BuildError("E_UNCHECKED", message, { hint });
}

function refuseOther(): never {
  throw new InvalidValueError('query() takes a text, named("…")`…`, or a statement of a file.', {
    hint: "For SQL that isn't checked: execute(sql`…`).",
  });
}

/** One of them, made when it is first run. */
export class CheckedStatement {
  readonly source: CheckedSource;
  readonly #parameters: readonly Parameter[];
  readonly #registry: CheckedStatements;
  /** Of one without fragments and lists, which has one shape. */
  #plan: CheckedPlan | undefined;

  constructor(
    registry: CheckedStatements,
    source: CheckedSource,
    parameters: readonly Parameter[],
  ) {
    this.#registry = registry;
    this.source = source;
    this.#parameters = parameters;
  }

  /** What it is called in a warning. */
  get title(): string {
    const text = this.source.text.text.trim().replaceAll(/\s+/g, " ");
    return `The query "${text.length > MAX_TITLE ? `${text.slice(0, MAX_TITLE)} …` : text}"`;
  }

  /** Which of its values are keys: those that something must equal. */
  get keyPlaces(): () => readonly number[] {
    return () => {
      const { parameters, places, text } = this.source.text;
      const keys = places.filter(({ start }) => /[^<>!=:]=\s*$/.test(text.slice(0, start)));
      return [...new Set(keys.map(({ name }) => parameters.findIndex((one) => one.name === name)))];
    };
  }

  prepare(params: unknown): Prepared {
    const given = readGiven(this.source.text, this.#parameters, params);
    const { values } = given;
    return { plan: this.#plan ?? this.#planOf(given), values };
  }

  #planOf({ mask, values }: Given): CheckedPlan {
    const { conditions, parameters } = this.source.text;
    if (conditions.length === 0 && !parameters.some(({ isList }) => isList))
      return (this.#plan = this.#registry.plan(this.source, { mask, sizes: [] }));
    const sizes = parameters.map(({ isList }, at) =>
      isList ? listSize((values[at] as readonly unknown[] | undefined)?.length ?? 0) : 0,
    );
    return this.#registry.shaped(this.source, { mask, sizes });
  }
}

export class CheckedStatements {
  readonly #data: CheckedData;
  readonly #engine: Engine;
  readonly #tables: readonly TableInfo[];
  readonly #known = {
    text: new Map<string, CheckedStatement>(),
    named: new Map<string, CheckedStatement>(),
    file: new Map<string, CheckedStatement>(),
  };
  readonly #types = new Map<string, LogicalType | undefined>();
  readonly #shapes: ShapeCache<CheckedPlan>;
  #planCount = 0;

  constructor(data: CheckedData, engine: Engine, schema: AnySchema | undefined) {
    this.#data = data;
    this.#engine = engine;
    this.#tables = Object.values({ ...schema?.tables, ...schema?.views }).map(infoOf);
    this.#shapes = new ShapeCache({
      maxPlans: MAX_SHAPES,
      onClear: () => engine.source.forget(),
    });
  }

  /** How many plans are kept. */
  get size(): number {
    return this.#planCount + this.#shapes.planCount;
  }

  plan(source: CheckedSource, shape: { mask: number; sizes: readonly number[] }): CheckedPlan {
    this.#planCount++;
    return new CheckedPlan(this.#engine, source, shape);
  }

  shaped(source: CheckedSource, shape: { mask: number; sizes: readonly number[] }): CheckedPlan {
    let node = this.#shapes.root.to(source).to(shape.mask);
    for (const size of shape.sizes) node = node.to(size);
    if (node.plan !== undefined) return node.plan;
    const plan = new CheckedPlan(this.#engine, source, shape);
    this.#shapes.keep(node, plan);
    return plan;
  }

  /** @throws {BuildError} `E_UNCHECKED` */
  find(query: CheckedSql): CheckedStatement {
    if (typeof query === "string") return this.#known.text.get(query) ?? this.#keep("text", query);
    if (query instanceof FileStatement)
      return this.#known.file.get(query.name) ?? this.#keep("file", query);
    if (!(query instanceof NamedQuery)) refuseOther();
    const known = this.#known.named.get(query.name) ?? this.#keep("named", query);
    if (query.text === known.source.text.text) return known;
    throw unchecked(`The SQL of "${query.name}" has changed since it was checked.`);
  }

  #keep(from: "file" | "named" | "text", query: CheckedSql): CheckedStatement {
    const statement = this.#make(query);
    this.#known[from].set(typeof query === "string" ? query : query.name, statement);
    return statement;
  }

  #make(query: CheckedSql): CheckedStatement {
    const { texts, named, files } = this.#data;
    if (typeof query === "string") {
      if (Object.hasOwn(texts, query)) return this.#read(query, texts[query]!);
      throw unchecked("This SQL isn't among the checked statements, or has changed.");
    }
    const all = query instanceof NamedQuery ? named : files;
    const found = Object.hasOwn(all, query.name) ? all[query.name] : undefined;
    if (found === undefined) throw unchecked(`No checked statement is named "${query.name}".`);
    const statement = this.#read(found.text, found.databases);
    const { places } = statement.source.text;
    if (query instanceof NamedQuery && places.length !== query.values.length) {
      throw new InvalidValueError(
        `Not every value of "${query.name}" has a place of its own in its SQL.`,
        { hint: "Write values as ${…} only, and none inside of a text or a comment." },
      );
    }
    return statement;
  }

  #read(written: string, databases: FactsByDatabase): CheckedStatement {
    const facts = this.#factsOf(databases);
    const { lexis } = this.#engine.dialect;
    refuseControl(written);
    const text = parseCheckedText(written, lexis);
    const told = new Map((facts.parameters ?? []).map((parameter) => [parameter[0], parameter]));
    const source: CheckedSource = {
      text,
      kind: kindOf(written, lexis),
      types: text.parameters.map(({ name }) => this.#typeOf(told.get(name)?.[1] ?? "unknown")),
      columns: (facts.columns ?? []).map(([key, type]) => [key, this.#typeOf(type)]),
      tables: this.#tables.filter((table) => facts.writes?.includes(this.#nameOf(table)) === true),
      reads: facts.reads,
      writes: facts.writes,
    };
    const parameters = text.parameters.map((parameter) => ({
      ...parameter,
      isNullable: told.get(parameter.name)?.[2] === "nullable",
    }));
    return new CheckedStatement(this, source, parameters);
  }

  #factsOf(databases: FactsByDatabase): CheckedFacts {
    const { migrations, name } = this.#engine.dialect;
    const family = migrations.families.find((known) => Object.hasOwn(databases, known));
    if (family !== undefined) return databases[family]!;
    const others = Object.keys(databases).join(" and ");
    throw unchecked(
      `This SQL was checked for ${others === "" ? "no database" : others}, and not for ${name}.`,
      `${RUN} for "${migrations.families.at(-1)}", too.`,
    );
  }

  #nameOf(table: TableInfo): string {
    return storedName(this.#engine.names, table);
  }

  #typeOf(name: string): LogicalType | undefined {
    if (name === "unknown") return undefined;
    if (this.#types.has(name)) return this.#types.get(name);
    const { types } = this.#data;
    if (!Object.hasOwn(types, name))
      throw unchecked(`The module of checked statements has no type "${name}".`);
    const type = this.#resolve(types[name]!);
    this.#types.set(name, type);
    return type;
  }

  #resolve(type: CheckedType): LogicalType {
    if (type.kind !== "column") return completed(type);
    const wanted = type.schema === undefined ? type.table : `${type.schema}.${type.table}`;
    const table = this.#tables.find((one) => this.#nameOf(one) === wanted);
    const column = table?.columns.find((one) => this.#engine.names.column(one) === type.column);
    if (column !== undefined) return column.type;
    throw unchecked(
      `The schema of this connection has no column "${wanted}.${type.column}", of which a checked statement reads.`,
      `Give it: connect(url, { schema, queries }). If it has changed, run: npx plinth check`,
    );
  }
}

/** JSON has no undefined. */
function completed(type: WrittenType): LogicalType {
  if (type.kind === "array") return { ...type, element: completed(type.element) };
  return type.kind === "text" || type.kind === "bytes"
    ? { ...type, length: type.length }
    : (type as LogicalType);
}
