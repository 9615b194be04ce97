/** A table or a view from the rows that the catalogue has of it. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import {
  textOr,
  type CatalogueRow,
  type ForeignKind,
  type ForeignObject,
} from "../../../dialect/server/introspector.ts";
import { tokensOf } from "../../../dialect/text/sql-tokens.ts";
import type { ReferenceAction } from "../../../schema/column.ts";
import type { IdentityOptions } from "../../../schema/identity.ts";
import {
  constraintName,
  type CheckModel,
  type ColumnModel,
  type ForeignKeyModel,
  type IndexModel,
  type KeyModel,
  type TableModel,
  type ViewModel,
} from "../../../schema/model.ts";
import type { SqlModel } from "../../../schema/sql-model.ts";
import { typeCheckName } from "../ddl/column.ts";
import { expressionOf, settled } from "./expression-text.ts";
import { findDefault } from "./introspect-defaults.ts";
import { clausesOfIndex, foreignPart, indexOfRow } from "./introspect-index.ts";
import { typeOfRow, type EnumFinder } from "./introspect-types.ts";

const ACTIONS: Readonly<Record<string, ReferenceAction>> = {
  a: "no action",
  c: "cascade",
  d: "set default",
  n: "set null",
  r: "restrict",
};

const REPLICA_IDENTITIES: Readonly<Record<string, string>> = {
  f: "full",
  i: "using index",
  n: "nothing",
};

/** What no declaration can say of a constraint. The server writes its own words in capital letters. */
const CLAUSES =
  /\b(?:DEFERRABLE INITIALLY DEFERRED|DEFERRABLE|INCLUDE|MATCH FULL|NO INHERIT|NOT ENFORCED|NOT VALID|NULLS NOT DISTINCT|PERIOD|WITHOUT OVERLAPS|SET (?:DEFAULT|NULL) (?=\())/g;

/** All that the catalogue says of one table or view. */
export interface Source {
  readonly relation: CatalogueRow;
  readonly columns: readonly CatalogueRow[];
  readonly constraints: readonly CatalogueRow[];
  readonly indexes: readonly CatalogueRow[];
}

export interface Context {
  /** The connection's own schema. */
  readonly own: string;
  readonly findEnum: EnumFinder;
  readonly others: ForeignObject[];
}

export function placeOf(schema: unknown, { own }: Context): { readonly schema?: string } {
  return schema === own || typeof schema !== "string" ? {} : { schema };
}

function commentOf(row: CatalogueRow): { readonly comment?: string } {
  return typeof row["comment"] === "string" ? { comment: row["comment"] } : {};
}

/** Of itself the server begins at 1, or at -1 where it counts down. */
function identityOf(row: CatalogueRow): IdentityOptions | undefined {
  const start = Number(row["start"] ?? 1);
  const increment = Number(row["increment"] ?? 1);
  const given = {
    ...(row["identity"] === "a" && { always: true }),
    ...(start !== (increment < 0 ? -1 : 1) && { start }),
    ...(increment !== 1 && { increment }),
  };
  return Object.keys(given).length === 0 ? undefined : given;
}

/** What no declaration can say of how a column counts. A sequence of its own begins where it is made to. */
function countingOf(row: CatalogueRow): string | undefined {
  const { counting, identity, increment, sequence, start } = row;
  const isIdentity = identity === "a" || identity === "d";
  if (!isIdentity && typeof sequence !== "string") return undefined;
  const own = isIdentity ? [] : [start === "1" ? "" : `start ${start as string}`];
  if (!isIdentity && increment !== "1") own.push(`increment ${increment as string}`);
  const said = [...own, textOr(counting)].filter((part) => part !== "").join(", ");
  return said === "" ? undefined : `${isIdentity ? "identity" : "sequence"} with ${said}`;
}

/** What a check of ours says of a type, by the name that we give it. */
function typeOfCheck(
  condition: string,
  type: LogicalType,
  enumName: string,
): LogicalType | undefined {
  const tokens = tokensOf(condition);
  if (type.kind === "bytes") {
    const length = tokens.find(({ kind }) => kind === "number");
    return length && { ...type, length: Number(length.text) };
  }
  if (type.kind === "bigint") return { ...type, flags: {} };
  if (type.kind !== "text") return undefined;
  const values = tokens.filter(({ kind }) => kind === "text").map(({ value }) => value);
  return values.length === 0
    ? undefined
    : { kind: "enum", name: enumName, values, storage: { postgres: "text" } };
}

export class TableReader {
  readonly #source: Source;
  readonly #context: Context;
  readonly #name: string;
  readonly #names: ReadonlySet<string>;
  readonly #typeChecks: ReadonlyMap<string, string>;

  constructor(source: Source, context: Context) {
    this.#source = source;
    this.#context = context;
    this.#name = String(source.relation["name"]);
    this.#names = new Set(source.columns.map(({ name }) => String(name)));
    this.#typeChecks = new Map(
      source.constraints
        .filter(({ kind }) => kind === "c")
        .map(({ name, condition }) => [String(name), String(condition)]),
    );
  }

  #sqlOf(text: string): SqlModel {
    return expressionOf(text, this.#names);
  }

  #foreign(kind: ForeignKind, name: string, detail?: string): void {
    const schema = placeOf(this.#source.relation["schema"], this.#context);
    const object = { kind, name, ...schema, table: this.#name };
    this.#context.others.push(detail === undefined ? object : { ...object, detail });
  }

  table(): TableModel {
    const { relation, constraints } = this.#source;
    const indexes = this.#indexes();
    const folded = new Set(
      indexes.flatMap(({ terms }) =>
        terms.flatMap((term) => ("column" in term && term.isFolded === true ? [term.column] : [])),
      ),
    );
    const primary = constraints.find(({ kind }) => kind === "p");
    if (relation["is_unlogged"] === true) this.#foreign("clause", "unlogged");
    this.#readOptions();
    const isForced = relation["is_forced"] === true;
    if (relation["has_row_security"] === true)
      this.#foreign("row security", this.#name, isForced ? "forced" : undefined);
    else if (isForced) this.#foreign("row security", this.#name, "forced, and not enabled");
    if (typeof relation["partitioned"] === "string")
      this.#foreign("partitioning", this.#name, relation["partitioned"]);
    if (typeof relation["parent"] === "string")
      this.#foreign("inheritance", this.#name, relation["parent"]);
    return {
      name: this.#name,
      ...placeOf(relation["schema"], this.#context),
      columns: this.#source.columns.map((row) => this.#column(row, folded)),
      primaryKey: primary && this.#key(primary),
      uniques: constraints.filter(({ kind }) => kind === "u").map((row) => this.#key(row)),
      indexes,
      checks: this.#checks(),
      foreignKeys: this.#foreignKeys(),
      ...commentOf(relation),
    };
  }

  /** How rows are kept and told to others. */
  #readOptions(): void {
    const { options, replica, tablespace } = this.#source.relation;
    if (typeof options === "string" && options !== "") this.#foreign("clause", `with (${options})`);
    if (typeof tablespace === "string") this.#foreign("clause", `tablespace ${tablespace}`);
    const identity = REPLICA_IDENTITIES[String(replica)];
    if (identity !== undefined) this.#foreign("clause", `replica identity ${identity}`);
  }

  #readColumnOptions(row: CatalogueRow): void {
    const { compression, options, statistics, storage } = row;
    const clauses = [
      countingOf(row),
      typeof storage === "string" ? `storage ${storage}` : undefined,
      typeof compression === "string" ? `compression ${compression}` : undefined,
      typeof statistics === "number" ? `statistics ${statistics}` : undefined,
      typeof options === "string" && options !== "" ? `with (${options})` : undefined,
    ];
    for (const clause of clauses)
      if (clause !== undefined) this.#foreign("clause", String(row["name"]), clause);
  }

  view(reads: ViewModel["reads"]): ViewModel {
    const { relation } = this.#source;
    this.#readOptions();
    return {
      name: this.#name,
      ...placeOf(relation["schema"], this.#context),
      columns: this.#source.columns.map((row) => this.#column(row, new Set())),
      indexes: this.#indexes(),
      ...commentOf(relation),
      isMaterialized: relation["kind"] === "m",
      text: settled(String(relation["query"])).trim().replace(/;$/, ""),
      reads,
    };
  }

  #column(row: CatalogueRow, folded: ReadonlySet<string>): ColumnModel {
    const name = String(row["name"]);
    this.#readColumnOptions(row);
    const type = this.#type(row, folded);
    const expression = row["expression"];
    const isGenerated = row["generated"] === "s" || row["generated"] === "v";
    const isIdentity = row["identity"] === "a" || row["identity"] === "d";
    const isAutoIncrement = isIdentity || typeof row["sequence"] === "string";
    const identity = isIdentity ? identityOf(row) : undefined;
    const hasDefault = typeof expression === "string" && !isGenerated && !isAutoIncrement;
    return {
      name,
      type,
      nullable: row["required"] !== true,
      isAutoIncrement,
      ...(identity !== undefined && { identity }),
      default: hasDefault ? findDefault(expression, type) : undefined,
      generated: isGenerated
        ? { sql: this.#sqlOf(String(expression)), isStored: row["generated"] === "s" }
        : undefined,
      ...commentOf(row),
    };
  }

  #type(row: CatalogueRow, folded: ReadonlySet<string>): LogicalType {
    const name = String(row["name"]);
    const type = typeOfRow(row, this.#context.findEnum);
    if (type.kind === "text" && type.collation === undefined && folded.has(name))
      return { ...type, isCaseInsensitive: true };
    const check = this.#typeChecks.get(typeCheckName(this.#name, name));
    if (check === undefined) return type;
    return typeOfCheck(check, type, constraintName(this.#name, [name], "enum")) ?? type;
  }

  #checks(): CheckModel[] {
    const ofTypes = new Set([...this.#names].map((column) => typeCheckName(this.#name, column)));
    return this.#source.constraints.flatMap((row): CheckModel[] => {
      const name = String(row["name"]);
      if (row["kind"] === "x")
        this.#foreign("exclusion constraint", name, String(row["definition"]));
      if (row["kind"] !== "c" || ofTypes.has(name)) return [];
      this.#readClauses(row);
      return [{ name, condition: this.#sqlOf(String(row["condition"])) }];
    });
  }

  #readClauses(row: CatalogueRow): void {
    const words = tokensOf(String(row["definition"])).filter(
      ({ kind }) => kind === "word" || kind === "sign",
    );
    const text = words.map((word) => word.text).join(" ");
    const clauses = [...text.matchAll(CLAUSES)].map(([clause]) => clause.trim().toLowerCase());
    if (typeof row["comment"] === "string") clauses.push("comment");
    for (const clause of clauses) this.#foreign("clause", String(row["name"]), clause);
  }

  #key(row: CatalogueRow): KeyModel {
    this.#readClauses(row);
    return { name: String(row["name"]), columns: row["columns"] as readonly string[] };
  }

  #foreignKeys(): ForeignKeyModel[] {
    const keys = this.#source.constraints.filter(({ kind }) => kind === "f");
    return keys.map((row) => {
      const { schema: targetSchema } = placeOf(row["target_schema"], this.#context);
      return {
        ...this.#key(row),
        target: String(row["target"]),
        ...(targetSchema !== undefined && { targetSchema }),
        targetColumns: row["target_columns"] as readonly string[],
        onDelete: ACTIONS[String(row["on_delete"])] ?? "no action",
        onUpdate: ACTIONS[String(row["on_update"])] ?? "no action",
      };
    });
  }

  #indexes(): IndexModel[] {
    return this.#source.indexes.flatMap((row): IndexModel[] => {
      const part = foreignPart(row);
      if (part === undefined) {
        for (const clause of clausesOfIndex(row))
          this.#foreign("clause", String(row["name"]), clause);
        return [indexOfRow(row, (text) => this.#sqlOf(text))];
      }
      this.#foreign("index", String(row["name"]), part);
      return [];
    });
  }
}
