import { expect, test } from "vitest";
import { chunksOf } from "./chunks.ts";

const sizesOf = (
  count: number,
  columnCount = 1,
  maxParameters = 65_535,
  isEmbedded = false,
): number[] =>
  chunksOf(
    Array.from({ length: count }, (_, id) => ({ id })),
    columnCount,
    { isEmbedded, maxParameters },
  ).map((chunk) => chunk.length);

test("many rows are few statements, and those of few lengths", () => {
  expect(sizesOf(8)).toEqual([8]);
  expect(sizesOf(1_000)).toEqual([1_000]);
  expect(sizesOf(2_700, 8)).toEqual([1_000, 1_000, 640, 56, 4]);
  expect(sizesOf(1_000, 9)).toEqual([512, 448, 40]);
  expect(sizesOf(700, 200)).toEqual([320, 320, 56, 4]);
  expect(sizesOf(200, 2, 32_766, true)).toEqual([64, 64, 64, 8]);

  const lengths = new Set<number>();
  for (let count = 1; count <= 1_100; count++) for (const size of sizesOf(count)) lengths.add(size);
  expect(lengths.size).toBeLessThan(40);
});

test("rows are cut nowhere but between them, and keep their order", () => {
  const rows = Array.from({ length: 777 }, (_, id) => ({ id, text: "x".repeat(id * 9) }));
  const chunks = chunksOf(rows, 2, { isEmbedded: false, maxParameters: 1_000 });

  expect(chunks.flat()).toEqual(rows);
});
