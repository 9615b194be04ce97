// The public face of plinth/outbox: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// outbox/core

interface CoreSettings {
    readonly concurrency: number;
    readonly maxWaiting: number;
    readonly batch: number;
    readonly leaseMs: number;
    readonly pollMs: number;
    readonly wake: OutboxWake | undefined;
    readonly onError: ((error: unknown, event?: FailedEvent) => void) | undefined;
}

class OutboxCore implements Gatherer<Entry> {
    #private;
    readonly db: Database;
    constructor(engine: Engine, settings: CoreSettings);
    handle(name: string, work: unknown): () => void;
    get isRunning(): boolean;
    get heldCount(): number;
    record(runner: TransactionRunner, topic: string, payload: unknown): string;
    beforeCommit(runner: TransactionRunner, entries: readonly Entry[]): Promise<void>;
    start(): void;
    stop(timeoutMs: number): Promise<void>;
}

export interface OutboxWake {
    wake(): unknown;
    onWake(listener: () => void): () => void;
}

// outbox/deliveries

export interface FailedEvent {
    readonly id: string;
    readonly topic: string;
    readonly attempt: number;
    readonly isDead: boolean;
}

// outbox/leases

interface Entry {
    readonly id: string;
    readonly topic: string;
    readonly body: string;
    readonly createdAt: Date;
    readonly attempt: number;
}

// outbox/outbox

export class Outbox<Topics> {
    #private;
    readonly "~core": OutboxCore;
    constructor(core: OutboxCore, detachIt: () => void);
    add<Topic extends keyof Topics & string>(tx: Transaction, topic: Topic, payload: Topics[Topic]): string;
    once(tx: Transaction, eventId: string, consumer: string, work: () => unknown): Promise<boolean>;
    start(): this;
    stop({ timeoutMs }?: {
        readonly timeoutMs?: number;
    }): Promise<void>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

export interface OutboxOptions<Topics> {
    readonly handlers?: OutboxHandlers<Topics>;
    readonly concurrency?: number;
    readonly maxWaiting?: number;
    readonly leaseMs?: number;
    readonly pollMs?: number;
    readonly wake?: OutboxWake;
    readonly onError?: (error: unknown, event?: FailedEvent) => void;
}

export function createOutbox<Topics extends object = Record<string, unknown>>(db: Database<AnySchema>, options?: OutboxOptions<Topics>): Outbox<Topics>;

// outbox/rows/row-cache

export interface Cacheable {
    "~on"(place: (scope: Scope) => Scope): this;
}

export interface CachedOptions {
    readonly ttlMs?: number;
    readonly tags?: readonly string[];
}

export interface RowCache<S extends AnySchema = AnySchema> {
    find<T extends AnyTable>(table: T, key: KeyOf<T>): Promise<RootRow<S, T, RowOf<T>> | undefined>;
    findMany<T extends AnyTable>(table: T, keys: readonly KeyOf<T>[]): Promise<(RootRow<S, T, RowOf<T>> | undefined)[]>;
    cached<Query extends Cacheable>(query: Query, options?: CachedOptions): Query;
    invalidate<T extends AnyTable>(table: T, ...keys: KeyOf<T>[]): Promise<void>;
    on(client: Executor<S>): RowCache<S>;
    stats(): CacheStats;
}

export interface RowCacheOptions {
    readonly durable?: boolean;
}

export function createRowCache<S extends AnySchema>(db: Database<S>, cache: Cache, { durable }?: RowCacheOptions): RowCache<S>;

// outbox/tables

export type InboxColumns = {
    readonly consumer: ColumnBuilder<string, "key">;
    readonly eventId: ColumnBuilder<string, "key">;
    readonly at: ColumnBuilder<Date, "default">;
};

export type OutboxColumns = {
    readonly id: ColumnBuilder<string, "key">;
    readonly topic: ColumnBuilder<string>;
    readonly payload: ColumnBuilder<string>;
    readonly createdAt: ColumnBuilder<Date>;
    readonly attempts: ColumnBuilder<number>;
    readonly dueAt: ColumnBuilder<Date | null>;
    readonly lease: ColumnBuilder<string | null>;
    readonly lastError: ColumnBuilder<string | null>;
    readonly deadAt: ColumnBuilder<Date | null>;
};

export const outboxTables: {
    readonly plinthOutbox: typeof plinthOutbox;
    readonly plinthInbox: typeof plinthInbox;
};

const plinthInbox: Table<"plinth_inbox", InboxColumns>;

const plinthOutbox: Table<"plinth_outbox", OutboxColumns>;

// outbox/topics

export interface BackoffOptions {
    readonly firstMs?: number;
    readonly maxMs?: number;
}

export interface OutboxEvent {
    readonly id: string;
    readonly topic: string;
    readonly createdAt: Date;
    readonly attempt: number;
    readonly signal: AbortSignal;
}

export type OutboxHandler<Payload> = (payload: Payload, event: OutboxEvent) => unknown;

export type OutboxHandlers<Topics> = {
    readonly [Topic in keyof Topics]?: OutboxHandler<Topics[Topic]> | TopicWork<Topics[Topic]>;
};

export interface TopicOptions {
    readonly concurrency?: number;
    readonly timeoutMs?: number;
    readonly attempts?: number;
    readonly backoff?: BackoffOptions;
}

export interface TopicWork<Payload> extends TopicOptions {
    readonly handle: OutboxHandler<Payload>;
}

// services/cache/cache

interface Cache<Value = unknown> {
    readonly namespace: string;
    get(key: Parts): Promise<Value | undefined>;
    getOrLoad<Loaded extends Value | undefined>(key: Parts, load: () => Loaded | Promise<Loaded>, options?: CacheEntryOptions): Promise<Loaded>;
    getOrLoadMany<Loaded extends Value | undefined>(entries: readonly CacheEntry[], load: (missing: readonly number[]) => Promise<readonly Loaded[]> | readonly Loaded[]): Promise<Loaded[]>;
    set(key: Parts, value: Value | undefined, options?: CacheEntryOptions): Promise<void>;
    delete(...keys: Parts[]): Promise<void>;
    invalidateTags(...tags: string[]): Promise<void>;
    clear(): Promise<number>;
    stats(): CacheStats;
}

interface CacheEntry extends CacheEntryOptions {
    readonly key: Parts;
}

interface CacheEntryOptions {
    readonly ttlMs?: number;
    readonly tags?: readonly string[];
    readonly tagsOfNothing?: readonly string[];
}

// services/cache/metrics

interface CacheStats {
    readonly hits: number;
    readonly staleHits: number;
    readonly misses: number;
    readonly bypasses: number;
    readonly loads: number;
    readonly loadErrors: number;
    readonly shared: number;
    readonly refusals: number;
    readonly storeErrors: number;
}

// services/kv/key

type Parts = string | readonly string[];
