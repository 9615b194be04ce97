import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram, type Outcome } from "../../test/docs/run-program.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const bin = fileURLToPath(new URL("../../test/cli/bin.ts", import.meta.url));

let folder: string;
let tour: Outcome;
let lines: string[];

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "plinth-test-")));
  tour = await runProgram(main, {
    parameters: ["--once"],
    env: {
      NODE_ENV: "development",
      PLINTH_BIN: bin,
      TMPDIR: folder,
      TEMP: folder,
      FORCE_COLOR: "1",
      NO_COLOR: undefined,
    },
  });
  lines = tour.out.split("\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The chapter with this heading, line by line, without the margin. */
function chapter(heading: string): string[] {
  const start = lines.findIndex((line) => line.trim().endsWith(`. ${heading}`));
  expect(start, heading).toBeGreaterThan(0);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^ {2}\d+\. /.test(line));
  return (end === -1 ? rest : rest.slice(0, end)).map((line) => line.slice(2));
}

/** The lines of a chapter that are rows of a table, by their cells. */
function cellsOf(heading: string): string[][] {
  return chapter(heading)
    .filter((line) => !/^[│┆─]/.test(line))
    .map((line) => line.split(/ {2,}/).filter((cell) => cell !== ""));
}

test("tells its story to the end", () => {
  expect(tour).toMatchObject({ code: 0, err: "" });
  expect(lines.filter((line) => /^ {2}\d+\. /.test(line))).toHaveLength(14);
  expect(tour.out).toContain("Plinth, in fourteen short chapters");
  expect(tour.out).toContain("That was the tour");
});

test("fits 80 columns and is plain text where nobody sees colour", () => {
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(tour.out).not.toContain("\u001B");
  expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
});

test("leaves nothing behind", () => {
  expect(readdirSync(folder)).toEqual([]);
});

test("counts every row that it loaded", () => {
  expect(tour.out).toContain("11 tables and 15,607 rows");
  const rows = cellsOf("Real data in").filter((cells) => cells.length === 2);
  const counts = new Map(rows.map(([name, count]) => [name, Number(count?.replace(",", ""))]));
  counts.delete("table");

  expect(counts.get("playlistTracks")).toBe(8715);
  expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(15_607);
});

test("shows the SQL of a query and the rows that it gave", () => {
  const shown = chapter("A query, and its SQL");

  expect(shown).toContain('┆ where ("Genre"."Name" = ?) and ("Track"."Milliseconds" >= ?)');
  expect(shown).toContain('┆ -- with "Jazz", 480000');
  expect(shown.filter((line) => line.startsWith("│"))).not.toHaveLength(0);
  expect(cellsOf("A query, and its SQL")).toContainEqual([
    "My Funny Valentine (Live)",
    "Miles Davis",
    "15",
  ]);
});

test("shows albums with their tracks", () => {
  expect(cellsOf("What belongs to what")).toContainEqual([
    "Led Zeppelin",
    "BBC Sessions [Disc 1] [Live]",
    "14",
    "Rock",
  ]);
});

test("shows who has nobody to report to", () => {
  expect(cellsOf("A join with a missing side")).toContainEqual([
    "Adams",
    "General Manager",
    "null",
  ]);
});

test("adds up to the cent, which numbers don't", () => {
  const rows = cellsOf("Sums to the cent");

  expect(rows).toContainEqual(["6", "Helena", "Holý", "7", "49.62"]);
  expect(rows).toContainEqual(["sum() in Plinth", "2328.60"]);
  expect(rows).toContainEqual(["+ in JavaScript", "2328.600000000004"]);
});

test("keeps what was committed, and nothing of what was rolled back", () => {
  const cards = [
    ["HELENA", "Helena Holý", "250"],
    ["LUIS", "Luis Rojas", "150"],
  ];
  const after = (heading: string) =>
    cellsOf(heading).filter((cells) => /^\d+$/.test(cells[2] ?? ""));

  expect(after("A transaction that commits")).toEqual(cards);
  expect(after("One that does not")).toEqual(cards);
  expect(cellsOf("One that does not")).toContainEqual(["outcome", "HELENA has too few."]);
  expect(after("A transaction inside a transaction")).toEqual([
    ...cards,
    ["SPRING", "The shop", "0"],
    ["SUMMER", "The shop", "0"],
  ]);
});

test("shows errors with their codes and what to do", () => {
  const rows = cellsOf("Errors that help");

  expect(rows.filter(([name]) => name === "code").map(([, code]) => code)).toEqual([
    "E_UNIQUE_VIOLATION",
    "E_NO_CONDITION",
    "E_INVALID_VALUE",
  ]);
  expect(rows.filter(([name]) => name === "hint")).not.toHaveLength(0);
});

test("asks the database once for what a cache holds, and limits", () => {
  const rows = cellsOf("A store beside the database");

  expect(rows).toContainEqual(["queries of 4 readers", "1"]);
  expect(rows).toContainEqual(["tries that pass", "yes, yes, no"]);
});

test("does the job of the transaction that committed, and only that", () => {
  const rows = cellsOf("Work that follows a commit");

  expect(rows).toContainEqual(["jobs of 2 transactions", "1"]);
  expect(rows).toContainEqual(["at the counter", "Thank you, LUIS!"]);
});

test("refuses an option that it does not know, and leaves nothing behind", async () => {
  const { code, err } = await runProgram(main, {
    parameters: ["--twice"],
    env: { TMPDIR: folder, TEMP: folder },
  });

  expect(code).toBe(1);
  expect(err).toContain("--twice");
  expect(readdirSync(folder)).toEqual([]);
});

test("generates a migration, applies it, takes it back and applies it again", () => {
  const printed = chapter("Migrations, there and back").join("\n");
  expect(printed).toMatch(/\$ plinth migrate generate add_motto/);
  expect(printed).toMatch(/add column "motto" text/);
  expect(printed.match(/applied {3}\d{14}_add_motto/g)).toHaveLength(3);
  expect(printed).toMatch(/reverted {2}\d{14}_add_motto/);
});

test("writes the shop down as it is, and draws it", () => {
  const shown = chapter("A database that was there before").join("\n");
  expect(shown).toContain("export const playlistTrack = table(");
  expect(shown).toContain("Artist    ||--o{ Album         ArtistId");
  expect(shown).toContain("the database is what the schema says");
});
