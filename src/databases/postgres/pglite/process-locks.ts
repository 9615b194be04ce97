import type { OpenLock } from "../../../dialect/driver.ts";

/** Locks by name. The folder is this process's alone, so nobody else asks for them. */
export function lockOpener(): OpenLock {
  const held = new Set<string>();
  return (name) => {
    let isMine = false;
    return {
      tryTake: () => {
        if (held.has(name)) return false;
        isMine = true;
        held.add(name);
        return true;
      },
      release: () => {
        if (isMine) held.delete(name);
        isMine = false;
      },
    };
  };
}
