// What may happen to a schema, one piece at a time.
import {
  isKeyable,
  isWordy,
  KINDS,
  newColumn,
  newEnum,
  newName,
  newTable,
  pick,
  type ColumnSpec,
  type Random,
  type SchemaSpec,
  type TableSpec,
} from "./schemas.ts";

type Mutate = (random: Random, spec: SchemaSpec, own: TableSpec) => void;

function anyColumn(
  random: Random,
  own: TableSpec,
  fits: (column: ColumnSpec) => boolean = () => true,
): ColumnSpec | undefined {
  const found = own.columns.filter(fits);
  return found.length === 0 ? undefined : pick(random, found);
}

function isPlain(column: ColumnSpec): boolean {
  return column.twice === undefined && column.references === undefined;
}

/** Whether a key, an index, a check or a computed column names it. */
function isUsed(own: TableSpec, { id, unique, references }: ColumnSpec): boolean {
  return (
    unique ||
    references !== undefined ||
    own.checks.includes(id) ||
    own.indexes.some(({ columns }) => columns.includes(id)) ||
    [...own.uniques, ...own.liveUniques].some((columns) => columns.includes(id)) ||
    own.columns.some(({ twice }) => twice === id)
  );
}

function drop(own: TableSpec, { id }: ColumnSpec): void {
  own.columns = own.columns.filter((column) => column.id !== id && column.twice !== id);
  const left = new Set(own.columns.map((column) => column.id));
  own.indexes = own.indexes.filter(({ columns }) => columns.every((one) => left.has(one)));
  own.uniques = own.uniques.filter((columns) => columns.every((one) => left.has(one)));
  own.liveUniques = own.liveUniques.filter((columns) => columns.every((one) => left.has(one)));
  own.checks = own.checks.filter((one) => left.has(one));
  if (own.key === id) own.key = undefined;
}

function pickTarget(random: Random, spec: SchemaSpec): TableSpec | undefined {
  const found = spec.tables.filter(({ key }) => key === undefined);
  return found.length === 0 ? undefined : pick(random, found);
}

export const MUTATIONS: Readonly<Record<string, Mutate>> = {
  createTable: (random, spec) => void spec.tables.push(newTable(random, spec)),
  dropTable(_random, spec, own) {
    if (spec.tables.length === 1) return;
    spec.tables = spec.tables.filter((one) => one !== own);
    for (const { columns } of spec.tables)
      for (const column of columns) if (column.references === own.id) column.references = undefined;
  },
  renameTable(random, spec, own) {
    own.name = newName(random, spec);
    spec.next++;
  },
  swapTables(random, spec, own) {
    const other = pick(random, spec.tables);
    [own.name, other.name] = [other.name, own.name];
  },
  addColumn: (random, spec, own) => void own.columns.push(newColumn(random, spec)),
  addRequired(random, spec, own) {
    own.columns.push({ ...newColumn(random, spec), notNull: true, default: 1 });
  },
  dropColumn(random, _spec, own) {
    const column = anyColumn(random, own);
    if (column !== undefined && own.columns.length > 1) drop(own, column);
  },
  renameColumn(random, spec, own) {
    const column = anyColumn(random, own);
    if (column !== undefined) column.name = newName(random, spec);
    spec.next++;
  },
  swapColumns(random, _spec, own) {
    const [one, other] = [anyColumn(random, own), anyColumn(random, own)];
    if (one !== undefined && other !== undefined) [one.name, other.name] = [other.name, one.name];
  },
  replaceColumn(random, _spec, own) {
    const [one, other] = [anyColumn(random, own), anyColumn(random, own)];
    if (one === undefined || other === undefined || one === other) return;
    drop(own, one);
    other.name = one.name;
  },
  retype(random, _spec, own) {
    const column = anyColumn(
      random,
      own,
      (one) => isPlain(one) && typeof one.kind === "string" && KINDS[one.kind]!.becomes.length > 0,
    );
    if (column === undefined) return;
    const to = pick(random, KINDS[column.kind]!.becomes);
    if (
      isUsed(own, column) &&
      (!KINDS[to]!.isKey || own.columns.some(({ twice }) => twice === column.id))
    )
      return;
    if (own.key === column.id && to !== "bigint" && to !== "smallint") return;
    if (own.checks.includes(column.id) && to !== "bigint" && to !== "smallint") return;
    column.kind = to;
  },
  setNotNull(random, _spec, own) {
    const column = anyColumn(random, own, (one) => one.twice === undefined);
    if (column !== undefined) column.notNull = true;
  },
  dropNotNull(random, _spec, own) {
    const column = anyColumn(random, own, (one) => one.notNull && own.key !== one.id);
    if (column !== undefined) column.notNull = false;
  },
  changeDefault(random, _spec, own) {
    const column = anyColumn(random, own, isPlain);
    if (column !== undefined)
      column.default = random() < 0.3 ? undefined : Math.floor(random() * 3);
  },
  addUnique(random, _spec, own) {
    const column = anyColumn(random, own, isKeyable);
    if (column !== undefined) column.unique = true;
  },
  dropUnique(random, _spec, own) {
    const column = anyColumn(random, own, (one) => one.unique);
    if (column !== undefined) column.unique = false;
  },
  addUniques(random, _spec, own) {
    const columns = own.columns.filter(isKeyable).slice(0, 2);
    if (columns.length === 2 && own.uniques.length === 0)
      own.uniques.push(columns.map(({ id }) => id));
    else own.uniques = [];
  },
  changeSoftness(_random, _spec, own) {
    own.isSoft = !own.isSoft;
    own.liveUniques = [];
  },
  changeLiveUnique(random, _spec, own) {
    const column = anyColumn(random, own, (one) => isKeyable(one) && !one.unique);
    own.isSoft = true;
    own.liveUniques =
      column === undefined || own.liveUniques.some(([id]) => id === column.id) ? [] : [[column.id]];
  },
  addIndex(random, spec, own) {
    const column = anyColumn(random, own, isKeyable);
    if (
      column !== undefined &&
      own.indexes.every(({ columns, isFullText }) => isFullText || columns[0] !== column.id)
    )
      own.indexes.push({
        columns: [column.id],
        isUnique: false,
        name: random() < 0.3 ? `ix_${spec.next++}` : undefined,
      });
  },
  addFullText(random, spec, own) {
    const columns = own.columns.filter(isWordy).slice(0, 1 + Math.floor(random() * 2));
    if (columns.length === 0 || own.indexes.some(({ isFullText }) => isFullText)) return;
    own.indexes.push({
      columns: columns.map(({ id }) => id),
      isUnique: false,
      name: random() < 0.3 ? `ft_${spec.next++}` : undefined,
      isFullText: true,
    });
  },
  dropIndex: (_random, _spec, own) => void own.indexes.pop(),
  renameIndex(_random, spec, own) {
    const found = own.indexes[0];
    if (found !== undefined) found.name = `ix_${spec.next++}`;
  },
  changeKey(random, spec, own) {
    const isTarget = spec.tables.some(({ columns }) =>
      columns.some(({ references }) => references === own.id),
    );
    const column = anyColumn(
      random,
      own,
      (one) => isKeyable(one) && one.kind === "integer" && isPlain(one),
    );
    if (isTarget || own.hasCounter) return;
    if (own.key !== undefined) own.key = undefined;
    else if (column !== undefined) {
      own.key = column.id;
      column.notNull = true;
    }
  },
  addCheck(random, _spec, own) {
    const column = anyColumn(
      random,
      own,
      ({ id, kind, twice }) =>
        kind === "integer" && twice === undefined && !own.checks.includes(id),
    );
    if (column !== undefined) own.checks.push(column.id);
  },
  dropCheck: (_random, _spec, own) => void own.checks.pop(),
  addForeignKey(random, spec, own) {
    const target = pickTarget(random, spec);
    if (target === undefined) return;
    const column = newColumn(random, spec);
    Object.assign(column, {
      kind: "integer",
      references: target.id,
      notNull: false,
      default: undefined,
    });
    own.columns.push(column);
  },
  changeForeignKey(random, spec, own) {
    const column = anyColumn(random, own, (one) => one.references !== undefined);
    if (column === undefined) return;
    if (random() < 0.5) column.references = pickTarget(random, spec)?.id;
    else column.onDelete = pick(random, ["cascade", "no action", "set null"] as const);
    if (column.onDelete === "set null") column.notNull = false;
  },
  dropForeignKey(random, _spec, own) {
    const column = anyColumn(random, own, (one) => one.references !== undefined);
    if (column !== undefined) column.references = undefined;
  },
  addGenerated(random, spec, own) {
    const base = anyColumn(
      random,
      own,
      ({ kind, twice }) => kind === "integer" && twice === undefined,
    );
    if (base === undefined) return;
    const column = newColumn(random, spec);
    Object.assign(column, { kind: "integer", twice: base.id, notNull: false, default: undefined });
    own.columns.push(column);
  },
  dropGenerated(random, _spec, own) {
    const column = anyColumn(random, own, ({ twice }) => twice !== undefined);
    if (column !== undefined) column.twice = undefined;
  },
  createEnum: (random, spec) => void spec.enums.push(newEnum(random, spec)),
  dropEnum(random, spec) {
    if (spec.enums.length === 0) return;
    const { id } = pick(random, spec.enums);
    for (const one of spec.tables)
      for (const column of one.columns.filter(({ kind }) => kind === id))
        if (one.columns.length > 1) drop(one, column);
  },
  addEnumColumn(random, spec, own) {
    if (spec.enums.length === 0) return;
    own.columns.push({ ...newColumn(random, spec), kind: pick(random, spec.enums).id });
  },
  addValue(random, spec) {
    if (spec.enums.length === 0) return;
    const { values } = pick(random, spec.enums);
    const at = Math.floor(random() * (values.length + 1));
    values.splice(at, 0, { id: spec.next, name: `w${spec.next++}` });
  },
  renameValue(random, spec) {
    if (spec.enums.length > 0)
      pick(random, pick(random, spec.enums).values).name = `r${spec.next++}`;
  },
  dropValue(random, spec) {
    if (spec.enums.length === 0) return;
    const one = pick(random, spec.enums);
    if (one.values.length > 2) one.values.splice(Math.floor(random() * one.values.length), 1);
  },
  renameEnum(random, spec) {
    if (spec.enums.length > 0) pick(random, spec.enums).name = `enum_${newName(random, spec)}`;
    spec.next++;
  },
  comment(random, _spec, own) {
    const text = random() < 0.3 ? undefined : `about ${Math.floor(random() * 99)}`;
    const column = anyColumn(random, own);
    if (random() < 0.5 || column === undefined) own.comment = text;
    else column.comment = text;
  },
};

/** Flags that say of everything what became of it. */
export function answersOf(
  before: SchemaSpec,
  after: SchemaSpec,
): { renames: string[]; drops: string[] } {
  const renames: string[] = [];
  const drops: string[] = [];
  const compare = (
    old: readonly { id: number; name: string }[],
    now: readonly { id: number; name: string }[],
    path: string,
  ): void => {
    const names = new Map(now.map(({ id, name }) => [id, name]));
    const taken = new Set(now.map(({ name }) => name));
    for (const { id, name } of old) {
      const to = names.get(id);
      if (to === undefined) drops.push(path + name);
      else if (to !== name || taken.has(name)) {
        if (to !== name) renames.push(`${path}${name}=${to}`);
      }
    }
  };
  compare(before.tables, after.tables, "");
  compare(usedEnums(before), usedEnums(after), "");
  for (const one of before.tables) {
    const other = after.tables.find(({ id }) => id === one.id);
    if (other !== undefined) compare(one.columns, other.columns, `${one.name}.`);
  }
  const enums = usedEnums(after);
  for (const one of usedEnums(before)) {
    const other = enums.find(({ id }) => id === one.id);
    if (other !== undefined) compare(one.values, other.values, `${one.name}.`);
  }
  return { renames, drops };
}

/** An enum that no column has is in no model. */
function usedEnums({ enums, tables }: SchemaSpec): SchemaSpec["enums"] {
  const used = new Set(tables.flatMap(({ columns }) => columns.map(({ kind }) => kind)));
  return enums.filter(({ id }) => used.has(id));
}
