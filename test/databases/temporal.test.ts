import { fileURLToPath } from "node:url";
import { timestamp } from "plinth";
import { expect, test } from "vitest";
import { runProgram } from "../docs/run-program.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

const program = fileURLToPath(new URL("temporal.program.ts", import.meta.url));

test.each(testServers())("instants of Temporal round-trip and compare on $name", async (server) => {
  const database = await createTestDatabase(server);
  try {
    const flags = ["--harmony-temporal"];
    const outcome = await runProgram(program, { parameters: [database.url], flags });
    expect(outcome).toMatchObject({ code: 0, out: "done\n" });
  } finally {
    await database.drop();
  }
});

test.skipIf("Temporal" in globalThis)(
  "a runtime without Temporal is told where a column wants it",
  () => {
    expect(() => timestamp({ mode: "temporal" })).toThrow(
      expect.objectContaining({ code: "E_SCHEMA" }),
    );
  },
);
