import { ConnectionError } from "plinth";
import type { Reply, Store } from "plinth/services";

/** A kind of store that the suite runs on. */
export interface StoreKind {
  readonly name: string;
  /** Whether several processes, and so several handles, see the same data. */
  readonly isShared: boolean;
  /** A handle on data of its own, which is empty; handles of one place share what they keep. */
  open(place: string, options?: { readonly prefix?: string }): Promise<Store>;
}

/** The store, of which the connection breaks once: behind a procedure of that name, or before it. */
export function answerLost(
  store: Store,
  procedure: string,
  { isDone = true }: { readonly isDone?: boolean } = {},
): Store {
  let isLost = false;
  const run: Store["run"] = async (what, keys, args) => {
    if (isLost || what.name !== procedure) return await store.run(what, keys, args);
    isLost = true;
    if (isDone) await store.run(what, keys, args);
    throw new ConnectionError("E_CONNECTION_LOST", "The connection was lost.");
  };
  return runningBy(store, run);
}

/** The store, of which a procedure that answers with the time first does so by a clock that is off. */
export function offBy(store: Store, procedure: string, offMs: () => number): Store {
  const run: Store["run"] = async (what, keys, args) => {
    const answer = await store.run(what, keys, args);
    if (what.name !== procedure) return answer;
    const [nowMs, ...others] = answer as readonly [number, ...Reply[]];
    return [nowMs + offMs(), ...others] as unknown as typeof answer;
  };
  return runningBy(store, run);
}

function runningBy(store: Store, run: Store["run"]): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "run") return run;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
