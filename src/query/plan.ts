import type { Source } from "../ast/expression.ts";
import { nullableSources } from "../ast/nullable.ts";
import { ShapeCache } from "../ast/shape.ts";
import type { SelectionRecord, Statement } from "../ast/statement.ts";
import { templateOf } from "../ast/template.ts";
import { walkStatement } from "../ast/walk.ts";
import { givenTo, type Context } from "./actor.ts";
import { toDbError } from "../connect/engine.ts";
import type { Engine } from "../connect/source.ts";
import { UnsupportedError } from "../core/error.ts";
import type { Capabilities } from "../dialect/capabilities.ts";
import { renderStatement } from "../dialect/dialect.ts";
import { nextStatementId, type Cells, type DriverStatement } from "../dialect/driver.ts";
import { columnsOf } from "../dialect/sql/standard-query.ts";
import { encodeFor } from "../dialect/values/type-map.ts";
import { valueAt, type Binding } from "../dialect/sql/writer.ts";
import type { AnySchema } from "../schema/schema.ts";
import { TableInfo } from "../schema/table.ts";
import type { DurableRecorder } from "./durable.ts";
import type { CheckedStatements } from "./checked/statements.ts";
import { refuseControl } from "./control.ts";
import { readsOf } from "./follow/tables.ts";
import { checkGrouping } from "./read/grouping.ts";
import type { RepeatWatch } from "./watch/repeats.ts";
import { createBesideDecoder, createDecoder, type DecodeRow } from "./decode.ts";
import { createEncoder, type EncodeValues } from "./encode.ts";

/** Statements of more values come once, as a load in bulk does, and are not worth keeping prepared. */
const MAX_KEPT_BINDINGS = 10_000;

/** What is made once for a shape: text, where its values go, how its rows are read. */
export class Plan {
  readonly statement: DriverStatement;
  readonly #engine: Engine;
  readonly #bindings: readonly Binding[];
  /** Where the values go into the text in the order of the walk, one each. */
  readonly #encode: EncodeValues | undefined;
  readonly #decodeRow: DecodeRow | undefined;
  readonly #decodeBeside: ((cells: Cells) => unknown[]) | undefined;
  readonly #tables: readonly TableInfo[];

  constructor(engine: Engine, source: Statement) {
    if (source.kind === "select") checkGrouping(source);
    const template = templateOf(source);
    const { dialect, names } = engine;
    const { text, bindings, outputs } = renderStatement(dialect, names, template);
    if (bindings.length > dialect.can.maxParameters) {
      throw new UnsupportedError({
        dialect: dialect.name,
        feature: `more than ${dialect.can.maxParameters} values in one statement`,
        instead: "Split the work into several statements.",
      });
    }
    if (template.kind === "raw") refuseControl(text);
    const isWide = outputs.some((type) => type !== undefined && dialect.types.isWide(type));
    this.#engine = engine;
    this.#bindings = bindings;
    const isDirect = bindings.every(({ index, item }, place) => index === place && item === -1);
    this.#encode = isDirect ? createEncoder(bindings) : undefined;
    this.#tables = tablesOf(template);
    this.statement = {
      id: nextStatementId(),
      text,
      isWrite: template.kind !== "select" || template.lock !== undefined,
      isKept: bindings.length <= MAX_KEPT_BINDINGS && !isCustom(template),
      isWide,
      untyped: outputs.flatMap((type, place) => (type === undefined ? [place] : [])),
      reads:
        template.kind === "select" ? { ...readsOf(template, names), types: outputs } : undefined,
    };
    const selection = selectionOf(template);
    if (selection !== undefined) {
      const nullable = template.kind === "select" ? nullableSources(template) : new Set<Source>();
      this.#decodeRow = createDecoder({
        selection,
        outputs,
        types: dialect.types,
        isWide,
        nullable,
        columnsOf,
      });
    }
    if (template.kind === "select" && template.beside !== undefined) {
      const start = outputs.length - template.beside.length;
      this.#decodeBeside = createBesideDecoder({ outputs, types: dialect.types, isWide }, start);
    }
  }

  /**
   * What the driver binds. May reuse the list that it is given.
   *
   * @param context For whom the statement runs, where that gives it values.
   */
  bind(values: unknown[], context: Context | undefined): readonly unknown[] {
    const bindings = this.#bindings;
    if (this.#encode !== undefined && values.length === bindings.length) {
      this.#encode(values);
      return values;
    }
    return bindings.map((binding) => {
      const value =
        binding.given === undefined
          ? valueAt(values[binding.index], binding.item)
          : givenTo(context, binding.given);
      return value === null ? null : encodeFor(binding.column, binding.encode, value);
    });
  }

  get can(): Capabilities {
    return this.#engine.dialect.can;
  }

  decodeRow(cells: Cells): unknown {
    return this.#decodeRow!(cells);
  }

  /** What a statement reads beside the row. */
  decodeBeside(cells: Cells): unknown[] {
    return this.#decodeBeside!(cells);
  }

  decodeRows(rows: readonly Cells[]): unknown[] {
    const decode = this.#decodeRow!;
    const decoded = new Array<unknown>(rows.length);
    for (let index = 0; index < rows.length; index++) decoded[index] = decode(rows[index]!);
    return decoded;
  }

  toDbError(error: unknown): unknown {
    return toDbError(this.#engine, error, this.#tables);
  }
}

/** What is kept prepared may be planned once for all values. */
function isCustom(template: Statement): boolean {
  return template.kind === "select" && template.plan === "custom";
}

function selectionOf(template: Statement): SelectionRecord | undefined {
  if (template.kind === "select") return template.selection;
  return template.kind === "raw" ? undefined : template.returning;
}

/** The tables that the statement writes, or reads first. */
function tablesOf(template: Statement): TableInfo[] {
  switch (template.kind) {
    case "select":
      return [template.from, ...template.joins.map((join) => join.source)].filter(
        (source) => source instanceof TableInfo,
      );
    case "insert":
      return [template.into as TableInfo];
    case "update":
      return [template.table as TableInfo];
    case "delete":
      return [template.from as TableInfo];
    case "raw":
      return [];
  }
}

/** The plans of one connected database. */
export class PlanCache {
  readonly engine: Engine;
  /** What `connect` was told of: where relations are found. */
  readonly schema: AnySchema | undefined;
  /** Who takes part in the writes of a table; `watchOf` gives it as what it is, whose type knows plans. */
  readonly watches: Map<TableInfo, { readonly table: TableInfo }> = new Map();
  /** Tells of queries that run for one key after the other; undefined where nobody is to be told. */
  readonly repeats: RepeatWatch | undefined;
  /** SQL by hand that was checked, as `connect` was told. */
  readonly checked: CheckedStatements | undefined;
  /** Keeps what is to follow a commit for certain; undefined where nobody does. */
  durable: DurableRecorder | undefined;
  /**
   * Those who want to know which tables writes touch; undefined where there is nobody. `followersOf` gives them as what they
   * are, whose type knows plans.
   */
  followers: object | undefined;
  readonly #shapes: ShapeCache<Plan>;

  constructor(
    engine: Engine,
    schema: AnySchema | undefined,
    repeats?: RepeatWatch,
    checked?: CheckedStatements,
  ) {
    this.engine = engine;
    this.repeats = repeats;
    this.checked = checked;
    this.schema = schema;
    this.#shapes = new ShapeCache({ onClear: () => engine.source.forget() });
  }

  /** How many plans are kept. */
  get size(): number {
    return this.#shapes.planCount + (this.checked?.size ?? 0);
  }

  /** @param values Collects what the statement binds. */
  planOf(statement: Statement, values: unknown[]): Plan {
    const node = walkStatement(this.#shapes.root, statement, values);
    if (node.plan !== undefined) return node.plan;
    const plan = new Plan(this.engine, statement);
    this.#shapes.keep(node, plan);
    return plan;
  }
}
