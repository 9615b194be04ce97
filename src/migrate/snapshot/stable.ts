/** JSON with the keys of every object in one order, without what is undefined. */
export function stableJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    indent,
  );
}

interface Placed {
  readonly schema?: string;
  readonly name: string;
}

/** What stands in no schema first. */
export function byName(one: Placed, other: Placed): number {
  const [left, right] = [one.schema ?? "", other.schema ?? ""];
  if (left !== right) return left < right ? -1 : 1;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
