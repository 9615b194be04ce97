/** Expressions of every kind over the tables of a query, typed, so that each means something. */

import {
  abs,
  add,
  and,
  asc,
  avg,
  between,
  boolean,
  caseWhen,
  ceil,
  coalesce,
  concat,
  contains,
  count,
  countDistinct,
  dateAdd,
  dateDiff,
  datePart,
  dateTrunc,
  denseRank,
  desc,
  divide,
  endsWith,
  eq,
  exists,
  filter,
  firstValue,
  floor,
  greatest,
  gt,
  gte,
  ilike,
  inArray,
  integer,
  isDistinctFrom,
  isNotDistinctFrom,
  isNotNull,
  isNull,
  lag,
  lastValue,
  lead,
  least,
  length,
  like,
  lower,
  lt,
  lte,
  max,
  min,
  modulo,
  multiply,
  ne,
  negate,
  not,
  notExists,
  notIlike,
  notInArray,
  notLike,
  nullIf,
  or,
  over,
  rank,
  replace,
  round,
  rowNumber,
  scalar,
  sql,
  startsWith,
  stringAgg,
  substring,
  subtract,
  sum,
  text,
  trim,
  upper,
  type Condition,
  type Executor,
  type Expression,
  type OrderTerm,
} from "plinth";
import type { AnyExpression } from "../../src/ast/expression.ts";
import type { LogicalType } from "../../src/ast/logical-type.ts";
import type { Random } from "./random.ts";
import {
  specialCondition,
  specialExpression,
  type SpecialField,
  type SpecialSort,
} from "./special.ts";
import { HIDING, tasks, WORDS } from "./tables.ts";

/** What a value is, as far as the grammar tells values apart. */
export type Sort =
  | "bigint"
  | "boolean"
  | "date"
  | "decimal"
  | "enum"
  | "integer"
  | "text"
  | "timestamp";

/** A column that a query reads, of a table or of a query that stands as one. */
export interface Field {
  readonly sort: Sort | SpecialSort;
  readonly isAscii: boolean;
  readonly column: AnyExpression;
}

const SORTS = new Set<string>([
  "bigint",
  "boolean",
  "date",
  "decimal",
  "enum",
  "integer",
  "text",
  "timestamp",
]);

function specialSortOf(type: LogicalType): SpecialSort | undefined {
  if (type.kind === "array") return "list";
  if (type.kind === "json") return "json";
  if (type.kind === "bigint" && type.flags !== undefined) return "bits";
  return type.kind === "text" && type.isCaseInsensitive === true ? "caseless" : undefined;
}

/** The columns of a table by their types. What the grammar has no word for is left out. */
export function fieldsOf(table: object): Field[] {
  return Object.entries(table).flatMap(([key, column]): Field[] => {
    const { type } = column as { readonly type?: LogicalType };
    if (HIDING.includes(key)) return [];
    const special = type && specialSortOf(type);
    if (special !== undefined)
      return [{ sort: special, isAscii: false, column: column as AnyExpression }];
    if (type === undefined || !SORTS.has(type.kind)) return [];
    const sort = type.kind === "bigint" && type.mode === "number" ? "integer" : (type.kind as Sort);
    return [{ sort, isAscii: key === "code", column: column as AnyExpression }];
  });
}

/** The grammar knows what it makes; the builder's types only know what they see. */
function as<Value>(expression: AnyExpression): Expression<Value, string> {
  return expression as Expression<Value, string>;
}

const ORDERED: readonly Sort[] = ["bigint", "date", "decimal", "integer", "text", "timestamp"];
const NUMERIC: readonly Sort[] = ["bigint", "decimal", "integer"];
const MOODS = ["low", "even", "high"] as const;

export class ExpressionMaker {
  readonly #db: Executor;
  readonly #random: Random;
  readonly fields: readonly Field[];
  readonly #special: readonly SpecialField[];
  readonly #isInside: boolean;

  constructor(db: Executor, random: Random, fields: readonly Field[], isInside = false) {
    this.#db = db;
    this.#random = random;
    this.fields = fields;
    this.#special = fields.filter((field): field is Field & SpecialField =>
      ["bits", "caseless", "json", "list"].includes(field.sort),
    );
    this.#isInside = isInside;
  }

  field(sort: Sort): Field | undefined {
    const fitting = this.fields.filter((candidate) => candidate.sort === sort);
    return fitting.length === 0 ? undefined : this.#random.pick(fitting);
  }

  sort(among: readonly Sort[]): Sort {
    return this.#random.pick(
      among.filter((sort) => this.fields.some((known) => known.sort === sort)),
    );
  }

  value(sort: Sort): {} {
    const random = this.#random;
    switch (sort) {
      case "integer":
        return random.below(12) - 4;
      case "bigint":
        return BigInt(random.below(12) - 4) * 10_000_000_000n;
      case "decimal":
        return `${random.below(9) - 3}.${random.below(10)}0`;
      case "text":
        return random.pick(WORDS);
      case "boolean":
        return random.oneIn(2);
      case "timestamp":
        return new Date(Date.UTC(2019 + random.below(3), random.below(12), 1 + random.below(28)));
      case "date":
        return `20${10 + random.below(3)}-0${1 + random.below(9)}-1${random.below(10)}`;
      case "enum":
        return random.pick(MOODS);
    }
  }

  /** An expression of the sort, or a value of it. */
  #operand(sort: Sort, depth: number): {} {
    return this.#random.oneIn(2) ? this.value(sort) : this.expression(sort, depth);
  }

  /** @param sort One of which there is a column. */
  expression(sort: Sort, depth: number): AnyExpression {
    const random = this.#random;
    const field = this.field(sort);
    if (field === undefined) throw new Error(`No column is of the sort ${sort}.`);
    if (depth <= 0) return field.column;
    const inner = (): AnyExpression => this.expression(sort, depth - 1);
    switch (random.below(18)) {
      case 16:
        return specialExpression(random, sort, this.#special) ?? field.column;
      case 9:
      case 11:
      case 12:
      case 13:
      case 14:
        return this.#function(sort, depth - 1) ?? field.column;
      case 10:
        if (!ORDERED.includes(sort)) return field.column;
        return this.#chosen(as<number | null>(inner()), this.#operand(sort, depth - 1) as number);
      case 0:
        return coalesce(inner(), this.#operand(sort, depth - 1));
      case 1:
        return this.#choice(sort, depth - 1);
      case 2:
        if (NUMERIC.includes(sort)) return this.#computed(sort, depth - 1);
        if (sort === "text") return this.#folded() ?? field.column;
        if (sort === "boolean") return this.condition(depth - 1);
        return field.column;
      case 3:
        if (!this.#isInside && ORDERED.includes(sort)) return this.#subquery(sort);
        return field.column;
      case 4:
        if (sort === "integer") return sql<number>`(${inner()} + ${random.below(9)})`.as(integer());
        if (sort === "text")
          return sql<string>`coalesce(${inner()}, ${random.pick(WORDS)})`.as(text());
        return field.column;
      default:
        return field.column;
    }
  }

  #chosen(left: Expression<number | null, string>, right: number): AnyExpression {
    switch (this.#random.below(3)) {
      case 0:
        return nullIf(left, right);
      case 1:
        return greatest(left, right);
      default:
        return least(left, right);
    }
  }

  /** A function that gives a value of the sort. */
  #function(sort: Sort, depth: number): AnyExpression | undefined {
    const random = this.#random;
    const own = (): AnyExpression => this.expression(sort, depth);
    const number = as<number | null>(own());
    const instant = as<Date | null>(number);
    const word = as<string | null>(number);
    switch (sort) {
      case "bigint":
      case "decimal":
      case "integer": {
        const divisor = this.#operand(sort, depth) as number;
        if (sort === "integer" && random.oneIn(2)) return this.#measured(depth);
        if (sort === "decimal" && random.oneIn(2)) return random.pick([floor, ceil, round])(number);
        switch (random.below(4)) {
          case 0:
            return divide(number, divisor);
          case 1:
            return modulo(number, divisor);
          case 2:
            return negate(number);
          default:
            return abs(number);
        }
      }
      case "text":
        switch (random.below(4)) {
          case 0:
            return concat(word, random.pick(WORDS), as<string | null>(own()));
          case 1:
            return trim(word);
          case 2:
            return substring(word, 1 + random.below(3), random.below(3));
          default:
            return replace(word, random.pick(WORDS), random.pick(WORDS));
        }
      case "date":
      case "timestamp": {
        const unit = random.pick(["day", "week", "month", "quarter", "year"] as const);
        if (random.oneIn(2)) return dateTrunc(unit, instant);
        return dateAdd(instant, random.below(9) - 4, unit);
      }
      default:
        return undefined;
    }
  }

  /** A whole number that is told of another value. */
  #measured(depth: number): AnyExpression {
    const random = this.#random;
    const sort = this.sort(["date", "text", "timestamp"]);
    if (sort === "text") return length(as<string | null>(this.expression(sort, depth)));
    const instant = as<Date | null>(this.expression(sort, depth));
    const part = random.pick(["year", "quarter", "month", "day", "dayOfWeek"] as const);
    if (random.oneIn(2)) return datePart(part, instant);
    const other = as<Date | null>(this.expression(sort, depth));
    // Seconds of some years are more than an integer holds.
    return dateDiff(random.pick(["day", "week"]), instant, other);
  }

  /** Databases agree on the case of letters of ASCII only. */
  #folded(): AnyExpression | undefined {
    const field = this.fields.find(({ isAscii }) => isAscii);
    return field && this.#random.pick([lower, upper])(as<string | null>(field.column));
  }

  #choice(sort: Sort, depth: number): AnyExpression {
    const first = caseWhen(this.condition(depth), this.expression(sort, depth));
    const second = this.#random.oneIn(2)
      ? first
      : first.when(this.condition(depth), this.expression(sort, depth));
    return this.#random.oneIn(2) ? second : second.else(this.expression(sort, depth));
  }

  #computed(sort: Sort, depth: number): AnyExpression {
    const left = as<number>(this.expression(sort, depth));
    const right = this.#operand(sort, depth) as number;
    switch (this.#random.below(3)) {
      case 0:
        return add(left, right);
      case 1:
        return subtract(left, right);
      default:
        return multiply(left, (sort === "bigint" ? 2n : 1 + this.#random.below(3)) as number);
    }
  }

  /** A value of the tasks that belong to a row here, or of all. */
  #subquery(sort: Sort): AnyExpression {
    const inside = new ExpressionMaker(this.#db, this.#random, fieldsOf(tasks), true);
    if (inside.field(sort) === undefined) return this.field(sort)!.column;
    const value = this.#random.pick([max, min])(as<number | null>(inside.expression(sort, 1)));
    const query = this.#db.select({ value }).from(tasks);
    return scalar(this.#random.oneIn(3) ? query : query.where(this.#link(inside)));
  }

  #link(inside: ExpressionMaker): Condition {
    const own = this.field("integer");
    const linked = own === undefined ? undefined : eq(tasks.personId, as<number>(own.column));
    return and(linked, this.#random.oneIn(2) ? inside.condition(1) : isNotNull(tasks.id));
  }

  condition(depth: number): Condition {
    const random = this.#random;
    if (depth > 0) {
      const inner = (): Condition => this.condition(depth - 1);
      switch (random.below(7)) {
        case 0:
          return and(inner(), inner());
        case 1:
          return or(inner(), inner());
        case 2:
          return not(inner());
        case 3:
          if (!this.#isInside) return this.#overTasks();
      }
    }
    return this.#test(depth - 1);
  }

  #overTasks(): Condition {
    const inside = new ExpressionMaker(this.#db, this.#random, fieldsOf(tasks), true);
    const whether = this.#random.pick([exists, notExists]);
    const own = this.field("integer");
    if (own === undefined || this.#random.oneIn(2))
      return whether(this.#db.from(tasks).where(this.#link(inside)));
    const points = this.#db.select({ points: tasks.points }).from(tasks);
    const chosen = points.where(and(isNotNull(tasks.points), inside.condition(1)));
    return this.#random.oneIn(2)
      ? inArray(as<number>(own.column), chosen)
      : sql<boolean>`${own.column} not in (select ${tasks.id} from ${tasks} where ${inside.condition(0)})`.as(
          boolean(),
        );
  }

  #test(depth: number): Condition {
    const random = this.#random;
    if (random.oneIn(4)) {
      const special = specialCondition(random, this.#special);
      if (special !== undefined) return special;
    }
    switch (random.below(9)) {
      case 0: {
        const sort = this.sort([...ORDERED, "boolean", "enum"]);
        return random.pick([isNull, isNotNull])(this.expression(sort, depth));
      }
      case 1: {
        const sort = this.sort([...ORDERED, "enum"]);
        const values = Array.from({ length: random.below(8) }, () => this.value(sort));
        return random.pick([inArray, notInArray])(this.expression(sort, depth), values);
      }
      case 2: {
        const sort = this.sort(ORDERED);
        return between(
          this.expression(sort, depth),
          this.#operand(sort, depth),
          this.#operand(sort, depth),
        );
      }
      case 3:
        if (this.field("text") !== undefined) return this.#pattern(depth);
        break;
      case 4:
        if (this.field("boolean") !== undefined)
          return as<boolean | null>(this.field("boolean")!.column);
        break;
      case 5: {
        const sort = this.sort(["enum", "boolean", "integer"]);
        if (random.oneIn(2)) {
          const distinct = random.pick([isDistinctFrom, isNotDistinctFrom]);
          const left = this.expression(sort, depth);
          return distinct(left, random.oneIn(3) ? null : (this.#operand(sort, depth) as never));
        }
        return random.pick([eq, ne])(this.expression(sort, depth), this.value(sort));
      }
      case 6: {
        const sort = this.sort(["integer", "text"]);
        return sql<boolean>`${this.expression(sort, depth)} = ${this.field(sort)!.column}`.as(
          boolean(),
        );
      }
    }
    const sort = this.sort(ORDERED);
    const compare = random.pick([eq, ne, lt, lte, gt, gte]);
    return compare(this.expression(sort, depth), this.#operand(sort, depth));
  }

  #pattern(depth: number): Condition {
    const random = this.#random;
    const operand = as<string | null>(this.expression("text", depth));
    const word = random.pick(WORDS);
    switch (random.below(5)) {
      case 0:
        return random.pick([contains, startsWith, endsWith])(operand, word);
      case 1:
        return random.pick([like, notLike])(operand, `${random.pick(["a", "%b", "_"])}%`);
      case 2:
        // Patterns that rows hold.
        return like(operand, as<string | null>(this.field("text")!.column));
      default:
        return random.pick([ilike, notIlike])(operand, `%${random.pick(["a", "Z", "ä", "_b"])}%`);
    }
  }

  aggregate(depth: number): AnyExpression {
    const random = this.#random;
    const numeric = (): AnyExpression => this.expression(this.sort(NUMERIC), depth);
    const any = (): AnyExpression => this.expression(this.sort([...ORDERED, "enum"]), depth);
    const made = ((): AnyExpression => {
      switch (random.below(8)) {
        case 7:
          if (this.field("text") === undefined) return count();
          return this.#joined(depth);
        case 0:
          return count();
        case 1:
          return count(any());
        case 2:
          return countDistinct(any());
        case 3:
          return sum(as<number | null>(numeric()));
        case 4:
          return avg(as<number | null>(this.expression("integer", 0)));
        case 5:
          return max(as<number | null>(this.expression(this.sort(ORDERED), depth)));
        default:
          return min(as<number | null>(this.expression(this.sort(ORDERED), depth)));
      }
    })();
    return random.oneIn(3) ? filter(made, this.condition(depth)) : made;
  }

  /** Rows whose texts are equal may stand in any order. */
  #joined(depth: number): AnyExpression {
    const value = as<string | null>(this.expression("text", depth));
    const orderBy = this.#random.pick([asc, desc])(value);
    return stringAgg(value, this.#random.pick(WORDS), { orderBy });
  }

  /** @param unique Terms by which no two rows are equal, so that every function has one answer. */
  windowed(unique: readonly OrderTerm[]): AnyExpression {
    const random = this.#random;
    const column = as<number | null>(this.field(this.sort(ORDERED))!.column);
    const orderBy = [
      ...(random.oneIn(2) ? [desc(this.expression(this.sort(ORDERED), 1))] : []),
      ...unique,
    ];
    const partitionBy = this.field(this.sort(["boolean", "integer", "text"]))!.column;
    const window = random.oneIn(3) ? { orderBy } : { partitionBy, orderBy };
    const frame = { rows: ["2 preceding", "1 following"] } as const;
    switch (random.below(9)) {
      case 0:
        return over(rowNumber(), window);
      case 1:
        return over(rank(), { partitionBy, orderBy: asc(column) });
      case 2:
        return over(denseRank(), { partitionBy, orderBy: desc(column) });
      case 3:
        return over(lag(column, random.below(3)), window);
      case 4:
        return over(lead(column), window);
      case 5:
        return over(firstValue(column), random.oneIn(2) ? window : { ...window, frame });
      case 6:
        return over(lastValue(column), random.oneIn(2) ? window : { ...window, frame });
      case 7:
        return over(count(column), { partitionBy });
      default:
        return over(sum(as<number | null>(this.field(this.sort(NUMERIC))!.column)), {
          ...window,
          frame,
        });
    }
  }
}
