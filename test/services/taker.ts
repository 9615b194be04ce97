// For processes.test.ts: takes from a limit that other processes take from too, and tells how often it was let through.
import { createLimiter } from "../../src/services/limit/limiter.ts";
import { openStore } from "../../src/services/kv/open.ts";

const [url, prefix, algorithm, leapMs = "0"] = process.argv.slice(2);
const now = Date.now;
Date.now = () => now() + Number(leapMs);
await using store = await openStore(url, { prefix: prefix! });
const limiter = createLimiter(store, {
  category: "shared",
  max: 100,
  windowMs: 600_000,
  algorithm: algorithm as "fixed" | "gcra" | "sliding",
});
process.send!("ready");
await new Promise((resolve) => process.once("message", resolve));
let passed = 0;
let unavailable = 0;
for (let round = 0; round < 10; round++) {
  const takes = await Promise.all(Array.from({ length: 10 }, () => limiter.take("a")));
  passed += takes.filter(({ allowed }) => allowed).length;
  unavailable += takes.filter(({ reason }) => reason === "unavailable").length;
}
process.send!({ passed, unavailable });
process.disconnect();
