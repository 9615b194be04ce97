// The public face of plinth/outbox: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// outbox/core

interface CoreSettings {
    readonly concurrency: number;
    readonly keepDeadMs: number;
    readonly keepDoneMs: number;
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
    stats(): OutboxStats;
    record(runner: TransactionRunner, topic: string, payload: unknown): string;
    beforeCommit(runner: TransactionRunner, entries: readonly Entry[]): Promise<void>;
    start(): void;
    retry(which: DeadChoice<never>): Promise<number>;
    clean(): Promise<void>;
    counts(): Promise<OutboxCounts>;
    tellNeglected(): Promise<void>;
    stop(timeoutMs: number): Promise<void>;
}

export interface OutboxStats {
    readonly held: number;
    readonly late: number;
}

// outbox/dead

export type DeadChoice<Topics> = "all" | {
    readonly ids: readonly string[];
} | {
    readonly topic: keyof Topics & string;
};

export interface DeadEntry {
    readonly id: string;
    readonly topic: string;
    readonly payload: unknown;
    readonly createdAt: Date;
    readonly deadAt: Date;
    readonly attempts: number;
    readonly lastError: string | null;
}

export interface DeadOptions<Topics> {
    readonly topic?: keyof Topics & string;
    readonly limit?: number;
}

export interface OutboxCounts {
    readonly waiting: number;
    readonly oldest: Date | undefined;
    readonly dead: number;
    readonly topics: readonly TopicCounts[];
}

export interface TopicCounts {
    readonly topic: string;
    readonly waiting: number;
    readonly oldest: Date;
    readonly isHandled: boolean;
}

// outbox/deliveries

export interface FailedEvent {
    readonly id: string;
    readonly topic: string;
    readonly attempt: number;
    readonly isDead: boolean;
}

// outbox/events/events

export class Events<Channels> {
    #private;
    constructor(core: OutboxCore, publisher: RawPublisher);
    publish<const Channel extends ChannelOf<Channels>>(tx: Transaction, channel: Channel, data: EventOf<Channels, Channel>): string;
    close(): void;
}

export function createEvents<Channels>(db: Database<AnySchema>, pubsub: PubSub<Channels>): Events<Channels>;

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
    dead(options?: DeadOptions<Topics>): Promise<DeadEntry[]>;
    retry(which: DeadChoice<Topics>): Promise<number>;
    purge(which: DeadChoice<Topics>): Promise<number>;
    stats(): OutboxStats;
    counts(): Promise<OutboxCounts>;
    clean(): Promise<void>;
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
    readonly leaseMs?: number;
    readonly pollMs?: number;
    readonly keepDeadDays?: number;
    readonly keepDoneDays?: number;
    readonly wake?: OutboxWake;
    readonly onError?: (error: unknown, event?: FailedEvent) => void;
}

export function createOutbox<Topics extends object = Record<string, unknown>>(db: Database<AnySchema>, options?: OutboxOptions<Topics>): Outbox<Topics>;

// outbox/queue/backend

export interface InTransaction {
    readonly tx?: Transaction | undefined;
}

// outbox/queue/queue

export type DatabaseQueue<Jobs extends object = Record<string, unknown>> = Queue<Jobs, InTransaction>;

export interface DatabaseQueueOptions extends QueueOptions {
    readonly wake?: OutboxWake | undefined;
}

export function createDatabaseQueue<Jobs extends object = Record<string, unknown>>(db: Database<AnySchema>, options?: DatabaseQueueOptions): DatabaseQueue<Jobs>;

// outbox/queue/tables

export type JobColumns = {
    readonly id: ColumnBuilder<string, "key">;
    readonly queue: ColumnBuilder<string>;
    readonly name: ColumnBuilder<string>;
    readonly payload: ColumnBuilder<string>;
    readonly state: ColumnBuilder<JobState>;
    readonly rank: ColumnBuilder<number>;
    readonly priority: ColumnBuilder<number>;
    readonly dueAt: ColumnBuilder<Date>;
    readonly addedAt: ColumnBuilder<Date>;
    readonly expiresAt: ColumnBuilder<Date | null>;
    readonly attempt: ColumnBuilder<number>;
    readonly attempts: ColumnBuilder<number>;
    readonly token: ColumnBuilder<number>;
    readonly backoffMs: ColumnBuilder<number>;
    readonly maxBackoffMs: ColumnBuilder<number>;
    readonly uniqueKey: ColumnBuilder<string | null>;
    readonly uniqueUntil: ColumnBuilder<Date | null>;
    readonly progress: ColumnBuilder<number | null>;
    readonly error: ColumnBuilder<string | null>;
};

export type QueueColumns = {
    readonly name: ColumnBuilder<string, "key">;
    readonly isPaused: ColumnBuilder<boolean>;
    readonly expired: ColumnBuilder<number>;
};

export type ScheduleColumns = {
    readonly queue: ColumnBuilder<string, "key">;
    readonly key: ColumnBuilder<string, "key">;
    readonly settledAt: ColumnBuilder<Date>;
};

const plinthJobs: Table<"plinth_jobs", JobColumns>;

const plinthQueues: Table<"plinth_queues", QueueColumns>;

const plinthSchedules: Table<"plinth_schedules", ScheduleColumns>;

export const queueTables: {
    readonly plinthJobs: typeof plinthJobs;
    readonly plinthQueues: typeof plinthQueues;
    readonly plinthSchedules: typeof plinthSchedules;
};

// outbox/rows/row-cache

export interface Cacheable {
    "~on"(place: (scope: Scope) => Scope): this;
}

export interface CachedOptions {
    readonly ttlMs?: number;
    readonly tags?: readonly string[];
}

export interface RowCache<S extends AnySchema = AnySchema> extends AsyncDisposable {
    find<T extends AnyTable>(table: T, key: KeyOf<T>): Promise<RootRow<S, T, RowOf<T>> | undefined>;
    findMany<T extends AnyTable>(table: T, keys: readonly KeyOf<T>[]): Promise<(RootRow<S, T, RowOf<T>> | undefined)[]>;
    cached<Query extends Cacheable>(query: Query, options?: CachedOptions): Query;
    invalidate<T extends AnyTable>(table: T, ...keys: KeyOf<T>[]): Promise<void>;
    on(client: Executor<S>): RowCache<S>;
    stats(): CacheStats;
    close(): Promise<void>;
}

export interface RowCacheOptions {
    readonly durable?: boolean;
}

export function createRowCache<S extends AnySchema>(db: Database<S>, cache: Cache, { durable }?: RowCacheOptions): RowCache<S>;

// outbox/sessions/columns

const NEEDED: readonly [
    "id",
    "userId",
    "tokenHash",
    "expiresAt"
];

type NeededField = (typeof NEEDED)[number];

export type SessionColumnMap = {
    readonly [Name in NeededField]?: AnyTableColumn;
} & {
    readonly [Name in UsefulField]?: AnyTableColumn | null;
};

export type SessionColumns = {
    readonly id: ColumnBuilder<string, "key">;
    readonly tokenHash: ColumnBuilder<string>;
    readonly formerHashes: ColumnBuilder<string>;
    readonly data: ColumnBuilder<string>;
    readonly createdAt: ColumnBuilder<Date>;
    readonly usedAt: ColumnBuilder<Date>;
    readonly rotatedAt: ColumnBuilder<Date>;
    readonly expiresAt: ColumnBuilder<Date>;
};

const USEFUL: readonly [
    "createdAt",
    "usedAt",
    "rotatedAt",
    "formerHashes",
    "data"
];

type UsefulField = (typeof USEFUL)[number];

export function sessionColumns(): SessionColumns;

// outbox/sessions/database-sessions

export interface DatabaseSessions<Data> extends Sessions<Data> {
    on(tx: Transaction): Sessions<Data>;
    deleteExpired(): Promise<number>;
}

export interface DatabaseSessionsOptions extends SessionRules {
    readonly columns?: SessionColumnMap;
    readonly rows?: SessionRows | undefined;
    readonly detectsReuse?: boolean;
}

export function createDatabaseSessions<Data = undefined>(db: Database<AnySchema>, table: AnyTable, options?: DatabaseSessionsOptions): DatabaseSessions<Data>;

// outbox/sessions/table-place

export interface SessionRows {
    find(table: AnyTable, key: never): Promise<object | undefined>;
}

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

// outbox/wakes

export interface OutboxWake {
    wake(): unknown;
    onWake(listener: () => void): () => void;
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

// services/cache/codec

interface Codec<Value = unknown, Form extends Datum = Datum> {
    readonly encode: (value: Value) => Form;
    readonly decode: (datum: Form) => Value;
}

interface TextCodec<Value = unknown> extends Codec<Value, string> {
    readonly isBinary?: false;
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

// services/kv/store

type Datum = string | Uint8Array;

// services/pubsub/channel

type ChannelNamed<Name extends string> = Name extends `${string}:${string}` ? Readonly<Segments<Name>> : Segment<Name> | readonly [
    Segment<Name>
];

type ChannelOf<Channels> = string extends keyof Channels ? Parts : {
    [Name in keyof Channels & string]: ChannelNamed<Name>;
}[keyof Channels & string];

type EventOf<Channels, Channel> = string extends keyof Channels ? Channels[keyof Channels] : {
    [Name in keyof Channels & string]: Channel extends ChannelNamed<Name> ? Channels[Name] : never;
}[keyof Channels & string];

type Segment<Text extends string> = Text extends `{${string}}` ? string : Text;

type Segments<Name extends string> = Name extends `${infer Head}:${infer Tail}` ? [
    Segment<Head>,
    ...Segments<Tail>
] : [
    Segment<Name>
];

// services/pubsub/contract

interface ChannelEvent<Data = unknown, Channel extends Parts = Parts> {
    readonly id: string;
    readonly channel: Channel;
    readonly data: Data;
    readonly key: string | undefined;
}

interface EventLoss<Channel extends Parts = Parts> {
    readonly channel: Channel;
    readonly reason: LossReason;
    readonly id: string;
}

interface HandlerOptions<Event extends ChannelEvent, Channel extends Parts = Parts> extends SubscribeOptions<Channel> {
    readonly onError?: (error: unknown, event: Event) => void;
}

interface Handling extends AsyncDisposable {
    readonly ready: Promise<string>;
    readonly done: Promise<void>;
    stop(): void;
}

interface PubSub<Channels = Record<string, unknown>> extends AsyncDisposable {
    readonly "~raw": RawPublisher;
    publish<const Channel extends ChannelOf<Channels>>(channel: Channel, data: EventOf<Channels, Channel>, options?: {
        readonly key?: string | undefined;
    }): Promise<string>;
    subscribe<const Channel extends ChannelOf<Channels>>(channel: Channel, options?: SubscribeOptions<Channel>): Subscription<ChannelEvent<EventOf<Channels, Channel>, Channel>>;
    on<const Channel extends ChannelOf<Channels>>(channel: Channel, handler: (event: ChannelEvent<EventOf<Channels, Channel>, Channel>) => void | PromiseLike<void>, options?: HandlerOptions<ChannelEvent<EventOf<Channels, Channel>, Channel>, Channel>): Handling;
    stats(): PubSubStats;
    close(): Promise<void>;
}

interface PubSubStats {
    readonly channels: number;
    readonly subscribers: number;
    readonly bufferedBytes: number;
    readonly reads: number;
    readonly losses: number;
}

interface RawPublisher {
    encode(channel: Parts, data: unknown): string;
    publish(channel: Parts, text: string, key: string): Promise<string>;
}

interface SubscribeOptions<Channel extends Parts = Parts> {
    readonly after?: string | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly maxBuffered?: number;
    readonly maxBufferedBytes?: number;
    readonly whenFull?: "end" | "resume";
    readonly onLost?: (loss: EventLoss<Channel>) => void;
}

interface Subscription<Event> extends AsyncIterable<Event>, AsyncDisposable {
    readonly ready: Promise<string>;
    stop(): void;
}

// services/queue/backend

interface AddedJob {
    readonly id: string;
    readonly isNew: boolean;
}

type JobState = "waiting" | "delayed" | "active" | "dead" | "done";

interface QueueCounts {
    readonly waiting: number;
    readonly delayed: number;
    readonly active: number;
    readonly dead: number;
    readonly done: number;
    readonly expired: number;
    readonly isPaused: boolean;
}

// services/queue/queue

interface AddOptions extends JobDefaults {
    readonly delayMs?: number | undefined;
    readonly runAt?: Date | undefined;
    readonly unique?: UniqueOptions | string | undefined;
}

interface Backoff {
    readonly baseMs?: number | undefined;
    readonly maxMs?: number | undefined;
}

type Handler<Payload, Name extends string = string, Context extends object = object> = (payload: Payload, job: Job<Name, Context>) => unknown;

type Handlers<Jobs extends object, Context extends object = object> = {
    readonly [Name in JobName<Jobs>]?: Handler<Jobs[Name], Name, Context>;
};

interface Job<Name extends string = string, Context extends object = object> {
    readonly id: string;
    readonly name: Name;
    readonly attempt: number;
    readonly attempts: number;
    readonly priority: number;
    readonly addedAt: Date;
    readonly token: number;
    readonly signal: AbortSignal;
    readonly lastProgress: number | undefined;
    progress(progress: number): Promise<void>;
    complete(context?: Context): Promise<void>;
    giveUp(): void;
}

interface JobDefaults {
    readonly attempts?: number | undefined;
    readonly backoff?: Backoff | undefined;
    readonly priority?: number | undefined;
    readonly ttlMs?: number | undefined;
}

type JobInput<Jobs extends object> = {
    readonly [Name in JobName<Jobs>]: AddOptions & {
        readonly name: Name;
        readonly payload: Jobs[Name];
    };
}[JobName<Jobs>];

type JobName<Jobs extends object> = keyof Jobs & string;

interface JobSelection<Jobs extends object> {
    readonly id?: string | readonly string[];
    readonly name?: JobName<Jobs>;
}

type JobView<Jobs extends object = Record<string, unknown>> = {
    readonly [Name in JobName<Jobs>]: NamedJobView<Name, Jobs[Name]>;
}[JobName<Jobs>];

interface ListOptions<Jobs extends object> {
    readonly name?: JobName<Jobs> | undefined;
    readonly limit?: number | undefined;
}

interface NamedJobView<Name extends string, Payload> {
    readonly id: string;
    readonly name: Name;
    readonly payload: Payload;
    readonly state: JobState;
    readonly priority: number;
    readonly attempt: number;
    readonly attempts: number;
    readonly progress: number | undefined;
    readonly addedAt: Date;
    readonly at: Date;
    readonly expiresAt: Date | undefined;
    readonly error: string | undefined;
}

interface PurgeJobsOptions<Jobs extends object> extends JobSelection<Jobs> {
    readonly state?: Exclude<JobState, "active"> | undefined;
    readonly olderThanMs?: number | undefined;
}

interface Queue<Jobs extends object = Record<string, unknown>, Context extends object = object> extends AsyncDisposable {
    readonly name: string;
    add<Name extends JobName<Jobs>>(name: Name, payload: Jobs[Name], options?: AddOptions & Context): Promise<AddedJob>;
    addMany(jobs: readonly JobInput<Jobs>[], context?: Context): Promise<AddedJob[]>;
    work<Name extends JobName<Jobs>>(name: Name, handler: Handler<Jobs[Name], Name, Context>, options?: WorkOptions): Promise<Worker>;
    work(handlers: Handlers<Jobs, Context>, options?: WorkOptions): Promise<Worker>;
    schedule<Name extends JobName<Jobs>>(name: Name, cron: string, payload: Jobs[Name], options?: ScheduleOptions): Promise<Schedule>;
    get(id: string): Promise<JobView<Jobs> | undefined>;
    list(state: JobState, options?: ListOptions<Jobs>): Promise<JobView<Jobs>[]>;
    dead(options?: ListOptions<Jobs>): Promise<JobView<Jobs>[]>;
    counts(): Promise<QueueCounts>;
    retry(which: JobSelection<Jobs>): Promise<number>;
    purge(which?: PurgeJobsOptions<Jobs>): Promise<number>;
    pause(): Promise<void>;
    resume(): Promise<void>;
    close(options?: StopWorkerOptions): Promise<void>;
}

interface QueueOptions {
    readonly name?: string | undefined;
    readonly defaults?: JobDefaults | undefined;
    readonly keepDoneMs?: number | undefined;
}

interface Schedule {
    next(): Date | undefined;
    stop(): void;
}

interface ScheduleOptions extends JobDefaults {
    readonly timezone?: string | undefined;
    readonly key?: string | undefined;
    readonly missed?: "once" | "skip" | undefined;
    readonly unique?: UniqueOptions | string | undefined;
}

interface StopWorkerOptions {
    readonly timeoutMs?: number | undefined;
}

interface UniqueOptions {
    readonly key: string;
    readonly forMs?: number | undefined;
}

interface WorkOptions {
    readonly concurrency?: number | undefined;
    readonly leaseMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
}

interface Worker extends AsyncDisposable {
    readonly running: number;
    stop(options?: StopWorkerOptions): Promise<void>;
}

// services/session/session

interface NewSession<Data> {
    readonly token: string;
    readonly session: Session<Data>;
}

type Rotation<Data> = ({
    readonly status: "rotated";
} & NewSession<Data>) | {
    readonly status: "reused";
    readonly userId: string;
    readonly sessionId: string;
} | {
    readonly status: "superseded";
    readonly session: Session<Data>;
} | {
    readonly status: "unknown";
};

interface Session<Data> {
    readonly id: string;
    readonly userId: string;
    readonly data: Data;
    readonly createdAt: Date;
    readonly usedAt: Date;
    readonly expiresAt: Date;
}

interface SessionRules {
    readonly idleMs?: number;
    readonly maxMs?: number;
    readonly graceMs?: number;
    readonly maxPerUser?: number;
    readonly codec?: TextCodec;
}

interface Sessions<Data> {
    create(userId: string, data: Data): Promise<NewSession<Data>>;
    find(token: string): Promise<Session<Data> | undefined>;
    touch(token: string): Promise<Session<Data> | undefined>;
    rotate(token: string): Promise<Rotation<Data>>;
    update(token: string, data: Data): Promise<Session<Data> | undefined>;
    list(userId: string): Promise<readonly Session<Data>[]>;
    revoke(userId: string, sessionId: string): Promise<boolean>;
    revokeAll(userId: string, options?: {
        readonly except?: string;
    }): Promise<number>;
}
