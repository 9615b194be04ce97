// The public face of plinth/testing: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// testing/conformance/conformance

export function conformance(options: ConformanceOptions): void;

// testing/conformance/kit

export interface ConformanceOptions {
    readonly test: (name: string, run: () => Promise<void>) => unknown;
    readonly after: (run: () => Promise<void>) => unknown;
    readonly expect: Expect;
    readonly describe?: (name: string, define: () => void) => unknown;
    readonly connect: (url: string, options?: ConnectSettings) => Promise<Database>;
    readonly open: () => Promise<PrivateDatabase>;
    readonly untold?: readonly Untold[];
}

interface ConnectSettings {
    readonly naming?: Naming;
    readonly ambientTransactions?: boolean;
}

export type Expect = (actual: unknown, message?: string) => Matchers;

export interface Matchers {
    toBe(expected: unknown): void;
    toEqual(expected: unknown): void;
    toMatchObject(expected: object): void;
}

export interface PrivateDatabase {
    readonly url: string;
    drop(): Promise<void>;
}

export type Untold = `foreign key${"" | " of a parent"}: ${"columns" | "constraint" | "table"}` | "not null in SQL by hand: table";
