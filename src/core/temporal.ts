/** The runtime's `Temporal`, where it has one: Node up to 24 needs `--harmony-temporal`. */

/** The members of `Temporal.Instant` that Plinth uses. */
export interface TemporalInstant {
  readonly epochNanoseconds: bigint;
  toString(options?: {
    readonly fractionalSecondDigits?: 6;
    readonly roundingMode?: "floor";
  }): string;
}

interface TemporalGlobal {
  readonly Temporal?: { readonly Instant: { from(text: string): TemporalInstant } };
}

export function hasTemporal(): boolean {
  return (globalThis as TemporalGlobal).Temporal !== undefined;
}

export function isInstant(value: unknown): value is TemporalInstant {
  return Object.prototype.toString.call(value) === "[object Temporal.Instant]";
}

/** ISO 8601 in UTC, its nanoseconds cut to microseconds. */
export function textOfInstant(instant: TemporalInstant): string {
  return instant.toString({ fractionalSecondDigits: 6, roundingMode: "floor" });
}

export function instantOf(text: string): TemporalInstant {
  return (globalThis as TemporalGlobal).Temporal!.Instant.from(text);
}
