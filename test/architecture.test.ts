import { expect, test } from "vitest";
import { checkArchitecture } from "../scripts/gates/architecture.ts";
import { root } from "../scripts/prepare.mjs";

test("keeps the words of the house", () => {
  const { note, of, read, violations } = checkArchitecture(root);
  console.log(`architecture: ${read} ${of}, ${violations.length} violations (${note})`);

  expect(violations).toEqual([]);
  expect(read).toBeGreaterThan(0);
});
