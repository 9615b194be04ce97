import { expect, test } from "vitest";
import { topicOf } from "./topics.ts";

test("a topic gets what is left out, and refuses what makes no sense", () => {
  const handle = (): void => undefined;
  expect(topicOf("t", handle)).toMatchObject({ name: "t", attempts: 12, timeoutMs: 30_000 });
  expect(topicOf("t", { handle, attempts: Infinity }).attempts).toBe(Infinity);
  const wrong = [
    { handle, attempts: 0 },
    { handle, timeoutMs: Infinity },
    { handle, concurrency: 1.5 },
    { handle, backoff: { firstMs: -1 } },
    {},
    undefined,
  ];
  for (const work of wrong)
    expect(() => topicOf("t", work)).toThrow(expect.objectContaining({ code: "E_CONFIG" }));
  for (const name of ["", "x".repeat(201)])
    expect(() => topicOf(name, handle)).toThrow(expect.objectContaining({ code: "E_CONFIG" }));
});
