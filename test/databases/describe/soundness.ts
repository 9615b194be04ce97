// What is described is held against rows: no column that never has NULL may have one.
import { connect, type Database } from "plinth";
import { expect } from "vitest";
import type { LogicalType } from "../../../src/ast/logical-type.ts";
import { inspect } from "../../../src/connect/inspect.ts";
import { parseParameters, withPlaceholders } from "../../../src/dialect/text/parameters.ts";
import type { Lexis } from "../../../src/dialect/text/split-script.ts";
import { Session } from "../../../src/connect/session.ts";
import type { Describe, Description } from "../../../src/dialect/server/description.ts";
import { pick, randomOf, type Random } from "../../migrate/law/schemas.ts";

/** A statement, with a sign for each column: `!` never has NULL, `?` may, `~` never has, and isn't known to. */
export type Case = readonly [text: string, columns: string];

/** How much is tried. */
const ROUNDS = process.env["PLINTH_TEST_LONG"] === undefined ? 3 : 100;

function valueOf(random: Random, type: LogicalType | undefined): number | string | null {
  if (random() < 0.2) return null;
  switch (type?.kind) {
    case "integer":
    case "bigint":
    case "decimal":
      return Math.floor(random() * 6);
    default:
      return pick(random, ["a", "%", "1"]);
  }
}

export function claimOf({ columns }: Description): string {
  return columns.map(({ isNullable }) => (isNullable ? "?" : "!")).join("");
}

async function describeOn(
  session: Session,
  types: Readonly<Record<string, LogicalType>>,
): Promise<Describe> {
  const { connection } = session;
  const { model } = await inspect(session);
  const tables = model.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      type: types[`${table.name}.${column.name}`] ?? column.type,
    })),
  }));
  return session.dialect.describe!({
    model: { ...model, tables },
    connection: connection.behind ?? connection,
    ask: (text) => session.askRaw(text),
  });
}

export class Described {
  readonly db: Database;
  readonly session: Session;
  readonly describe: Describe;
  executions = 0;
  refusals = 0;

  private constructor(db: Database, session: Session, describe: Describe) {
    this.db = db;
    this.session = session;
    this.describe = describe;
  }

  static async open(url: string, tables: string): Promise<Described> {
    const db = await connect(url);
    const session = await Session.open(db["~engine"]);
    await session.script(tables);
    return new Described(db, session, await describeOn(session, {}));
  }

  /** With columns, `table.column`, of types that a schema says. */
  describeWith(types: Readonly<Record<string, LogicalType>>): Promise<Describe> {
    return describeOn(this.session, types);
  }

  get #dialect(): { readonly family: string; readonly lexis: Lexis } {
    const { lexis, migrations } = this.session.dialect;
    return { family: migrations.families.at(-1)!, lexis };
  }

  async close(): Promise<void> {
    this.session.release();
    await this.db.close();
  }

  /** Runs a statement, the cells of which stay as they come, and takes back what it wrote. */
  async #run(
    text: string,
    values: readonly (number | string | null)[],
  ): Promise<readonly (readonly unknown[])[]> {
    await this.session.script("begin");
    try {
      const statement = { id: -1, text, isWrite: true, isKept: false, isWide: false, untyped: [] };
      return await this.session.connection.rows(statement, values);
    } finally {
      await this.session.script("rollback");
    }
  }

  /** What a statement gives with values made at random. */
  rowsFor(
    text: string,
    { parameters }: Description,
    random: Random,
  ): Promise<readonly (readonly unknown[])[]> {
    const { family, lexis } = this.#dialect;
    const parsed = parseParameters(text, lexis);
    const given = parameters.map(({ type }) => valueOf(random, type));
    if (family !== "mysql") {
      const sign = family === "sqlite" ? "?" : "$";
      return this.#run(
        withPlaceholders(parsed, (at) => `${sign}${at + 1}`),
        given,
      );
    }
    const values = parsed.places.map((name) => given[parsed.names.indexOf(name)]!);
    return this.#run(
      withPlaceholders(parsed, () => "?"),
      values,
    );
  }

  async expectSound(text: string, description: Description, random: Random): Promise<void> {
    let rows: readonly (readonly unknown[])[];
    try {
      rows = await this.rowsFor(text, description, random);
      this.executions++;
    } catch {
      // A value that the statement can't take; there are others.
      this.refusals++;
      return;
    }
    description.columns.forEach(({ isNullable, name }, at) => {
      if (isNullable) return;
      expect(
        rows.some((row) => row[at] === null),
        `NULL as ${name} of: ${text}`,
      ).toBe(false);
    });
  }

  /** The signs are those that are claimed, and what is true of the others is known of nearly all. */
  async expectCases(cases: readonly Case[], least: number): Promise<void> {
    const found: [string, string][] = [];
    for (const [text] of cases) found.push([text, claimOf(await this.describe(text))]);
    expect(found).toEqual(cases.map(([text, signs]) => [text, signs.replaceAll("~", "?")]));
    const signs = cases.map(([, own]) => own).join("");
    const never = signs.replaceAll("?", "").length;
    const known = signs.replaceAll(/[?~]/g, "").length;
    const share = ((100 * known) / never).toFixed(1);
    console.log(
      `${cases.length} statements: of ${never} columns that never have NULL ${known} are known (${share} %)`,
    );
    expect(known / never).toBeGreaterThan(least);
  }

  /**
   * @param texts Of a round.
   * @param rowsOf Fills the tables anew.
   */
  async expectSoundOnRows(
    texts: (random: Random) => readonly string[],
    rowsOf: (random: Random) => string,
    fillings: number,
  ): Promise<void> {
    this.executions = 0;
    this.refusals = 0;
    let claims = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      const random = randomOf(round);
      const described: [string, Description][] = [];
      for (const text of texts(random)) described.push([text, await this.describe(text)]);
      claims += described.reduce(
        (sum, [, one]) => sum + claimOf(one).replaceAll("?", "").length,
        0,
      );
      for (let filling = 0; filling < fillings; filling++) {
        await this.session.script(rowsOf(random));
        for (const [text, one] of described) await this.expectSound(text, one, random);
      }
    }
    console.log(`${this.executions} executions, ${this.refusals} refused, ${claims} claims`);
    expect(this.executions).toBeGreaterThan(6 * this.refusals);
  }
}
