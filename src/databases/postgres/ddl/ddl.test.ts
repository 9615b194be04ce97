import { expect, test } from "vitest";
import { renderChange } from "../../../dialect/dialect.ts";
import { sql } from "../../../query/sql.ts";
import { resolveTable } from "../../../schema/model.ts";
import { createNames } from "../../../schema/naming.ts";
import { infoOf, table } from "../../../schema/table.ts";
import { integer } from "../../../schema/types.ts";
import { postgresDialect } from "../dialect.ts";

test("a generated column that is not stored is refused, and the message says what to do", () => {
  const boxes = table("boxes", {
    id: integer().primaryKey(),
    twice: integer().generatedAs(() => sql`${boxes.id} * 2`, { stored: false }),
  });
  const dialect = postgresDialect({ product: "postgres", version: [18, 0, 0] });
  const names = createNames();
  const change = {
    kind: "createTable",
    table: resolveTable(infoOf(boxes), names),
    hasForeignKeys: false,
  } as const;
  expect(() => renderChange(dialect, change)).toThrow(/Leave out \{ stored: false \}/);
});
