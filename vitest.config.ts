import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/test-order.ts";

const compiled = fileURLToPath(new URL("./node_modules/.cache/node-compile", import.meta.url));
const entry = fileURLToPath(new URL("./src/entry/", import.meta.url));

export default defineConfig({
  resolve: {
    // The tests read the sources; that the built package answers to the same names is for test/package.
    alias: [
      { find: /^plinth$/, replacement: `${entry}main.ts` },
      { find: /^plinth\/(.+)$/, replacement: `${entry}$1.ts` },
    ],
  },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: ["test/servers/global-setup.ts"],
    // Files of one process are seen by one another: what one of them leaves replaced is its own failure.
    setupFiles: ["test/leftovers.ts"],
    // Measured on 2 cores and 2,000 tests: 2.6 s like this, 12.6 s with a process per file.
    pool: "forks",
    isolate: false,
    // Of two cores two workers leave a quarter unused, as many tests wait for servers, processes and times.
    maxWorkers: 3,
    maxConcurrency: 8,
    sequence: { sequencer: LongestFirst },
    // A line that is still on its way to the reporter when a worker ends would be an error outside of every test.
    disableConsoleIntercept: true,
    // Programs that the tests start read the sources: in 0.07 s of a core where they were compiled before, else 0.32 s.
    env: { NODE_COMPILE_CACHE: compiled },
    // At full length some tests take minutes.
    testTimeout: process.env["PLINTH_TEST_LONG"] === undefined ? 60_000 : 600_000,
    hookTimeout: 120_000,
    // What is waited for comes within milliseconds, unless the machine is busy elsewhere.
    expect: { poll: { timeout: 20_000, interval: 20 } },
  },
});
