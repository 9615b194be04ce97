/**
 * What is read of a database, without what no declaration says. That is told beside it, so that whoever compares the two
 * never takes it for something to drop.
 */

import { isCaseInsensitive } from "../../ast/folding.ts";
import type { EnumType, LogicalType } from "../../ast/logical-type.ts";
import type {
  ColumnModel,
  ForeignKeyModel,
  IndexModel,
  KeyModel,
  Model,
  TableModel,
  ViewModel,
} from "../../schema/model.ts";
import { keyOf } from "../../schema/moves.ts";
import { sameKind } from "../../schema/reference.ts";
import { isSame } from "../../schema/same.ts";
import { declarableColumn, isDeclarableEnum, type DeclarableContext } from "./declarable-types.ts";
import type { ForeignKind, ForeignObject, Inspection } from "./introspector.ts";

type Tables = ReadonlyMap<string, TableModel>;

/** The columns of a table by what they are in. */
function singleKeys({ foreignKeys, primaryKey, uniques }: TableModel): Set<string> {
  const keys = [...foreignKeys, ...uniques].filter(({ columns }) => columns.length === 1);
  return new Set([...(primaryKey?.columns ?? []), ...keys.flatMap(({ columns }) => columns)]);
}

/** The types of enums by their names, each name for one list of values. */
class EnumNames {
  readonly #known = new Map<string, EnumType>();

  only(type: LogicalType): LogicalType {
    if (type.kind !== "enum") return type;
    let own = type;
    for (let count = 2; ; count++) {
      const known = this.#known.get(keyOf(own));
      if (known === undefined) this.#known.set(keyOf(own), own);
      if (known === undefined || isSame(known, own)) return own;
      own = { ...type, name: `${type.name}_${count}` };
    }
  }
}

class TableReader {
  readonly #table: TableModel;
  readonly #tables: Tables;
  readonly others: ForeignObject[] = [];

  constructor(table: TableModel, tables: Tables) {
    this.#table = table;
    this.#tables = tables;
  }

  #tell(kind: ForeignKind, name: string, detail: string): void {
    const { name: table, schema } = this.#table;
    this.others.push({ kind, name, ...(schema !== undefined && { schema }), table, detail });
  }

  read(): TableModel {
    const foreignKeys = this.#table.foreignKeys.flatMap((key) => this.#foreignKey(key));
    const primaryKey = this.#primaryKey();
    const keyed = new Set([
      ...(primaryKey?.columns ?? []),
      ...foreignKeys.flatMap(({ columns }) => columns),
    ]);
    const columns = this.#table.columns.map((column) => this.#column(column, keyed, primaryKey));
    const indexes = this.#table.indexes.filter((index) => this.#isKept(index, columns));
    const uniques = this.#table.uniques.filter((key) => this.#isExact(key, columns));
    return { ...this.#table, columns, primaryKey, uniques, foreignKeys, indexes };
  }

  #primaryKey(): KeyModel | undefined {
    const { columns, primaryKey } = this.#table;
    const computed = columns.find(
      ({ generated, name }) =>
        generated !== undefined && primaryKey?.columns.includes(name) === true,
    );
    if (computed === undefined) return primaryKey;
    this.#tell("clause", primaryKey!.name, `primary key over ${computed.name}, which is computed`);
    return undefined;
  }

  #column(
    column: ColumnModel,
    keyed: ReadonlySet<string>,
    primaryKey: KeyModel | undefined,
  ): ColumnModel {
    let own = column;
    if (own.nullable && primaryKey?.columns.includes(own.name) === true) {
      this.#tell("clause", own.name, "may be NULL, although it is in the primary key");
      own = { ...own, nullable: false };
    }
    const { type } = own;
    if (!keyed.has(own.name) || type.kind !== "text" || !isCaseInsensitive(type)) return own;
    const { isCaseInsensitive: _folds, ...exact } = type;
    return { ...own, type: exact };
  }

  /** A key compares texts as they are, and a column that is compared without regard to case has an index for it. */
  #isExact({ columns: names, name }: KeyModel, columns: readonly ColumnModel[]): boolean {
    const isFolding = columns.some(
      (column) => names.includes(column.name) && isCaseInsensitive(column.type),
    );
    if (isFolding) this.#tell("clause", name, "a key that tells upper and lower case apart");
    return !isFolding;
  }

  #isKept(index: IndexModel, columns: readonly ColumnModel[]): boolean {
    const { fullText, isUnique, name, terms } = index;
    if (fullText !== undefined) return true;
    const typeOf = (column: string): LogicalType | undefined =>
      columns.find((one) => one.name === column)?.type;
    const reason =
      isUnique && terms.some((term) => term.prefix !== undefined)
        ? "unique by the beginning of a value"
        : terms.some(
              (term) =>
                "column" in term &&
                (term.isFolded === true) !== isCaseInsensitive(typeOf(term.column)),
            )
          ? "upper and lower case"
          : undefined;
    if (reason !== undefined) this.#tell("index", name, reason);
    return reason === undefined;
  }

  /** As far as its target is known: a table that was not asked for may be anything. */
  #foreignKey(key: ForeignKeyModel): ForeignKeyModel[] {
    const target = this.#tables.get(keyOf({ schema: key.targetSchema, name: key.target }));
    if (target === undefined) return [key];
    const keys = [
      ...(target.primaryKey === undefined ? [] : [target.primaryKey]),
      ...target.uniques,
    ];
    const own = keys.find(
      ({ columns }) =>
        columns.length === key.targetColumns.length &&
        columns.every((column) => key.targetColumns.includes(column)),
    );
    const reason = own === undefined ? "what it points at is no key" : this.#isOfTypes(key, target);
    if (own === undefined || reason !== undefined) {
      this.#tell("foreign key", key.name, `to ${key.target}: ${reason}`);
      return [];
    }
    // As declarations have them, in the order of the key.
    const at = own.columns.map((column) => key.targetColumns.indexOf(column));
    return [
      { ...key, columns: at.map((place) => key.columns[place]!), targetColumns: own.columns },
    ];
  }

  #isOfTypes(key: ForeignKeyModel, target: TableModel): string | undefined {
    const exact = (type: LogicalType | undefined): LogicalType | undefined =>
      type?.kind === "text" ? { ...type, isCaseInsensitive: undefined! } : type;
    const isFit = key.columns.every((name, at) => {
      const one = exact(this.#table.columns.find((column) => column.name === name)?.type);
      const other = exact(
        target.columns.find((column) => column.name === key.targetColumns[at])?.type,
      );
      if (one === undefined || other === undefined) return false;
      if (one.kind === "custom") return isSame(one, other);
      return one.kind === "enum" ? isSame(one, other) : sameKind(one, other);
    });
    return isFit ? undefined : "the columns are of different types";
  }
}

function withTypes(
  model: Model,
  context: DeclarableContext,
): { tables: TableModel[]; views: ViewModel[] } {
  const enums = new EnumNames();
  const columnsOf = (columns: readonly ColumnModel[], keys: ReadonlySet<string>): ColumnModel[] =>
    columns.map((column) => {
      const own = declarableColumn(column, keys.has(column.name), context);
      const type = enums.only(own.type);
      return type === own.type ? own : { ...own, type };
    });
  return {
    tables: model.tables.map((table) => ({
      ...table,
      columns: columnsOf(table.columns, singleKeys(table)),
    })),
    views: (model.views ?? []).map((view) => ({
      ...view,
      columns: columnsOf(view.columns, new Set()),
    })),
  };
}

/** Moves what no declaration says from the model to what is told beside it. */
export function declarable({ model, others }: Inspection, context: DeclarableContext): Inspection {
  const { tables: typed, views: typedViews } = withTypes(model, context);
  const told: ForeignObject[] = [...others];
  const hasColumns = (place: TableModel | ViewModel): boolean => {
    if (place.columns.length > 0) return true;
    const { name, schema } = place;
    told.push({
      kind: "table",
      name,
      ...(schema !== undefined && { schema }),
      detail: "no columns",
    });
    return false;
  };
  const known = typed.filter(hasColumns);
  const byPlace = new Map(known.map((table) => [keyOf(table), table]));
  const tables = known.map((table) => {
    const reader = new TableReader(table, byPlace);
    const read = reader.read();
    told.push(...reader.others);
    return read;
  });
  const views = typedViews.filter(hasColumns);
  for (const type of model.enums) {
    if (isDeclarableEnum(type)) continue;
    const { name, schema } = type;
    told.push({
      kind: "enum",
      name,
      ...(schema !== undefined && { schema }),
      detail: "a label that is too long or ends with a space",
    });
  }
  const used = tables.flatMap(({ columns }) =>
    columns.map(({ type }) => (type.kind === "array" ? type.element : type)),
  );
  const renamed = used.filter((type): type is EnumType => type.kind === "enum");
  const enums = new Map(
    [...model.enums.filter(isDeclarableEnum), ...renamed].map((type) => [keyOf(type), type]),
  );
  return {
    model: {
      enums: [...enums.values()],
      tables,
      ...(model.views !== undefined && { views }),
    },
    others: told,
  };
}
