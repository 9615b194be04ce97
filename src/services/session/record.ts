/** A session as it stands in the store. */

export interface SessionTimes {
  /** How long a session lasts that nobody uses. */
  readonly idleMs: number;
  /** How long it lasts at most. */
  readonly maxMs: number;
}

export interface SessionRecord {
  readonly createdMs: number;
  readonly usedMs: number;
  /** When the token was changed last. */
  readonly rotatedMs: number;
  /** Of the token's secret. */
  readonly secretHash: string;
  /** Of those before, the last first, and 132 bits of each: enough to know one again. */
  readonly formerHashes: readonly string[];
  /** When it is over in any case, where that is written down. */
  readonly endMs?: number | undefined;
}

/** How many of those before are known again; a session has no more turns in which a stolen one would be noticed. */
const MAX_FORMER = 50;
const FORMER_LENGTH = 22;

export function writeRecord(record: SessionRecord): string {
  const { createdMs, usedMs, rotatedMs, secretHash, formerHashes } = record;
  return [createdMs, usedMs, rotatedMs, secretHash, formerHashes.join(",")].join(" ");
}

/** Undefined for what is no record. */
export function readRecord(text: string): SessionRecord | undefined {
  const [, created, used, rotated, secretHash, former] =
    /^(\d+) (\d+) (\d+) ([\w-]{43}) ([\w,-]*)$/.exec(text) ?? [];
  if (secretHash === undefined) return undefined;
  return {
    createdMs: Number(created),
    usedMs: Number(used),
    rotatedMs: Number(rotated),
    secretHash,
    formerHashes: former === "" ? [] : former!.split(","),
  };
}

export function formerHash(secretHash: string): string {
  return secretHash.slice(0, FORMER_LENGTH);
}

export function rotated(record: SessionRecord, secretHash: string, nowMs: number): SessionRecord {
  const formerHashes = [
    formerHash(record.secretHash),
    ...record.formerHashes.slice(0, MAX_FORMER - 1),
  ];
  return { ...used(record, nowMs), rotatedMs: nowMs, secretHash, formerHashes };
}

export function used(record: SessionRecord, nowMs: number): SessionRecord {
  return { ...record, usedMs: nowMs, endMs: undefined };
}

/** How long it has left; 0 or less where it is over. A clock that went back adds nothing to what the rules give. */
export function leftMs(
  { createdMs, usedMs, endMs = Infinity }: SessionRecord,
  { idleMs, maxMs }: SessionTimes,
  nowMs: number,
): number {
  return Math.min(
    idleMs - Math.max(0, nowMs - usedMs),
    maxMs - Math.max(0, nowMs - createdMs),
    endMs - nowMs,
  );
}
