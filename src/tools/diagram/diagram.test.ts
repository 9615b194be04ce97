import { describe, expect, test } from "vitest";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { ColumnModel, ForeignKeyModel, Model, TableModel } from "../../schema/model.ts";
import { diagramOf } from "./diagram.ts";
import { mermaidOf } from "./mermaid.ts";
import { place, type Box } from "./place.ts";
import { svgOf } from "./svg.ts";

function column(name: string, type: LogicalType, nullable = false): ColumnModel {
  return { name, type, nullable, isAutoIncrement: false, default: undefined, generated: undefined };
}

const integer: LogicalType = { kind: "integer", bits: 32 };
const text: LogicalType = { kind: "text", length: 60 };

function tableOf(name: string, parts: Partial<TableModel> = {}): TableModel {
  return {
    name,
    columns: [column("id", integer), column("name", text, true)],
    primaryKey: { name: "pk", columns: ["id"] },
    uniques: [],
    indexes: [],
    checks: [],
    foreignKeys: [],
    ...parts,
  };
}

function reference(columns: readonly string[], target: string): ForeignKeyModel {
  return {
    name: `to_${target}`,
    columns,
    target,
    targetColumns: columns.map(() => "id"),
    onDelete: "no action",
    onUpdate: "no action",
  };
}

const shop: Model = {
  enums: [],
  tables: [
    tableOf("users", {
      columns: [
        column("id", integer),
        column("email", text),
        column("manager_id", integer, true),
        column("tags", { kind: "array", element: text }, true),
      ],
      uniques: [{ name: "u", columns: ["email"] }],
      foreignKeys: [reference(["manager_id"], "users")],
    }),
    tableOf("orders", {
      columns: [
        column("id", integer),
        column("user_id", integer),
        column("total", { kind: "decimal", precision: 10, scale: 2 }),
      ],
      foreignKeys: [reference(["user_id"], "users"), reference(["id"], "elsewhere")],
    }),
    tableOf("profiles", {
      columns: [column("id", integer), column("user_id", integer)],
      uniques: [{ name: "u", columns: ["user_id"] }],
      foreignKeys: [reference(["user_id"], "users")],
    }),
  ],
};

const HOSTILE = `"; </text><script>alert(1)</script> & '\`#%%{}\n\u0000 東京 😀`;
const hostile: Model = {
  enums: [],
  tables: [
    tableOf(HOSTILE, {
      columns: [{ ...column(HOSTILE, integer), comment: HOSTILE }, column("1st", text)],
      comment: HOSTILE,
      foreignKeys: [reference([HOSTILE], HOSTILE)],
    }),
  ],
};

/** Many tables, most of them around one, with circles and some alone. */
function town(count: number): Model {
  const tables = Array.from({ length: count }, (_, at) =>
    tableOf(`table_${at}`, {
      foreignKeys:
        at % 9 === 8
          ? []
          : [reference(["id"], at % 2 === 0 ? "table_0" : `table_${(at * 7) % count}`)],
    }),
  );
  return { enums: [], tables };
}

function cover(one: Box, other: Box): boolean {
  const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
  const isBelow = one.y + one.height <= other.y || other.y + other.height <= one.y;
  return !isBeside && !isBelow;
}

describe("a diagram", () => {
  test("tells optional from required, and one from many", () => {
    expect(
      diagramOf(shop).links.map(({ child, parent, isOne, isOptional }) => ({
        child,
        parent,
        isOne,
        isOptional,
      })),
    ).toEqual([
      { child: 0, parent: 0, isOne: false, isOptional: true },
      { child: 1, parent: 0, isOne: false, isOptional: false },
      { child: 2, parent: 0, isOne: true, isOptional: false },
    ]);
  });

  test("is written as Mermaid", () => {
    expect(mermaidOf(diagramOf(shop))).toBe(`erDiagram
  t0["users"] {
    integer id PK
    varchar(60) email UK
    integer manager_id FK "null"
    varchar(60)[] tags "null"
  }
  t1["orders"] {
    integer id PK, FK
    integer user_id FK
    decimal(10-2) total
  }
  t2["profiles"] {
    integer id PK
    integer user_id FK, UK
  }
  t0 |o--o{ t0 : "manager_id"
  t0 ||--o{ t1 : "user_id"
  t0 ||--o| t2 : "user_id"
`);
  });

  test("places no table over another, and all within the picture", () => {
    const diagram = diagramOf(town(60));
    const { boxes, width, height } = place(diagram);
    expect(boxes).toHaveLength(60);
    for (const [at, box] of boxes.entries()) {
      expect(box.x).toBeGreaterThanOrEqual(-0.01);
      expect(box.y).toBeGreaterThanOrEqual(-0.01);
      expect(box.x + box.width).toBeLessThanOrEqual(width + 0.01);
      expect(box.y + box.height).toBeLessThanOrEqual(height + 0.01);
      for (const other of boxes.slice(at + 1)) expect(cover(box, other)).toBe(false);
    }
  });

  test("draws every table, column and line", () => {
    const svg = svgOf(diagramOf(shop));
    for (const word of ["users", "manager_id", "decimal(10, 2)", "varchar(60)[]?"])
      expect(svg).toContain(`>${word}</text>`);
    expect(svg.match(/class="link"/g)).toHaveLength(3);
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test("lets no name become a mark of the picture or of Mermaid", () => {
    const svg = svgOf(diagramOf(hostile));
    const tags = new Set([...svg.matchAll(/<\/?([a-z]+)/g)].map(([, tag]) => tag));
    expect(tags).toEqual(new Set(["circle", "g", "path", "rect", "style", "svg", "text", "title"]));
    expect(svg).not.toContain("\u0000");
    const lines = mermaidOf(diagramOf(hostile)).trimEnd().split("\n");
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).not.toMatch(/[<>#]/);
  });

  test("is an empty picture without tables", () => {
    const diagram = diagramOf({ enums: [], tables: [] });
    expect(svgOf(diagram)).toContain("<title>0 tables</title>");
    expect(mermaidOf(diagram)).toBe("erDiagram\n");
  });
});
