/** What changes in the text of `defineSchema()`: its tables, and the relations of foreign keys that came or went. */

import type { TableModel } from "../../../schema/model.ts";
import { keyOf, type Place } from "../../../schema/moves.ts";
import type { Names } from "../../../schema/naming.ts";
import type { Relation } from "../../../schema/relation.ts";
import { relationsOf } from "../../../schema/schema.ts";
import { infoOf, type AnyTableColumn, type TableInfo } from "../../../schema/table.ts";
import { code, object, type Code } from "../code.ts";
import type { SchemaSection } from "../entities.ts";
import { formatCode } from "../format.ts";
import { relationCode } from "../relation-code.ts";
import type { RelationPlan } from "../relation-plan.ts";
import type { Known } from "./known.ts";
import { indentAt, listEdits } from "./list-edits.ts";
import { notesEdit, type Merged } from "./merge-table.ts";
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

interface NewMember {
  readonly head: string;
  readonly made: Code;
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
    const items = membersOf(text, tables);
    const gone = this.#goneKeys();
    const old = new Set([
      ...[...known.tables.values()].map(({ constant }) => constant),
      ...known.elsewhere.values(),
    ]);
    const added = section.members.filter((constant) => !old.has(constant));
    this.#change(
      tables,
      items,
      new Set(items.filter(({ key }) => key !== undefined && gone.has(key))),
      added.map((constant) => ({ head: "", made: code(constant) })),
    );
  }

  #change(
    span: Span,
    items: readonly ScannedMember[],
    removed: ReadonlySet<Item>,
    members: readonly NewMember[],
  ): void {
    const { text } = this.#merge;
    const added = members.map(({ head, made }) => {
      this.codes.push(made);
      return (indent: number | undefined) =>
        indent === undefined ? formatCode(made, head) : formatCode(made, head, 1, indent);
    });
    const usualIndent = indentAt(text, span.start, 2) + 2;
    this.edits.push(...listEdits({ text, span, items, removed, added, usualIndent }));
  }

  #newPlans(constant: string): RelationPlan[] {
    const plans = this.#merge.section.relations.get(constant) ?? [];
    return plans.filter(({ name }) => name !== undefined);
  }

  #membersOfPlans(plans: readonly RelationPlan[], relate: string): NewMember[] {
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
    const items = membersOf(text, body);
    const gone = this.#goneKeys();
    const byKey = new Map(items.map((member) => [member.key, member]));
    const removed = new Set<Item>(items.filter(({ key }) => key !== undefined && gone.has(key)));
    const added: NewMember[] = [];
    for (const constant of section.relations.keys()) {
      const key = this.#keyOf(constant);
      const member = byKey.get(key);
      const plans = this.#newPlans(constant);
      for (const { name } of plans) this.changes.push(`relation ${key}.${name} is new`);
      if (member === undefined) {
        if (plans.length > 0)
          added.push({ head: `${key}: `, made: this.#objectOf(constant, relate) });
      } else if (text[member.value.start] === "{" && this.#ofTable(member.value, constant, relate))
        removed.add(member);
    }
    this.#change(body, items, removed, added);
  }

  /** @returns Whether none is left. */
  #ofTable(span: Span, constant: string, relate: string): boolean {
    const { known, section, text } = this.#merge;
    const items = membersOf(text, span);
    const table = [...known.tables.values()].find((one) => one.constant === constant);
    const declared = table === undefined ? {} : relationsOf(known.schema, table.info);
    const plans = section.relations.get(constant) ?? [];
    const removed = new Set<Item>();
    const edits: Edit[] = [];
    for (const member of items) {
      const relation = member.key === undefined ? undefined : declared[member.key];
      if (relation === undefined) continue;
      if (!this.#holds(relation)) {
        removed.add(member);
        this.changes.push(`relation ${this.#keyOf(constant)}.${member.key} is gone`);
        continue;
      }
      const plan = plans.find((one) => this.#isOf(one, relation));
      const source = text.slice(member.value.start, member.value.end);
      if (plan?.isNamed !== true || /\b(?:from|on|through)\s*:/.test(source)) continue;
      const made = relationCode(plan, relate);
      edits.push({ ...member.value, text: formatCode(made) });
      this.codes.push(made);
    }
    const added = this.#membersOfPlans(this.#newPlans(constant), relate);
    if (removed.size > 0 && removed.size === items.length && added.length === 0) return true;
    this.edits.push(...edits);
    this.#change(span, items, removed, added);
    return false;
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
