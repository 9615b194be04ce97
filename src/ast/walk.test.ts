import { expect, test } from "vitest";
import { integer, text, varchar } from "../schema/types.ts";
import { alias, infoOf, table, type TableInfo } from "../schema/table.ts";
import { emptyStatement } from "../query/statement.ts";
import { tableSelection } from "../query/read/selection.ts";
import { derive, DerivedSource } from "./derived.ts";
import {
  BetweenNode,
  CallNode,
  CaseNode,
  CompareNode,
  Expression,
  FragmentNode,
  InListNode,
  InQueryNode,
  ListParameterNode,
  LogicNode,
  NotNode,
  NullTestNode,
  OutputNode,
  ParameterNode,
  PatternNode,
  RowCompareNode,
  SourceNode,
  SubqueryNode,
  ValueNode,
  type AnyExpression,
  type Source,
} from "./expression.ts";
import type { LogicalType } from "./logical-type.ts";
import { ShapeCache } from "./shape.ts";
import type {
  Inputs,
  JoinClause,
  Lift,
  SelectionNode,
  SelectionRecord,
  SelectStatement,
  SourceColumn,
  Statement,
} from "./statement.ts";
import { templateOf } from "./template.ts";
import { listSize, walkStatement } from "./walk.ts";

/** Mulberry32: a small generator that a seed repeats. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const users = table("users", {
  id: integer().primaryKey(),
  name: text(),
  code: varchar({ length: 9 }),
});
const posts = table("posts", { id: integer().primaryKey(), name: text() });
const SOURCES = [users, posts, alias(users, "u2")].map(infoOf);

/** A select that stands as a table, and binds so many values. */
function derivedOf(name: string, valueCount: number): DerivedSource {
  const values: unknown[] = [];
  const operands = Array.from({ length: valueCount }, () => new ValueNode(1, undefined));
  const where = new LogicNode("and", operands);
  const selection = tableSelection(SOURCES[0]!);
  const statement = { ...emptyStatement(SOURCES[0]!, selection), where };
  return derive(name, "inline", [{ operator: undefined, statement }], values);
}

const DERIVED = new Map([0, 1, 3].map((count) => [derivedOf(`d${count}`, count), count]));
const TYPES: readonly (LogicalType | undefined)[] = [
  undefined,
  infoOf(users).column("id")!.type,
  infoOf(users).column("name")!.type,
  infoOf(users).column("code")!.type,
];
const STRINGS: readonly (readonly string[])[] = [
  ["now()"],
  ["f(", ")"],
  ["", " + ", ""],
  ["g(", ")"],
];

/** Makes trees of few, small parts, so that different ones are nearly alike. Values come from elsewhere. */
class TreeMaker {
  readonly #random: () => number;
  readonly #value: () => unknown;

  constructor(seed: number, value: () => unknown) {
    this.#random = randomOf(seed);
    this.#value = value;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)]!;
  }

  #maybe<Item>(make: () => Item): Item | undefined {
    return this.#below(3) === 0 ? make() : undefined;
  }

  #some<Item>(least: number, most: number, make: () => Item): Item[] {
    return Array.from({ length: least + this.#below(most - least + 1) }, make);
  }

  #column(): SourceColumn {
    if (this.#below(4) === 0) return this.#pick(this.#pick([...DERIVED.keys()]).columns);
    return this.#pick(this.#pick(SOURCES).columns);
  }

  #leaf(): AnyExpression {
    return this.#below(2) === 0 ? this.#column() : new ValueNode(this.#value(), this.#pick(TYPES));
  }

  expression(depth: number): AnyExpression {
    if (depth === 0) return this.#leaf();
    const inner = (): AnyExpression => this.expression(depth - 1);
    switch (this.#below(15)) {
      case 0:
        return new CompareNode(this.#pick(["=", "<"]), inner(), inner());
      case 1:
        return new LogicNode(this.#pick(["and", "or"]), this.#some(0, 3, inner));
      case 2:
        return new NotNode(inner());
      case 3:
        return new NullTestNode(inner(), this.#below(2) === 0);
      case 4:
        return new InListNode(
          inner(),
          this.#some(0, 9, this.#value),
          this.#pick(TYPES),
          this.#below(2) === 0,
        );
      case 5:
        return new BetweenNode(inner(), inner(), inner());
      case 6:
        return new PatternNode(
          this.#pick(["like", "ilike"]),
          inner(),
          inner(),
          this.#below(2) === 0,
          this.#below(2) === 0,
          this.#below(2) === 0,
        );
      case 7:
        return new CallNode(
          this.#pick(["sum", "coalesce"]),
          this.#some(0, 2, inner),
          TYPES[1 + this.#below(3)]!,
          undefined,
          this.#pick([undefined, "k", "ki"]),
        );
      case 8: {
        const strings = this.#pick(STRINGS);
        return new FragmentNode(strings, strings.slice(1).map(inner), this.#pick(TYPES));
      }
      case 9:
        return this.#below(2) === 0 ? new SourceNode(this.#pick(SOURCES)) : this.#leaf();
      case 14: {
        const left = this.#some(1, 3, inner);
        return new RowCompareNode(this.#pick(["<", ">"]), left, left.map(inner));
      }
      case 12:
        return new CaseNode(
          this.#some(1, 2, () => ({ condition: inner(), value: inner() })),
          this.#maybe(inner),
          this.#pick(TYPES),
        );
      case 13:
        return new CallNode("sum", [inner()], TYPES[1]!, {
          partitionBy: this.#some(0, 2, inner),
          orderBy: this.#some(0, 2, () => ({
            expression: inner(),
            direction: this.#pick(["asc", "desc"]),
            nulls: this.#pick([undefined, "first", "last"]),
          })),
          frame: this.#pick([undefined, "rows between 1 preceding and current row"]),
        });
      case 10:
        return new InQueryNode(
          inner(),
          this.select(depth - 1),
          this.#below(2) === 0,
          this.#below(2) === 0,
        );
      default:
        return new SubqueryNode(this.#pick(["exists", "value"]), this.select(depth - 1));
    }
  }

  #selection(depth: number): SelectionRecord {
    if (this.#below(4) === 0) return tableSelection(this.#pick(SOURCES));
    const keys = ["a", "b", "and"].slice(0, 1 + this.#below(3));
    const values = keys.map((): SelectionNode =>
      depth > 0 && this.#below(4) === 0
        ? this.#selection(depth - 1)
        : this.expression(Math.min(depth, 1)),
    );
    return { keys, values, source: undefined };
  }

  #source(): { readonly source: Source; readonly inputs: Inputs | undefined } {
    if (this.#below(4) > 0) return { source: this.#pick(SOURCES), inputs: undefined };
    const [source, length] = this.#pick([...DERIVED]);
    return { source, inputs: { values: Array.from({ length }, this.#value), first: 0 } };
  }

  #joins(expression: () => AnyExpression): JoinClause[] {
    return this.#some(0, 2, () => ({
      kind: this.#pick(["inner", "left", "cross"]),
      ...this.#source(),
      on: this.#maybe(expression),
    }));
  }

  #lifts(source: Source): Lift[] | undefined {
    return this.#maybe(() =>
      this.#some(1, 2, () => ({
        source: this.#pick([undefined, source]),
        scope: this.#pick([undefined, "a", "b"]),
        mode: this.#pick(["kept", "only", "with"] as const),
        isOfClient: this.#pick([true, false]),
      })),
    );
  }

  select(depth: number): SelectStatement {
    const { source: from, inputs } = this.#source();
    const expression = (): AnyExpression => this.expression(depth);
    const selection = this.#selection(depth);
    const selected = selection.values.filter((value) => value instanceof Expression);
    /** Now and then one of the selection itself. */
    const term = (): AnyExpression =>
      selected.length > 0 && this.#below(2) === 0 ? this.#pick(selected) : expression();
    return {
      kind: "select",
      selection,
      distinct: this.#below(3) === 0,
      distinctOn: this.#below(4) === 0 ? this.#some(1, 2, expression) : [],
      from,
      inputs,
      joins: this.#joins(expression),
      where: this.#maybe(expression),
      groupBy: this.#below(3) === 0 ? this.#some(1, 2, term) : [],
      having: this.#maybe(expression),
      orderBy:
        this.#below(3) === 0
          ? this.#some(1, 2, () => ({
              expression: term(),
              direction: this.#pick(["asc", "desc"]),
              nulls: this.#pick([undefined, "first", "last"]),
            }))
          : [],
      limit: this.#maybe(expression),
      offset: this.#maybe(expression),
      comment: this.#maybe(() => this.#pick(["a", "b"])),
      beside: this.#maybe(() => this.#some(1, 2, expression)),
      plan: this.#maybe(() => "custom" as const),
      lifts: this.#lifts(from),
      lock: this.#maybe(() => ({
        strength: this.#pick(["share", "update"] as const),
        busy: this.#pick(["fail", "skip", "wait"] as const),
        of: this.#maybe(() => this.#pick(SOURCES)),
      })),
    };
  }

  /** A value, now and then an expression or nothing. */
  #cell(depth: number): unknown {
    const kind = this.#below(5);
    if (kind === 0) return this.expression(depth);
    return kind === 1 ? undefined : this.#value();
  }

  statement(): Statement {
    const depth = this.#below(3);
    const source = this.#pick(SOURCES) as TableInfo;
    const where = this.#maybe(() => this.expression(depth));
    const returning = this.#maybe(() => this.#selection(depth));
    const joins = this.#joins(() => this.expression(depth));
    const comment = this.#maybe(() => this.#pick(["a", "b"]));
    const lifts = this.#lifts(source);
    switch (this.#below(5)) {
      case 0:
        return { kind: "delete", from: source, joins, where, returning, comment, lifts };
      case 1: {
        const set = source.columns
          .slice(this.#below(2))
          .map((column) => ({ column, value: this.#cell(depth) ?? this.#value() }));
        return { kind: "update", table: source, joins, set, where, returning, comment, lifts };
      }
      case 2: {
        const columns = source.columns.slice(this.#below(3));
        if (this.#below(4) === 0) {
          const query = this.select(depth);
          return {
            kind: "insert",
            into: source,
            columns,
            rows: [],
            query,
            conflict: undefined,
            returning,
            comment,
            lifts,
          };
        }
        const isPlain = this.#below(2) === 0;
        const rows = this.#some(1, 3, () =>
          Object.fromEntries(
            columns.map(({ key }) => [key, isPlain ? this.#value() : this.#cell(depth)]),
          ),
        );
        const conflict = this.#maybe(() => ({
          target: source.columns.slice(this.#below(3)),
          update: source.columns.slice(this.#below(4)),
          set: this.#maybe(() =>
            source.columns
              .slice(this.#below(3))
              .map((column) => ({ column, value: this.#cell(depth) ?? this.#value() })),
          ),
          where: this.#maybe(() => this.expression(depth)),
        }));
        return { kind: "insert", into: source, columns, rows, conflict, returning, comment, lifts };
      }
      case 3:
        return { kind: "raw", fragment: this.expression(depth + 1) };
      default:
        return this.select(depth);
    }
  }
}

/** Compares a statement with its template, and gathers which value each parameter stands for. */
function gather(
  source: unknown,
  template: unknown,
  found: Map<number, unknown>,
  seen: Map<unknown, unknown> = new Map(),
): void {
  // A term that is selected too is one node in both trees.
  if (template instanceof Expression && template.kind !== "column" && seen.has(template)) {
    expect(seen.get(template)).toBe(source);
    return;
  }
  seen.set(template, source);
  if (template instanceof ParameterNode) {
    expect(found.has(template.index)).toBe(false);
    found.set(template.index, source instanceof ValueNode ? source.value : source);
    if (source instanceof ValueNode) expect(template.type).toBe(source.type);
  } else if (template instanceof ListParameterNode) {
    const list = source as InListNode<string>;
    found.set(template.index, list.values);
    expect([template.size, template.type, template.negated]).toEqual([
      listSize(list.values.length),
      list.type,
      list.negated,
    ]);
    gather(list.operand, template.operand, found, seen);
  } else if (isInputs(template)) {
    (source as Inputs).values.forEach((value, index) => {
      expect(found.has(template.first + index)).toBe(false);
      found.set(template.first + index, value);
    });
  } else if (source !== template && typeof template === "object" && template !== null) {
    for (const key of Object.keys(template))
      gather(Reflect.get(source as object, key), Reflect.get(template, key), found, seen);
  } else expect(template).toBe(source);
}

function isInputs(node: unknown): node is Inputs {
  return typeof node === "object" && node !== null && "first" in node && "values" in node;
}

const identities = new Map<object, number>();

/** A shape as text, made without the walk: objects known by identity are numbered, and all values are 1. */
function describe(node: unknown, selected: readonly unknown[] = []): string {
  if (node instanceof Expression && node.kind !== "column" && selected.includes(node))
    return `selected ${selected.indexOf(node)}`;
  if (typeof node !== "object" || node === null)
    return typeof node === "string" ? JSON.stringify(node) : String(node);
  if (isInputs(node)) return "inputs";
  const isKnownByIdentity =
    SOURCES.includes(node as TableInfo) ||
    node instanceof DerivedSource ||
    node instanceof OutputNode ||
    TYPES.includes(node as LogicalType) ||
    STRINGS.includes(node as readonly string[]) ||
    (node instanceof Expression && node.kind === "column");
  if (isKnownByIdentity) {
    if (!identities.has(node)) identities.set(node, identities.size);
    return `#${identities.get(node)}`;
  }
  if (node instanceof InListNode) {
    const { operand, values, type, negated } = node;
    return `in(${describe([listSize(values.length), operand, type, negated])})`;
  }
  if (Array.isArray(node)) return `[${node.map((member) => describe(member, selected)).join()}]`;
  const members = Object.entries(node).map(([key, member]: [string, unknown]) => {
    const isTerm = key === "groupBy" || key === "orderBy";
    const { selection } = node as Partial<SelectStatement>;
    const known = isTerm && selection?.source === undefined ? (selection?.values ?? []) : [];
    return `${key}:${describe(member, key === "expression" ? selected : known)}`;
  });
  return `{${members.join()}}`;
}

const SEEDS = process.env["PLINTH_TEST_LONG"] === undefined ? 4_000 : 200_000;

test("the walk collects values in the order in which the template numbers them", () => {
  const { root } = new ShapeCache();
  for (let seed = 0; seed < SEEDS; seed++) {
    let last = 0;
    const statement = new TreeMaker(seed, () => ++last).statement();
    const values: unknown[] = [];
    walkStatement(root, statement, values);

    const found = new Map<number, unknown>();
    gather(statement, templateOf(statement), found);
    const inOrder = Array.from({ length: values.length }, (_, index) => found.get(index));
    expect(inOrder, `seed ${seed}`).toEqual(values);
    expect(found.size, `seed ${seed}`).toBe(values.length);
  }
});

test("statements that differ in values only end at one node, others at different ones", () => {
  const cache = new ShapeCache({ maxNodes: Infinity });
  const byShape = new Map<string, unknown>();
  const byNode = new Map<unknown, string>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const statement = new TreeMaker(seed, () => 1).statement();
    const shape = describe(statement);
    const node = walkStatement(cache.root, statement, []);
    const again = new TreeMaker(seed, () => ({ other: seed })).statement();
    expect(walkStatement(cache.root, again, []), `seed ${seed}`).toBe(node);

    if (byShape.has(shape)) expect(byShape.get(shape), `seed ${seed}: ${shape}`).toBe(node);
    if (byNode.has(node)) expect(byNode.get(node), `seed ${seed}`).toBe(shape);
    byShape.set(shape, node);
    byNode.set(node, shape);
  }
  expect(byShape.size).toBeGreaterThan(SEEDS / 2);
});

const id = infoOf(users).column("id")!;
const name = infoOf(users).column("name")!;
const one = (type?: LogicalType): AnyExpression => new ValueNode(1, type);
const list = (length: number, type = TYPES[1], negated = false): AnyExpression =>
  new InListNode(
    id,
    Array.from({ length }, () => 1),
    type,
    negated,
  );
const pattern = (
  operator: "like" | "ilike",
  isAscii: boolean,
  negated: boolean,
  isEscaped = false,
): AnyExpression => new PatternNode(operator, name, one(), isAscii, isEscaped, negated);
const and = (...operands: AnyExpression[]): AnyExpression => new LogicNode("and", operands);
const or = (...operands: AnyExpression[]): AnyExpression => new LogicNode("or", operands);
const strings = ["a", "b"];
const fragment = (parts: AnyExpression[], type?: LogicalType, texts = strings): AnyExpression =>
  new FragmentNode(texts, parts, type);

test.each<[string, AnyExpression, AnyExpression]>([
  ["a value with and without a type", one(), one(TYPES[1])],
  ["values of two types", one(TYPES[1]), one(TYPES[2])],
  ["a column and a value", id, one(TYPES[1])],
  ["a column and the same of an alias", id, SOURCES[2]!.column("id")!],
  ["lists of no and of one value", list(0), list(1)],
  ["lists of four and of five values", list(4), list(5)],
  ["lists of eight and of nine values", list(8), list(9)],
  ["a list and its opposite", list(2), list(2, TYPES[1], true)],
  ["lists of two types", list(2), list(2, TYPES[2])],
  ["like and ilike", pattern("like", true, false), pattern("ilike", true, false)],
  ["patterns in and beyond ASCII", pattern("like", true, false), pattern("like", false, false)],
  [
    "patterns with and without escapes",
    pattern("like", true, false, true),
    pattern("like", true, false),
  ],
  ["a pattern and its opposite", pattern("like", true, false), pattern("like", true, true)],
  [
    "flags of a pattern that are swapped",
    pattern("like", false, true),
    pattern("like", true, false),
  ],
  ["groups of and", and(id, and(id, id)), and(and(id, id), id)],
  ["an or inside and outside of an and", and(or(id, id), id), or(and(id, id), id)],
  ["a group's end", and(and(id), id), and(and(id, id))],
  ["null tests", new NullTestNode(id, true), new NullTestNode(id, false)],
  [
    "not of a test and the opposite test",
    new NotNode(new NullTestNode(id, false)),
    new NullTestNode(id, true),
  ],
  ["two texts of one content", fragment([one()]), fragment([one()], undefined, ["a", "b"])],
  ["a fragment with and without a type", fragment([one()]), fragment([one()], TYPES[1])],
  [
    "a fragment's type and a part of that type",
    fragment([one(TYPES[1])]),
    fragment([one()], TYPES[1]),
  ],
  [
    "functions of two types",
    new CallNode("sum", [id], TYPES[1]!),
    new CallNode("sum", [id], TYPES[2]!),
  ],
  [
    "functions of two options",
    new CallNode("jsonText", [id, one()], TYPES[2]!, undefined, "k"),
    new CallNode("jsonText", [id, one()], TYPES[2]!, undefined, "i"),
  ],
  [
    "between and two comparisons",
    new BetweenNode(id, one(), one()),
    and(new CompareNode("<", id, one()), one()),
  ],
])("the walk tells apart %s", (_, left, right) => {
  const { root } = new ShapeCache();
  const nodeOfRaw = (fragment: AnyExpression): unknown =>
    walkStatement(root, { kind: "raw", fragment }, []);
  expect(nodeOfRaw(left)).toBe(nodeOfRaw(left));
  expect(nodeOfRaw(left)).not.toBe(nodeOfRaw(right));
});

test("lists share a node by powers of two", () => {
  expect([0, 1, 2, 3, 4, 5, 8, 9, 16, 17, 1_000, 40_000].map(listSize)).toEqual([
    0, 1, 2, 3, 4, 8, 8, 16, 16, 32, 1_024, 65_536,
  ]);
});

test("a cache that has grown over its bounds starts anew, and tells it", () => {
  let clears = 0;
  const cache = new ShapeCache<string>({ maxPlans: 3, onClear: () => clears++ });
  for (const token of [1, 2, 3]) cache.keep(cache.root.to(token), `plan ${token}`);
  expect([cache.planCount, clears]).toEqual([3, 0]);
  expect(cache.root.to(2).plan).toBe("plan 2");

  cache.keep(cache.root.to(4), "plan 4");
  expect([cache.planCount, clears]).toEqual([0, 1]);
  expect(cache.root.to(2).plan).toBe(undefined);
  expect(cache.nodeCount).toBeLessThan(5);
});

test("shapes that end in no plan are bounded too", () => {
  const cache = new ShapeCache<string>({ maxNodes: 50 });
  for (let at = 0; at < 1_000; at++) {
    cache.root.to({}).to({});
    expect(cache.nodeCount).toBeLessThan(54);
  }
});

test("rows whose values were read before end where the same rows do, with the same values", () => {
  const { columns } = infoOf(table("pairs", { left: integer(), right: text() }));
  const into = columns[0]!.source;
  for (const rowCount of [1, 3, 40]) {
    const rows = Array.from({ length: rowCount }, (_, at) => ({ left: at, right: `${at}` }));
    const cells = rows.flatMap(({ left, right }) => [left, right]);
    const insert: Statement = {
      kind: "insert",
      into,
      columns,
      rows,
      conflict: undefined,
      returning: undefined,
    };
    const { root } = new ShapeCache();
    const [walked, read]: unknown[][] = [["before"], ["before"]];
    const node = walkStatement(root, insert, walked!);
    expect(walkStatement(root, { ...insert, cells }, read!)).toBe(node);
    expect(read).toEqual(walked);
    expect(read).toEqual(["before", ...cells]);
  }
});
