// The public face of plinth/seed: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// tools/seed/folder

export type SeedCode = (tx: Transaction) => Promise<unknown>;

// tools/seed/seed

export interface RegisteredSeed {
    readonly name: string;
    readonly run: SeedCode | string;
}

export interface SeedOptions {
    readonly folder?: URL | string;
    readonly seeds?: readonly RegisteredSeed[];
    readonly environment?: string;
    readonly again?: boolean;
    readonly onRun?: (run: SeedRun) => void;
}

export interface SeedRun {
    readonly name: string;
    readonly state: "failed" | "seeded" | "unchanged";
    readonly durationMs: number;
}

export function defineSeed(seed: SeedCode): SeedCode;

export function seed(db: Database, options?: SeedOptions): Promise<SeedRun[]>;
