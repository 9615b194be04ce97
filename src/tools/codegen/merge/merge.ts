/**
 * A live database and modules that people have changed. What is written in them stays as long as it means what the
 * database has; the rest follows the database, by table and column.
 */

import { canonicalModel } from "../../../migrate/diff/canonical.ts";
import type { Model, TableModel, ViewModel } from "../../../schema/model.ts";
import { keyOf, type Place } from "../../../schema/moves.ts";
import type { Names } from "../../../schema/naming.ts";
import { isSame } from "../../../schema/same.ts";
import type { Code } from "../code.ts";
import type { Entities, Section, TableSection } from "../entities.ts";
import { byName, namesIn, wordsIn } from "../imports.ts";
import {
  SCHEMA_FILE,
  SHARED_FILE,
  sectionText,
  specifierOf,
  writeTableModules,
  type EntityFile,
} from "../module.ts";
import { bodyOf, isImport, isUsed, withImports } from "./imports.ts";
import type { Known, KnownTable, ModuleSource, Placed } from "./known.ts";
import { mergeSchema } from "./merge-schema.ts";
import { mergeTable, type Merged } from "./merge-table.ts";
import { applyEdits, callsOf, statementsOf, type Edit } from "./scan.ts";

export interface MergeInput {
  readonly modules: readonly ModuleSource[];
  readonly known: Known;
  /** In the words of the declaration: see `carry`. */
  readonly live: Model;
  /** Made with `known`. */
  readonly entities: Entities;
  readonly names: Names;
  /** Whether the database was asked for a table: others stay as they are. */
  isAsked(place: Place): boolean;
  /** Whether each table has a module of its own. */
  readonly isPerTable: boolean;
}

export interface MergeResult {
  /** The text is undefined for a module that is to go. */
  readonly files: readonly { readonly path: string; readonly text: string | undefined }[];
  /** What changed, in a line each. */
  readonly changes: readonly string[];
}

type Declared = TableModel | ViewModel;

function byPlace({ tables, views = [] }: Model): Map<string, Declared> {
  return new Map([...tables, ...views].map((table) => [keyOf(table), table]));
}

/** What is to become of one module. */
interface Draft {
  readonly source: ModuleSource;
  readonly edits: Edit[];
  readonly codes: Code[];
}

class Merger {
  readonly #input: MergeInput;
  readonly #drafts: ReadonlyMap<string, Draft>;
  readonly #gone: ReadonlyMap<string, KnownTable>;
  readonly #homes = new Map<string, string>();
  readonly changes: string[] = [];

  constructor(input: MergeInput) {
    this.#input = input;
    this.#drafts = new Map(
      input.modules.map((source) => [source.path, { source, edits: [], codes: [] }]),
    );
    const live = byPlace(input.live);
    this.#gone = new Map(
      [...input.known.tables].filter(
        ([place, { model }]) => !live.has(place) && input.isAsked(model),
      ),
    );
    for (const [constant, { module }] of input.known.constants)
      this.#homes.set(constant, module.path);
  }

  run(): MergeResult {
    this.#mergeTables();
    this.#removeTables();
    const added = this.#addTables();
    this.#addShared();
    this.#mergeSchema();
    const texts = new Map<string, string>();
    for (const { edits, source } of this.#drafts.values())
      texts.set(source.path, applyEdits(source.text, edits));
    for (const { path, text } of added) texts.set(path, text);
    this.#prune(texts);
    return { files: this.#finish(texts, added), changes: this.changes };
  }

  #take({ changes, codes, edits }: Merged, { module }: Placed): void {
    const draft = this.#drafts.get(module.path)!;
    draft.edits.push(...edits);
    draft.codes.push(...codes);
    this.changes.push(...changes);
  }

  #mergeTables(): void {
    const { entities, known, live, names } = this.#input;
    const after = byPlace(canonicalModel(live));
    const before = byPlace(canonicalModel(known.model));
    for (const section of entities.tables) {
      const place = keyOf(section.place);
      const own = known.tables.get(place);
      const placed = own && known.constants.get(own.constant);
      if (known.elsewhere.has(place) && !isSame(before.get(place), after.get(place)))
        this.changes.push(`${section.constant} is declared elsewhere, and stays as it is`);
      if (own === undefined || placed === undefined) continue;
      const merged = mergeTable({
        text: placed.module.text,
        statement: placed.statement,
        known: own,
        declared: before.get(place)!,
        live: after.get(place)!,
        section,
        names,
      });
      this.#take(merged, placed);
    }
  }

  #removeTables(): void {
    for (const { constant } of this.#gone.values()) {
      const placed = this.#input.known.constants.get(constant)!;
      this.#drafts.get(placed.module.path)!.edits.push({ ...placed.statement.whole, text: "" });
      this.changes.push(`${constant} is gone`);
    }
  }

  #newTables(): TableSection[] {
    const { entities, known } = this.#input;
    return entities.tables.filter(
      ({ place }) => !known.tables.has(keyOf(place)) && !known.elsewhere.has(keyOf(place)),
    );
  }

  #addTables(): readonly EntityFile[] {
    const { entities, isPerTable, known } = this.#input;
    const tables = this.#newTables();
    for (const { constant } of tables) this.changes.push(`${constant} is new`);
    if (isPerTable) {
      // What they share has its place below, beside what there is of that.
      for (const { constant } of entities.shared) this.#homes.set(constant, SHARED_FILE);
      const { files, homes } = writeTableModules({ shared: [], tables }, this.#homes);
      for (const [constant, path] of homes) this.#homes.set(constant, path);
      return files;
    }
    for (const section of tables) {
      const at = entities.tables.indexOf(section);
      const before = entities.tables
        .slice(0, at)
        .findLast(({ place }) => known.tables.has(keyOf(place)));
      const placed = before && known.constants.get(known.tables.get(keyOf(before.place))!.constant);
      this.#insert(placed ?? this.#schema(), section, placed !== undefined);
    }
    return [];
  }

  /** Behind a statement, or before it. */
  #insert({ module, statement }: Placed, section: Section, isBehind: boolean): void {
    const draft = this.#drafts.get(module.path)!;
    const text = sectionText(section);
    const at = isBehind ? statement.whole.end : statement.whole.start;
    const isAtStart = !isBehind && at === 0;
    draft.edits.push({ start: at, end: at, text: isAtStart ? `${text}\n\n` : `\n${text}\n` });
    draft.codes.push(section.code);
    this.#homes.set(section.constant, module.path);
  }

  #addShared(): void {
    const { entities, isPerTable, known, modules } = this.#input;
    if (entities.shared.length === 0) return;
    const shared = new Set([
      ...known.spaces.values(),
      ...known.enums.values(),
      ...known.types.values(),
      ...known.collations.values(),
    ]);
    const last = [...known.constants.values()].findLast(
      ({ module, statement }) =>
        shared.has(statement.constant!) && (!isPerTable || module.path === SHARED_FILE),
    );
    const home = isPerTable
      ? modules.find(({ path }) => path === SHARED_FILE)
      : (last?.module ?? this.#schema().module);
    if (home === undefined) return;
    const behind =
      last?.statement ?? statementsOf(home.text).findLast((one) => isImport(home.text, one));
    for (const section of entities.shared) {
      if (behind === undefined)
        this.#insert({ module: home, statement: statementsOf(home.text)[0]! }, section, false);
      else this.#insert({ module: home, statement: behind }, section, true);
    }
  }

  #schema(): Placed {
    const { constants } = this.#input.known;
    const found = [...constants.values()].find(({ module, statement }) =>
      callsOf(module.text, statement.value!).some(({ name }) => name === "defineSchema"),
    );
    return found ?? [...constants.values()].at(-1)!;
  }

  #mergeSchema(): void {
    const { entities, known, live, names } = this.#input;
    const placed = this.#schema();
    const merged = mergeSchema({
      text: placed.module.text,
      statement: placed.statement,
      known,
      section: entities.schema,
      live: new Map(live.tables.map((table) => [keyOf(table), table])),
      gone: new Set(this.#gone.keys()),
      names,
    });
    this.#take(merged, placed);
  }

  /** What tables had in common and none needs any more. */
  #prune(texts: Map<string, string>): void {
    const { known } = this.#input;
    const shared = [
      ...known.enums.values(),
      ...known.types.values(),
      ...known.collations.values(),
      ...known.spaces.values(),
    ];
    const before = new Map(this.#input.modules.map(({ path, text }) => [path, text]));
    for (const constant of shared) {
      const path = this.#homes.get(constant)!;
      const text = texts.get(path)!;
      const statement = statementsOf(text).find((one) => one.constant === constant);
      if (statement === undefined) continue;
      if (!isNeeded(constant, before) || isNeeded(constant, texts)) continue;
      texts.set(path, applyEdits(text, [{ ...statement.whole, text: "" }]));
      this.changes.push(`${constant} is gone`);
    }
  }

  #finish(
    texts: ReadonlyMap<string, string>,
    added: readonly EntityFile[],
  ): { path: string; text: string | undefined }[] {
    const { entities, isPerTable } = this.#input;
    const isNewShared = isPerTable && entities.shared.length > 0 && !this.#drafts.has(SHARED_FILE);
    const shared = isNewShared
      ? writeTableModules({ shared: entities.shared, tables: [] }).files
      : [];
    const gone = new Set(
      [...texts]
        .filter(([path, text]) => isPerTable && path !== SCHEMA_FILE && isBare(text))
        .map(([path]) => path),
    );
    const files = [...texts].map(([path, text]) => {
      const draft = this.#drafts.get(path);
      if (gone.has(path)) return { path, text: undefined };
      if (draft === undefined || text === draft.source.text) return { path, text };
      const exported = path === SCHEMA_FILE ? withExports(text, [...added, ...shared], gone) : text;
      return { path, text: this.#imported(path, exported, draft.codes, gone) };
    });
    return [...files, ...shared];
  }

  #imported(path: string, text: string, codes: readonly Code[], gone: ReadonlySet<string>): string {
    const found = new Set<string>();
    for (const made of codes) namesIn(made, found);
    const needed = new Map<string, string[]>([["plinth", wordsIn(codes)]]);
    const own = new Set(statementsOf(text).flatMap(({ constant }) => constant ?? []));
    for (const name of found) {
      const home = own.has(name) ? undefined : this.#homes.get(name);
      if (home === undefined || home === path) continue;
      const from = specifierOf(home);
      needed.set(from, [...(needed.get(from) ?? []), name]);
    }
    const known = new Set(["plinth", ...[...this.#homes.values(), ...gone].map(specifierOf)]);
    return `${withImports(text, needed, (from) => known.has(from)).trimEnd()}\n`;
  }
}

/** Whether something but its own statement names it. */
function isNeeded(constant: string, texts: ReadonlyMap<string, string>): boolean {
  return [...texts.values()].some((text) => {
    const own = statementsOf(text).filter((statement) => statement.constant === constant);
    const rest = applyEdits(
      text,
      own.map(({ end, start }) => ({ start, end, text: "" })),
    );
    return isUsed(constant, bodyOf(rest));
  });
}

/** Whether nothing but imports is left of a module. */
function isBare(text: string): boolean {
  return statementsOf(text).every((statement) => isImport(text, statement));
}

function withExports(
  text: string,
  added: readonly EntityFile[],
  gone: ReadonlySet<string>,
): string {
  const statements = statementsOf(text);
  const exports = statements.filter(
    ({ end, start }) => text.startsWith("export *", start) && start < end,
  );
  const edits = exports
    .filter(({ end, start }) =>
      [...gone].some((path) => text.slice(start, end).includes(`"${specifierOf(path)}"`)),
    )
    .map(({ start, whole }): Edit => ({ start, end: whole.end, text: "" }));
  const last = exports.at(-1) ?? statements.findLast((statement) => isImport(text, statement));
  const at = last?.whole.end ?? 0;
  for (const { path } of added.toSorted((one, other) => byName(one.path, other.path)))
    edits.push({ start: at, end: at, text: `export * from "${specifierOf(path)}";\n` });
  return applyEdits(text, edits);
}

export function mergeEntities(input: MergeInput): MergeResult {
  return new Merger(input).run();
}
