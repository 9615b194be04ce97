// Queries that are made at random, of everything that decides whether a value can be NULL.
import { pick, type Random } from "../../migrate/law/schemas.ts";

interface Column {
  readonly sql: string;
  readonly kind: "number" | "text" | "flag";
}

interface Source {
  readonly sql: string;
  readonly isJoin?: boolean;
  readonly columns: readonly Column[];
}

const TABLES: Readonly<Record<string, readonly (readonly [string, Column["kind"]])[]>> = {
  users: [
    ["id", "number"],
    ["name", "text"],
    ["age", "number"],
    ["nick", "text"],
    ["active", "flag"],
  ],
  posts: [
    ["id", "number"],
    ["uid", "number"],
    ["title", "text"],
    ["parent", "number"],
    ["body", "text"],
  ],
  labels: [
    ["post", "number"],
    ["label", "text"],
    ["weight", "number"],
  ],
  notes: [
    ["id", "number"],
    ["text", "text"],
  ],
  vv: [
    ["id", "number"],
    ["title", "text"],
  ],
  over_views: [
    ["id", "number"],
    ["title", "text"],
    ["age", "number"],
  ],
  ones: [
    ["id", "number"],
    ["one", "number"],
    ["text", "text"],
  ],
};

const FRAMES = [
  "rows between 1 preceding and current row",
  "rows between 2 preceding and 1 preceding",
  "rows between current row and 1 following",
  "rows between 1 following and 2 following",
  "rows between unbounded preceding and 1 following",
  "range between unbounded preceding and unbounded following",
  "range between current row and unbounded following",
];

const LITERALS = { number: "3", text: "'a'", flag: "true" };

export class Queries {
  readonly #random: Random;
  readonly #database: "mysql" | "postgres" | "sqlite";
  #serial = 0;

  constructor(random: Random, database: "mysql" | "postgres" | "sqlite") {
    this.#random = random;
    this.#database = database;
  }

  get #isSqlite(): boolean {
    return this.#database === "sqlite";
  }

  get #isPostgres(): boolean {
    return this.#database === "postgres";
  }

  get #isMysql(): boolean {
    return this.#database === "mysql";
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return pick(this.#random, items);
  }

  #table(depth: number): Source {
    const name = `t${++this.#serial}`;
    if (depth > 0 && this.#chance(0.3)) {
      const { sql, kinds } = this.#select(depth - 1);
      const columns = kinds.map((kind, at): Column => ({ sql: `${name}.c${at}`, kind }));
      return { sql: `(${sql}) ${name}`, columns };
    }
    const table = this.#pick(Object.keys(TABLES));
    const columns = TABLES[table]!.map(([column, kind]): Column => ({
      sql: `${name}.${column}`,
      kind,
    }));
    return { sql: `${table} ${name}`, columns };
  }

  #from(depth: number): Source {
    const left = this.#table(depth);
    if (this.#chance(0.4)) return left;
    const right = depth > 0 && this.#chance(0.4) ? this.#from(depth - 1) : this.#table(depth - 1);
    const both = [...left.columns, ...right.columns];
    const join = this.#pick([
      "join",
      "left join",
      "left join",
      "right join",
      this.#isMysql ? "right join" : "full join",
    ]);
    const columns = [...both].toSorted(() => this.#random() - 0.5);
    const sides = `${left.sql} ${join} ${right.isJoin === true ? `(${right.sql})` : right.sql}`;
    const [one, other] = [left, right].map(({ columns: own }) =>
      this.#pick(own.filter(({ kind }) => kind === "number").concat({ sql: "1", kind: "number" })),
    );
    const more =
      join === "full join" || this.#chance(0.7) ? "" : ` and ${this.#condition(both, 1)}`;
    return { sql: `${sides} on ${one!.sql} = ${other!.sql}${more}`, isJoin: true, columns };
  }

  #of(columns: readonly Column[], kind: Column["kind"]): string | undefined {
    const found = columns.filter((column) => column.kind === kind);
    return found.length === 0 ? undefined : this.#pick(found).sql;
  }

  #value(columns: readonly Column[], kind: Column["kind"], depth: number): string {
    const column = this.#of(columns, kind);
    if (this.#chance(0.05)) return LITERALS[kind];
    if (column !== undefined && (depth === 0 || this.#chance(0.4))) return column;
    if (depth === 0) return LITERALS[kind];
    const inner = (of: Column["kind"] = kind): string => this.#value(columns, of, depth - 1);
    if (this.#chance(0.1))
      return `case when ${this.#condition(columns, depth - 1)} then ${inner()} else ${inner()} end`;
    if (this.#chance(0.15)) return `coalesce(${inner()}, ${inner()})`;
    if (this.#chance(0.1)) return `nullif(${inner()}, ${inner()})`;
    if (kind === "flag") return `(${this.#condition(columns, depth - 1)})`;
    if (kind === "text")
      return this.#pick([
        `upper(${inner()})`,
        `${inner()} || ${inner()}`,
        `concat(${inner()}, ${inner("number")})`,
      ]);
    return this.#pick([
      `${inner()} + ${inner()}`,
      `abs(${inner()})`,
      `length(${inner("text")})`,
      `${this.#isSqlite ? "max" : "greatest"}(${inner()}, ${inner()})`,
      `(select max(x.id) from notes x where x.id = ${inner()})`,
      `(select count(*) from notes x where x.id = ${inner()})`,
    ]);
  }

  #condition(columns: readonly Column[], depth: number): string {
    const kind = this.#pick(["number", "text"] as const);
    const value = (): string => this.#value(columns, kind, Math.max(0, depth - 1));
    if (depth > 0 && this.#chance(0.35)) {
      const [one, other] = [
        this.#condition(columns, depth - 1),
        this.#condition(columns, depth - 1),
      ];
      return this.#pick([`(${one} and ${other})`, `(${one} or ${other})`, `not (${one})`]);
    }
    const list = kind === "number" ? "(1, 2, 3)" : "('a', 'b')";
    const flag = this.#of(columns, "flag");
    return this.#pick([
      `${value()} = ${value()}`,
      `${value()} > ${value()}`,
      `${value()} is not null`,
      `${value()} is null`,
      this.#isMysql ? `${value()} <=> ${value()}` : `${value()} is distinct from ${value()}`,
      `${value()} in ${list}`,
      `${value()} not in ${list}`,
      `(${value()} < ${value()}) is ${this.#pick(this.#isSqlite ? ["true", "not true", "false", "not false"] : ["true", "not true", "false", "unknown", "not unknown"])}`,
      kind === "number" ? `${value()} in (select x.id from notes x)` : `${value()} like 'a%'`,
      flag ?? "true",
    ]);
  }

  #select(depth: number): { sql: string; kinds: Column["kind"][] } {
    const { sql: from, columns } = this.#from(depth);
    const kinds = Array.from({ length: 1 + Math.floor(this.#random() * 3) }, () =>
      this.#pick(["number", "number", "text", "flag"] as const),
    );
    const where = this.#chance(0.6) ? ` where ${this.#condition(columns, 2)}` : "";
    const tail = `from ${from}${where}`;
    if (this.#chance(0.25)) return { sql: this.#grouped(columns, kinds, tail), kinds };
    const values = kinds.map((kind) =>
      kind === "number" && this.#chance(0.08)
        ? this.#window(columns)
        : this.#value(columns, kind, 2),
    );
    const list = (all: readonly string[]): string =>
      all.map((value, at) => `${value} as c${at}`).join(", ");
    const sql = `select ${list(values)} ${tail}`;
    if (depth === 0 || this.#chance(0.8)) return { sql, kinds };
    const other = this.#from(depth - 1);
    const others = kinds.map((kind) => this.#value(other.columns, kind, 1));
    const set = this.#pick(["union", "union all", "intersect", "except"]);
    return { sql: `${sql} ${set} select ${list(others)} from ${other.sql}`, kinds };
  }

  get #frames(): readonly string[] {
    if (this.#isMysql) return FRAMES;
    const excluding = ["current row", "group", "ties"].flatMap((what) =>
      FRAMES.map((frame) => `${frame} exclude ${what}`),
    );
    const groups = FRAMES.map((frame) => frame.replace("rows", "groups"));
    return [...FRAMES, ...groups, ...excluding];
  }

  #window(columns: readonly Column[]): string {
    const value = (): string => this.#value(columns, "number", 1);
    const call = this.#pick([
      "row_number()",
      "dense_rank()",
      "count(*)",
      `sum(${value()})`,
      `max(${value()})`,
      `lag(${value()})`,
      this.#isMysql ? `lead(${value()})` : `lead(${value()}, 1, ${value()})`,
      `first_value(${value()})`,
      `nth_value(${value()}, 2)`,
    ]);
    const part = this.#chance(0.4) ? `partition by ${this.#value(columns, "text", 1)} ` : "";
    const hasFrame = /^(?:count|sum|max|first|nth)/.test(call);
    const frame = hasFrame && this.#chance(0.7) ? ` ${this.#pick(this.#frames)}` : "";
    return `${call} over (${part}order by ${value()}${frame})`;
  }

  #grouped(columns: readonly Column[], kinds: Column["kind"][], tail: string): string {
    const isGrouped = kinds[0] !== "number" || this.#chance(0.8);
    const key = this.#value(columns, kinds[0]!, 1);
    const values = kinds.map((kind, at) => {
      if (at === 0) return `${isGrouped ? key : "count(*)"} as c0`;
      const value = this.#value(columns, kind, 1);
      const call =
        kind === "flag"
          ? `${this.#isPostgres ? "bool_and" : "min"}(${value})`
          : `${this.#pick(["min", "max"])}(${value})`;
      const filter =
        !this.#isMysql && this.#chance(0.2) ? ` filter (where ${this.#condition(columns, 1)})` : "";
      return kind === "number" && this.#chance(0.3)
        ? `count(${value}) as c${at}`
        : `${call}${filter} as c${at}`;
    });
    if (!isGrouped) return `select ${values.join(", ")} ${tail}`;
    const rolled = {
      mysql: "group by 1 with rollup",
      postgres: "group by rollup (1)",
      sqlite: "group by 1",
    };
    const group = this.#pick(["group by 1", "group by 1", rolled[this.#database]]);
    const having = this.#chance(0.3) && !group.includes("rollup") ? " having count(*) > 1" : "";
    return `select ${values.join(", ")} ${tail} ${group}${having}`;
  }

  some(count: number): string[] {
    return Array.from({ length: count }, () => this.#select(2).sql);
  }
}
