/** What changes in the text of `defineSchema()`: its tables, and the relations of foreign keys that came or went. */

import type { TableModel } from "../../../schema/model.ts";
import { keyOf, type Place } from "../../../schema/moves.ts";
import type { Names } from "../../../schema/naming.ts";
import type { Relation } from "../../../schema/relation.ts";
import { relationsOf } from "../../../schema/schema.ts";
import { infoOf, type AnyTableColumn, type TableInfo } from "../../../schema/table.ts";
import { object, type Code } from "../code.ts";
import type { SchemaSection } from "../entities.ts";
import { formatCode } from "../format.ts";
import { relationCode } from "../relation-code.ts";
import type { RelationPlan } from "../relation-plan.ts";
import type { Known } from "./known.ts";
import { commaBehind, indentAt, notesEdit, type Merged } from "./merge-table.ts";
import {
  callsOf,
  membersOf,
  trimmed,
  type Edit,
  type Item,
  type ScannedMember,
  type Span,
  type Statement,
} from "./scan.ts";

export interface SchemaMerge {
  readonly text: string;
  readonly statement: Statement;
  readonly known: Known;
  readonly section: SchemaSection;
  /** The tables that the database has, by their places. */
  readonly live: ReadonlyMap<string, TableModel>;
  /** The places of tables and views that it has no more. */
  readonly gone: ReadonlySet<string>;
  readonly names: Names;
}

function columnListOf(columns: readonly AnyTableColumn[], names: Names): string[] {
  return columns.map((column) => names.column(column));
}

class SchemaMerger {
  readonly #merge: SchemaMerge;
  /** The keys of tables in the schema, by their constants. */
  readonly #keys = new Map<string, string>();
  readonly edits: Edit[] = [];
  readonly codes: Code[] = [];
  readonly changes: string[] = [];

  constructor(merge: SchemaMerge) {
    this.#merge = merge;
    const { schema, tables } = merge.known;
    const constants = new Map([...tables.values()].map(({ constant, info }) => [info, constant]));
    for (const [key, table] of Object.entries({ ...schema.tables, ...schema.views })) {
      const constant = constants.get(infoOf(table));
      if (constant !== undefined) this.#keys.set(constant, key);
    }
  }

  run(): Merged {
    const { section, statement, text } = this.#merge;
    this.edits.push(...notesEdit(text, statement, section.notes));
    const call = callsOf(text, statement.value!).find(({ name }) => name === "defineSchema");
    const [tables, relations] = call?.arguments ?? [];
    if (tables === undefined || text[tables.start] !== "{") {
      this.changes.push("defineSchema(): its tables are not written out, and stay as they are");
      return this;
    }
    this.#tables(tables);
    const body = relations && objectOf(text, relations);
    if (relations === undefined) this.#addRelations(tables);
    else if (body !== undefined) this.#relations(body, parameterOf(text, relations));
    return this;
  }

  #keyOf(constant: string): string {
    return this.#keys.get(constant) ?? constant;
  }

  #goneKeys(): Set<string> {
    const { gone, known } = this.#merge;
    const constants = [...known.tables].flatMap(([place, { constant }]) =>
      gone.has(place) ? [constant] : [],
    );
    return new Set(constants.map((constant) => this.#keyOf(constant)));
  }

  #tables(tables: Item): void {
    const { known, section, text } = this.#merge;
    const members = membersOf(text, tables);
    const gone = this.#goneKeys();
    for (const member of members)
      if (member.key !== undefined && gone.has(member.key)) this.#remove(member);
    const old = new Set([...known.tables.values()].map(({ constant }) => constant));
    const added = section.members.filter((constant) => !old.has(constant));
    this.#insert(
      tables,
      members,
      added.map((constant) => ({
        head: "",
        made: { kind: "text", text: constant, isTemplate: false },
      })),
    );
  }

  #remove({ whole }: Item): void {
    this.edits.push({ ...whole, text: "" });
  }

  /** At the end of an object. */
  #insert(
    span: Span,
    members: readonly ScannedMember[],
    added: readonly { readonly head: string; readonly made: Code }[],
  ): void {
    if (added.length === 0) return;
    const { text } = this.#merge;
    const last = members.at(-1);
    const isInLine = last !== undefined && !text.slice(span.start, span.end).includes("\n");
    const outer = indentAt(text, span.start, 2);
    const indent =
      members[0] === undefined ? outer + 2 : indentAt(text, members[0].start, outer + 2);
    const lines = added.map(({ head, made }) => {
      this.codes.push(made);
      return isInLine
        ? ` ${formatCode(made, head)}`
        : `\n${" ".repeat(indent)}${formatCode(made, head, 1, indent)},`;
    });
    const place = isInLine ? last.end : (last?.whole.end ?? span.start + 1);
    if (isInLine) this.edits.push({ start: place, end: place, text: `,${lines.join(",")}` });
    else {
      if (last !== undefined) this.edits.push(...commaBehind(text, last));
      this.edits.push({ start: place, end: place, text: lines.join("") });
    }
  }

  #newPlans(constant: string): RelationPlan[] {
    const plans = this.#merge.section.relations.get(constant) ?? [];
    return plans.filter(({ name }) => name !== undefined);
  }

  #membersOfPlans(plans: readonly RelationPlan[], relate: string): { head: string; made: Code }[] {
    return plans.map((plan) => ({ head: `${plan.name}: `, made: relationCode(plan, relate) }));
  }

  #addRelations(tables: Item): void {
    const constants = [...this.#merge.section.relations.keys()].filter(
      (constant) => this.#newPlans(constant).length > 0,
    );
    if (constants.length === 0) return;
    const made = object(
      constants.map((constant) => ({
        key: this.#keyOf(constant),
        value: this.#objectOf(constant, "r"),
      })),
      true,
    );
    const text = `, (r) => (${formatCode(made)})`;
    this.edits.push({ start: tables.end, end: tables.end, text });
    this.codes.push(made);
  }

  #objectOf(constant: string, relate: string): Code {
    const plans = this.#newPlans(constant);
    return object(
      plans.map((plan) => ({ key: plan.name!, value: relationCode(plan, relate) })),
      true,
    );
  }

  #relations(body: Span, relate: string): void {
    const { section, text } = this.#merge;
    const members = membersOf(text, body);
    const gone = this.#goneKeys();
    const byKey = new Map(members.map((member) => [member.key, member]));
    for (const member of members)
      if (member.key !== undefined && gone.has(member.key)) this.#remove(member);
    const added: { head: string; made: Code }[] = [];
    for (const constant of section.relations.keys()) {
      const key = this.#keyOf(constant);
      const member = byKey.get(key);
      const plans = this.#newPlans(constant);
      if (member === undefined) {
        if (plans.length > 0)
          added.push({ head: `${key}: `, made: this.#objectOf(constant, relate) });
      } else if (text[member.value.start] === "{") this.#ofTable(member.value, constant, relate);
      for (const { name } of plans) this.changes.push(`relation ${key}.${name} is new`);
    }
    this.#insert(body, members, added);
  }

  #ofTable(span: Span, constant: string, relate: string): void {
    const { known, section, text } = this.#merge;
    const members = membersOf(text, span);
    const table = [...known.tables.values()].find((one) => one.constant === constant);
    const declared = table === undefined ? {} : relationsOf(known.schema, table.info);
    for (const member of members) {
      const relation = member.key === undefined ? undefined : declared[member.key];
      if (relation === undefined) continue;
      if (!this.#holds(relation)) {
        this.#remove(member);
        this.changes.push(`relation ${this.#keyOf(constant)}.${member.key} is gone`);
        continue;
      }
      const plan = (section.relations.get(constant) ?? []).find((one) => this.#isOf(one, relation));
      const source = text.slice(member.value.start, member.value.end);
      if (plan?.isNamed !== true || /\b(?:from|on|through)\s*:/.test(source)) continue;
      const made = relationCode(plan, relate);
      this.edits.push({ ...member.value, text: formatCode(made) });
      this.codes.push(made);
    }
    this.#insert(span, members, this.#membersOfPlans(this.#newPlans(constant), relate));
  }

  #placeOf({ schema, table }: TableInfo): Place {
    return { schema, name: this.#merge.names.table(table) };
  }

  /** Whether the plan is of the foreign key that a relation goes by. */
  #isOf({ cardinality, key }: RelationPlan, relation: Relation): boolean {
    const [step, other] = relation.steps;
    if (step === undefined || other !== undefined || key === undefined) return false;
    const holder = step.key === "from" ? relation.owner : relation.target;
    const columns = columnListOf(step.key === "from" ? step.from : step.to, this.#merge.names);
    return (
      cardinality === relation.cardinality &&
      keyOf(key.of.model) === keyOf(this.#placeOf(holder)) &&
      key.columns.length === columns.length &&
      key.columns.every((column) => columns.includes(column))
    );
  }

  /** Whether all that a relation goes by is still there. */
  #holds({ owner, steps }: Relation): boolean {
    const { gone, live, names } = this.#merge;
    let before = owner;
    return steps.every(({ from, key, table, to }) => {
      const [holder, columns] = key === "from" ? [before, from] : [table, to];
      const target = key === "from" ? table : before;
      const own = live.get(keyOf(this.#placeOf(holder)));
      before = table;
      if (gone.has(keyOf(this.#placeOf(table))) || gone.has(keyOf(this.#placeOf(holder))))
        return false;
      if (own === undefined) return true;
      const wanted = columnListOf(columns, names);
      if (key === undefined)
        return wanted.every((name) => own.columns.some((column) => column.name === name));
      const place = this.#placeOf(target);
      return own.foreignKeys.some(
        (one) =>
          one.target === place.name &&
          one.targetSchema === place.schema &&
          one.columns.length === wanted.length &&
          one.columns.every((column) => wanted.includes(column)),
      );
    });
  }
}

function parameterOf(text: string, arrow: Item): string {
  return (
    /^\(?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(text.slice(arrow.start, arrow.end))?.[1] ??
    "r"
  );
}

/** The object that an arrow function gives. */
function objectOf(text: string, arrow: Item): Span | undefined {
  const sign = text.indexOf("=>", arrow.start);
  if (sign === -1 || sign > arrow.end) return undefined;
  const body = trimmed(text, { start: sign + 2, end: arrow.end });
  const inner =
    text[body.start] === "(" ? trimmed(text, { start: body.start + 1, end: body.end - 1 }) : body;
  return text[inner.start] === "{" && text[inner.end - 1] === "}" ? inner : undefined;
}

export function mergeSchema(merge: SchemaMerge): Merged {
  return new SchemaMerger(merge).run();
}
