/** What changes in the text of one table or view: what still holds stays as it is written. */

import type { TableModel, ViewModel } from "../../../schema/model.ts";
import type { Names } from "../../../schema/naming.ts";
import { callOf, chained, code, type Call, type Code } from "../code.ts";
import type { TableSection } from "../entities.ts";
import { formatCode } from "../format.ts";
import { noteLines, NOTES_HEAD } from "../notes.ts";
import { extrasCode, type ExtraPart } from "../table-code.ts";
import { compareExtra, extraNames, isSameColumn, type ExtraName } from "./facts.ts";
import { commaBehind, indentAt, listEdits } from "./list-edits.ts";
import { extrasOf, type KnownTable, declaringCall } from "./known.ts";
import {
  callsOf,
  itemsOf,
  membersOf,
  trimmed,
  type Edit,
  type Item,
  type ScannedMember,
  type Span,
  type Statement,
} from "./scan.ts";

type Declared = TableModel | ViewModel;

export interface TableMerge {
  readonly text: string;
  readonly statement: Statement;
  readonly known: KnownTable;
  /** As it is declared, and as the database has it, both in one spelling. */
  readonly declared: Declared;
  readonly live: Declared;
  readonly section: TableSection;
  readonly names: Names;
}

export interface Merged {
  readonly edits: readonly Edit[];
  /** The code that came in, by which imports are found. */
  readonly codes: readonly Code[];
  /** What changed, for people. */
  readonly changes: readonly string[];
}

/** The lines in front of a statement that tell what is left alone. */
export function notesEdit(
  text: string,
  { start, whole }: Statement,
  notes: readonly string[],
): Edit[] {
  const before = text.slice(whole.start, start);
  const lines = noteLines(notes);
  const wanted = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  const at = before.indexOf(NOTES_HEAD);
  if (at === -1) return wanted === "" ? [] : [{ start, end: start, text: wanted }];
  const found = /^[^\n]*\n(?:[ \t]*\/\/ - [^\n]*\n)*/.exec(before.slice(at))![0];
  if (found === wanted) return [];
  return [{ start: whole.start + at, end: whole.start + at + found.length, text: wanted }];
}

class TableMerger {
  readonly #merge: TableMerge;
  readonly edits: Edit[] = [];
  readonly codes: Code[] = [];
  readonly changes: string[] = [];
  /** The constraints that columns hold which are written anew. */
  readonly #inline = new Set<string>();

  constructor(merge: TableMerge) {
    this.#merge = merge;
  }

  run(): Merged {
    const { section, statement, text } = this.#merge;
    this.edits.push(...notesEdit(text, statement, section.notes));
    const call = declaringCall(text, statement)!;
    const columns = call.arguments[1];
    if (columns === undefined || text[columns.start] !== "{") this.#keep("its columns");
    else this.#columns(columns);
    if (section.kind === "view") this.#query();
    this.#extras(columns);
    return this;
  }

  #tell(what: string): void {
    this.changes.push(`${this.#merge.known.constant}${what}`);
  }

  #keep(what: string): void {
    const { declared, live } = this.#merge;
    const names = new Set([...declared.columns, ...live.columns].map(({ name }) => name));
    if ([...names].some((name) => !isSameColumn(declared, live, name)))
      this.#tell(`: ${what} are not written out, and stay as they are`);
  }

  #columns(columns: Item): void {
    const { declared, known, live, names, section, text } = this.#merge;
    const members = membersOf(text, columns);
    const byKey = new Map(known.info.columns.map((column) => [column.key, names.column(column)]));
    const byName = new Map<string, ScannedMember>();
    for (const member of members) {
      const name = member.key === undefined ? undefined : byKey.get(member.key);
      if (name !== undefined) byName.set(name, member);
    }
    const hidden = [...byKey.values()].filter((name) => !byName.has(name));
    const spread = members.filter(({ key }) => key === undefined);
    const isStale = hidden.some((name) => !isSameColumn(declared, live, name));
    if (isStale && spread.length === 1) this.#remove(spread[0]!);
    const shown = isStale && spread.length === 1 ? new Set(byName.keys()) : new Set(byKey.values());
    if (isStale && spread.length !== 1) this.#keep("its columns");
    for (const [name, member] of byName) {
      if (!live.columns.some((column) => column.name === name)) {
        this.#remove(member);
        this.#tell(`.${member.key} is gone`);
      } else if (!isSameColumn(declared, live, name)) this.#replace(name, member);
    }
    for (const part of section.parts.columns) {
      if (shown.has(part.name)) continue;
      const at = live.columns.findIndex(({ name }) => name === part.name);
      const before = live.columns.slice(0, at).findLast(({ name }) => byName.has(name));
      const indent = members[0] === undefined ? 4 : indentAt(text, members[0].start, 4);
      const head = part.key === undefined ? "..." : `${part.key}: `;
      const line = `\n${" ".repeat(indent)}${formatCode(part.code, head, 1, indent)},`;
      const last = before && byName.get(before.name)!;
      const place = last?.whole.end ?? columns.start + 1;
      if (last !== undefined) this.edits.push(...commaBehind(text, last));
      this.edits.push({ start: place, end: place, text: line });
      this.#use(part.code, part.inline);
      this.#tell(`.${part.key ?? "timestamps()"} is new`);
    }
  }

  #use(made: Code, inline: readonly string[] = []): void {
    this.codes.push(made);
    for (const name of inline) this.#inline.add(name);
  }

  #remove({ whole }: Item): void {
    this.edits.push({ ...whole, text: "" });
  }

  /** With what only the person says of it: the type of JSON, a brand, a default of the program's. */
  #replace(name: string, member: ScannedMember): void {
    const { section, text } = this.#merge;
    const part = section.parts.columns.find((one) => one.name === name);
    this.#tell(`.${member.key} has changed`);
    if (part?.key === undefined) {
      this.#remove(member);
      return;
    }
    const made = withOwnWords(part.code, text, member.value);
    const indent = indentAt(text, member.start, 4);
    const column = member.value.start - member.start;
    const printed = formatCode(made, " ".repeat(column), 1, indent).slice(column);
    this.edits.push({ ...member.value, text: printed });
    this.#use(part.code, part.inline);
  }

  #query(): void {
    const { declared, live, section, statement, text } = this.#merge;
    if (!("text" in declared) || !("text" in live) || declared.text === live.text) return;
    const as = callsOf(text, statement.value!).find(({ name }) => name === "as");
    const [query] = as?.arguments ?? [];
    const made =
      section.code.kind === "chain" ? section.code.calls.at(-1)?.arguments[0] : undefined;
    if (query === undefined || made === undefined) return;
    this.edits.push({ start: query.start, end: query.end, text: formatCode(made) });
    this.#use(made);
    this.#tell(" has another query");
  }

  #extras(columns: Item | undefined): void {
    const { declared, known, live, names, section, statement, text } = this.#merge;
    const parts = section.parts.extras;
    const known_ = extraNames(known.info, known.model, names);
    const unknown = parts.filter(
      (part) =>
        !known_.some(
          ({ kind, name }) =>
            kind === part.kind &&
            (name === part.name || kind === "primaryKey" || kind === "comment"),
        ),
    );
    // A part of the program's words, as `unique({ among: "live" })`, may say it as well.
    const isSaid = (part: ExtraPart): boolean => compareExtra(live, declared, part) === "same";
    const added = unknown.filter((part) => !isSaid(part));
    const whole = extrasOf(text, statement);
    if (whole === undefined) {
      if (added.length > 0) this.#addExtras(columns);
      return;
    }
    const body = bodyOf(text, whole);
    const items = body && itemsOf(text, body);
    if (body === undefined || items === undefined || items.length !== known_.length) {
      if (
        added.length > 0 ||
        known_.some((extra) => compareExtra(declared, live, extra) !== "same")
      )
        this.#tell(": what stands beside its columns is not written out, and stays as it is");
      return;
    }
    const removed = new Set<Item>();
    known_.forEach((extra, at) => {
      const item = items[at]!;
      const state = compareExtra(declared, live, extra);
      if (state === "same" && !this.#inline.has(extra.name)) return;
      const part = parts.find(
        ({ kind, name }) => kind === extra.kind && (name === extra.name || extra.name === ""),
      );
      if (part === undefined) removed.add(item);
      else {
        const indent = indentAt(text, item.start, 4);
        this.edits.push({
          start: item.start,
          end: item.end,
          text: formatCode(part.code, "", 1, indent),
        });
        this.#use(part.code);
      }
      this.#tell(`: ${nameOf(extra)} ${part === undefined ? "is gone" : "has changed"}`);
    });
    for (const part of added) {
      this.#use(part.code);
      this.#tell(`: ${nameOf(part)} is new`);
    }
    if (removed.size === items.length && added.length === 0 && items.length > 0) {
      const comma = text.lastIndexOf(",", whole.start);
      this.edits.push({ start: comma, end: whole.end, text: "" });
      return;
    }
    const prints = added.map(
      (part) => (indent: number | undefined) =>
        indent === undefined ? formatCode(part.code) : formatCode(part.code, "", 1, indent),
    );
    const change = { text, span: body, items, removed, added: prints, usualIndent: 4 };
    this.edits.push(...listEdits(change));
    const isNaming = added.some(({ kind }) => kind !== "comment");
    if (known.parameter === undefined && isNaming && text.startsWith("()", whole.start))
      this.edits.push({
        start: whole.start,
        end: whole.start + 2,
        text: `(${section.parts.parameter})`,
      });
  }

  #addExtras(columns: Item | undefined): void {
    const { section, statement, text } = this.#merge;
    const made = extrasCode(section.parts)!;
    const isView = section.kind === "view";
    const as = callsOf(text, statement.value!).find(({ name }) => name === "as");
    const before = isView ? as?.arguments[0] : columns;
    if (before === undefined) return;
    this.edits.push({ start: before.end, end: before.end, text: `, ${formatCode(made)}` });
    this.#use(made);
    this.#tell(" has what stands beside its columns");
  }
}

function nameOf({ kind, name }: ExtraName): string {
  return name === "" ? kind : `${kind} ${name}`;
}

/** The list that an arrow function gives. */
function bodyOf(text: string, whole: Item): Span | undefined {
  const arrow = text.indexOf("=>", whole.start);
  if (arrow === -1 || arrow > whole.end) return undefined;
  const body = trimmed(text, { start: arrow + 2, end: whole.end });
  return text[body.start] === "[" ? body : undefined;
}

const OWN_WORDS = new Set(["$default", "$type"]);

function withOwnWords(made: Code, text: string, value: Span): Code {
  const calls = callsOf(text, value);
  const own = calls
    .filter(({ name }) => OWN_WORDS.has(name))
    .map(({ arguments: given, name, types }): Call =>
      callOf(name + types, ...given.map(({ end, start }) => code(text.slice(start, end)))),
    );
  const all = chained(made, own);
  const types = calls[0]?.name === "json" ? calls[0].types : "";
  if (types === "" || all.kind !== "chain" || all.calls[0]?.name !== "json") return all;
  const [first, ...rest] = all.calls;
  return { ...all, calls: [{ ...first!, name: `json${types}` }, ...rest] };
}

export function mergeTable(merge: TableMerge): Merged {
  return new TableMerger(merge).run();
}
