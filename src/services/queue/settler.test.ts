import { expect, test } from "vitest";
import { closedError, ConfigError, ConflictError, ConnectionError } from "../../core/error.ts";
import type { QueueBackend } from "./backend.ts";
import { Settler } from "./settler.ts";

function settlerOf(failures: unknown[]): { settler: Settler; told: unknown[] } {
  const told: unknown[] = [];
  const backend = {
    settle: async (settlements: readonly unknown[]) => {
      if (failures.length > 0) throw failures.shift();
      return settlements.map(() => true);
    },
  };
  const settler = new Settler(backend as unknown as QueueBackend, (error) => told.push(error));
  return { settler, told };
}

const done = { id: "a", token: 1, kind: "done" } as const;

test("what ended is told again where the backend was away, or others were in the way", async () => {
  const failures = [
    new ConnectionError("E_CONNECTION_LOST", "Away."),
    new ConflictError("E_DEADLOCK"),
  ];
  const { settler, told } = settlerOf(failures);
  expect(await settler.settle(done, Infinity)).toBe(true);
  expect(told).toHaveLength(2);
});

test("what can't be told is given up, as is what is somebody else's by then", async () => {
  const { settler } = settlerOf([new ConfigError("No."), new ConflictError("E_DEADLOCK")]);
  await expect(settler.settle(done, Infinity)).rejects.toThrow("No.");
  await expect(settler.settle(done, -Infinity)).rejects.toThrow(ConflictError);
  expect(await settler.settle(done, -Infinity)).toBe(true);
});

test("what was closed isn't told again", async () => {
  const { settler, told } = settlerOf([closedError()]);
  await expect(settler.settle(done, Infinity)).rejects.toMatchObject({ code: "E_CLOSED" });
  expect(told).toHaveLength(1);
});
