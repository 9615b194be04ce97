import { expect, test } from "vitest";
import { createEngine } from "../../src/connect/engine.ts";
import { inMemoryDialect, InMemoryServer, inMemorySettings } from "./in-memory.ts";

test("a connection that can't be used, as the keys are none, is ended", async () => {
  const server = new InMemoryServer();
  const opened = {
    dialect: { ...inMemoryDialect, can: { ...inMemoryDialect.can, isEmbedded: false } },
    driver: server,
    first: server.connect(),
    settings: inMemorySettings,
    setUp: undefined,
  };
  const encryption = { current: "2026", keys: { 2026: "short" } };

  await expect(createEngine(opened, { encryption })).rejects.toMatchObject({ code: "E_CONFIG" });
  expect(server.openCount).toBe(0);
});
