// The public face of plinth/migrate: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

export { MigrationError } from "./main.d.ts";

// migrate/folder

type Folders = Readonly<Record<string, URL | string>> | URL | string;

// migrate/migration

export type MigrationCode<Tx> = (tx: Tx, schema: SchemaWords) => Promise<void>;

export interface RegisteredMigration<Tx> {
    readonly name: string;
    readonly up: MigrationCode<Tx> | string;
    readonly down?: MigrationCode<Tx> | string;
    readonly rebuild?: boolean;
}

// migrate/run/run-side

type Way = "down" | "up";

// migrate/run/runner

export type MigrationState = "applied" | "dirty" | "edited" | "missing" | "partial" | "pending";

export interface MigrationStatus {
    readonly name: string;
    readonly state: MigrationState;
    readonly appliedAt: string | undefined;
    readonly durationMs: number | undefined;
    readonly progress: {
        readonly doneCount: number;
        readonly way: Way;
    } | undefined;
    readonly isReversible: boolean;
}

export interface UpOptions extends RunOptions {
    readonly count?: number | undefined;
    readonly to?: string | undefined;
}

// migrate/run/target

export interface MigrationRun {
    readonly name: string;
    readonly way: Way;
    readonly durationMs: number;
}

export interface RunOptions {
    readonly lockTimeoutMs?: number | undefined;
    readonly tableLockTimeoutMs?: number | undefined;
    readonly strictOrder?: boolean | undefined;
    readonly onRun?: ((run: MigrationRun) => void) | undefined;
}

// migrate/schema-words

export interface AlterOptions<Before extends AnyTable, After extends AnyTable> extends BesideOptions {
    readonly renames?: {
        readonly [Key in KeysOf<Before>]?: KeysOf<After>;
    } & Readonly<Record<ValuePath, string>>;
    readonly drops?: readonly (KeysOf<Before> | ValuePath)[];
}

export interface BesideOptions {
    readonly beside?: readonly AnyTable[];
}

type KeysOf<T extends AnyTable> = Extract<keyof ColumnsOf<T>, string>;

export interface SchemaWords {
    createTable(table: AnyTable, options?: BesideOptions): Promise<void>;
    alterTable<Before extends AnyTable, After extends AnyTable>(before: Before, after: After, options?: AlterOptions<Before, After>): Promise<void>;
    dropTable(table: AnyTable, options?: BesideOptions): Promise<void>;
}

type ValuePath = `${string}.${string}`;

// tools/migrations

export type MigrateOptions = MigrationSource & UpOptions;

export interface MigrationModule {
    readonly up: MigrationCode<Transaction>;
    readonly down?: MigrationCode<Transaction>;
    readonly rebuild?: boolean;
}

export type MigrationSource = {
    readonly folder?: Folders;
} | {
    readonly migrations: readonly RegisteredMigration<Transaction>[];
};

export function defineMigration(migration: MigrationModule): MigrationModule;

export function migrate(db: Database, options?: MigrateOptions): Promise<MigrationRun[]>;

export function migrateDown(db: Database, options?: MigrationSource & RunOptions & {
    readonly count?: number;
}): Promise<MigrationRun[]>;

export function migrationStatus(db: Database, options?: MigrationSource): Promise<MigrationStatus[]>;
