import { BuildError } from "../core/error.ts";

/**
 * What is begun and can't run yet. Its `then` takes no callbacks, so TypeScript refuses to await it or to return it from
 * an async function; where nothing is checked it throws, as an update or delete that does nothing looks like one that ran.
 */
export abstract class Unfinished {
  // oxlint-disable-next-line unicorn/no-thenable -- awaiting it is what this refuses.
  then(_notAwaitable: "finish it first"): never {
    throw new BuildError("E_UNFINISHED", "What was awaited is not finished; nothing ran.", {
      hint:
        "An insert needs values(…), an update or delete where(…) or all(), a select from(…), " +
        "and onConflict(…) needs ignore() or update(…).",
    });
  }
}
