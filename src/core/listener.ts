/** Tells a program's own function of a failure. What that throws, at once or later, must not become another one. */
export function tellOf<Args extends readonly unknown[]>(
  listener: (...args: Args) => unknown,
  ...args: Args
): void {
  try {
    const told = listener(...args);
    if (told instanceof Promise) told.catch(() => {});
  } catch {
    // It has been told.
  }
}
