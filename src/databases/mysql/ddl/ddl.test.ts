import { expect, test } from "vitest";
import { renderChange } from "../../../dialect/dialect.ts";
import { isNull } from "../../../query/expression.ts";
import { sql } from "../../../query/sql.ts";
import { index, uniqueIndex, type TableExtra } from "../../../schema/constraints.ts";
import { resolveTable } from "../../../schema/model.ts";
import { createNames } from "../../../schema/naming.ts";
import { infoOf, table } from "../../../schema/table.ts";
import { integer, varchar } from "../../../schema/types.ts";
import { mysqlDialect } from "../dialect.ts";

const names = createNames();

interface Words {
  readonly word: ReturnType<typeof sql>;
}

function render(product: "mariadb" | "mysql", extra: (columns: Words) => TableExtra): string {
  const words = table(
    "words",
    { id: integer().primaryKey(), word: varchar({ length: 9 }) },
    (t) => [extra(t as never)],
  );
  const model = resolveTable(infoOf(words), names);
  const dialect = mysqlDialect({ product, version: product === "mysql" ? [8, 4, 0] : [10, 11, 6] });
  const change = { kind: "createIndex", table: model, index: model.indexes[0]! } as const;
  return renderChange(dialect, change).join(";");
}

test("MySQL makes an index of an expression, in parentheses of its own", () => {
  expect(render("mysql", (t) => index("folded").on(sql`lower(${t.word})`))).toBe(
    "create index `folded` on `words` ((lower(`word`)))",
  );
});

test("MariaDB refuses an index of an expression, and says what to do", () => {
  expect(() => render("mariadb", (t) => index("folded").on(sql`lower(${t.word})`))).toThrow(
    /generated column of the expression/,
  );
});

test.each(["mariadb", "mysql"] as const)(
  "%s refuses an index of some of the rows, and says what to do",
  (product) => {
    expect(() => render(product, (t) => index("some").on(t.word).where(isNull(t.word)))).toThrow(
      /Leave out its where/,
    );
    expect(() =>
      render(product, (t) => uniqueIndex("some").on(t.word).where(isNull(t.word))),
    ).toThrow(/generated column that is NULL/);
  },
);

test("MariaDB takes indexes and foreign keys for there or gone where that was asked for", () => {
  const words = table(
    "words",
    { id: integer().primaryKey(), parentId: integer().references((): unknown => words.id) },
    (t) => [index("by_parent").on(t.parentId)],
  );
  const model = resolveTable(infoOf(words), names);
  const { foreignKeys, indexes } = model;
  const [foreignKey] = foreignKeys;
  const place = { table: "words", schema: undefined };
  const changes = [
    { kind: "createIndex", table: model, index: indexes[0]! },
    { kind: "addForeignKey", ...place, foreignKey: foreignKey! },
    { kind: "dropForeignKey", ...place, foreignKey: foreignKey! },
    { kind: "dropIndex", ...place, index: indexes[0]! },
  ] as const;
  const textsOf = (product: "mariadb" | "mysql"): string[] => {
    const dialect = mysqlDialect({
      product,
      version: product === "mysql" ? [8, 4, 0] : [10, 11, 6],
    });
    return changes.flatMap((change) => renderChange(dialect, change, { isTolerant: true }));
  };

  expect(textsOf("mariadb")).toEqual([
    "create index if not exists `by_parent` on `words` (`parent_id`)",
    "alter table `words` add constraint `words_parent_id_fkey` foreign key if not exists (`parent_id`) references `words` (`id`)",
    "alter table `words` drop foreign key if exists `words_parent_id_fkey`",
    "alter table `words` drop index if exists `by_parent`",
  ]);
  expect(textsOf("mysql").join()).not.toContain("exists");
});
