// The public face of plinth/services: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// services/cache/cache

export interface Cache<Value = unknown> {
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

export interface CacheEntry extends CacheEntryOptions {
    readonly key: Parts;
}

export interface CacheEntryOptions {
    readonly ttlMs?: number;
    readonly tags?: readonly string[];
    readonly tagsOfNothing?: readonly string[];
}

export interface CacheOptions<Value = unknown> {
    readonly namespace: string;
    readonly ttlMs: number;
    readonly jitter?: number;
    readonly negativeTtlMs?: number;
    readonly staleMs?: number;
    readonly leaseMs?: number;
    readonly timeoutMs?: number;
    readonly codec?: AnyCodec<Value>;
}

export function createCache<Value = unknown>(store: Store, options: CacheOptions<Value>): Cache<Value>;

// services/cache/codec

export type AnyCodec<Value = unknown> = BinaryCodec<Value> | TextCodec<Value>;

export interface BinaryCodec<Value = unknown> extends Codec<Value, Uint8Array> {
    readonly isBinary: true;
}

export interface Codec<Value = unknown, Form extends Datum = Datum> {
    readonly encode: (value: Value) => Form;
    readonly decode: (datum: Form) => Value;
}

export interface TextCodec<Value = unknown> extends Codec<Value, string> {
    readonly isBinary?: false;
}

export const jsonCodec: TextCodec;

// services/cache/metrics

export interface CacheEvent {
    readonly namespace: string;
    readonly kind: "bypass" | "hit" | "load" | "loadError" | "miss" | "refusal" | "shared" | "staleHit" | "storeError";
    readonly durationMs?: number;
    readonly error?: unknown;
}

export interface CacheStats {
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

// services/keyv

export interface KeyvStore {
    namespace: string | undefined;
    get(key: string): Promise<string | undefined>;
    getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
    set(key: string, value: unknown, ttlMs?: number): Promise<boolean>;
    delete(key: string): Promise<boolean>;
    deleteMany(keys: readonly string[]): Promise<boolean[]>;
    has(key: string): Promise<boolean>;
    hasMany(keys: readonly string[]): Promise<boolean[]>;
    clear(): Promise<void>;
    iterator(): AsyncGenerator<[
        key: string,
        value: string | undefined
    ]>;
}

export interface KeyvStoreOptions {
    readonly namespace?: string;
}

export function createKeyvStore(store: Store, { namespace }?: KeyvStoreOptions): KeyvStore;

// services/kv/key

export class CompanionKey {
    readonly of: Parts;
    readonly name: string;
    constructor(of: Parts, name: string);
}

export type Key = Parts | CompanionKey;

export type Parts = string | readonly string[];

export function companionKey(of: Parts, name: string): CompanionKey;

// services/kv/open

export interface StoreOfOptions {
    readonly prefix?: string;
    readonly timeoutMs?: number;
}

export interface StoreOptions {
    readonly prefix?: string;
    readonly lazy?: boolean;
}

export function openStore(url?: string, { prefix, lazy }?: StoreOptions): Promise<Store>;

export function storeOf(client: AnyRedisClient, { prefix, timeoutMs }?: StoreOfOptions): Promise<Store>;

// services/kv/redis/client

export type AnyRedisClient = RedisClient | RedisClusterClient;

export type CommandPart = string | Buffer;

export interface RedisClient {
    readonly isReady: boolean;
    sendCommand(parts: CommandPart[], options?: SendOptions): Promise<unknown>;
    readonly options?: {
        readonly socket?: object;
    } | undefined;
    duplicate(overrides?: object): RedisSubscriber;
    connect(): Promise<unknown>;
    destroy(): void;
    on(event: "error" | "ready", listener: (error?: unknown) => void): unknown;
    off(event: "error" | "ready", listener: (error?: unknown) => void): unknown;
}

export interface RedisClusterClient {
    readonly isReady: boolean;
    readonly masters: readonly unknown[];
    nodeClient(node: unknown): RedisClient | Promise<RedisClient>;
    sendCommand(firstKey: string | undefined, isReadOnly: boolean | undefined, parts: CommandPart[], options?: SendOptions): Promise<unknown>;
    connect(): Promise<unknown>;
    destroy(): void;
    on(event: "error", listener: (error?: unknown) => void): unknown;
    off(event: "error", listener: (error?: unknown) => void): unknown;
}

export interface RedisSubscriber {
    subscribe(channels: string[], listener: (text: string, channel: string) => void): Promise<void>;
    unsubscribe(channels: string[]): Promise<void>;
    connect(): Promise<unknown>;
    destroy(): void;
    on(event: "error", listener: (error?: unknown) => void): unknown;
}

export interface SendOptions {
    readonly typeMapping?: Readonly<Record<number, unknown>>;
}

// services/kv/store

export type Argument = Datum | number;

export type Datum = string | Uint8Array;

export type Fields = Readonly<Record<string, Datum>>;

export interface IncrementOptions {
    readonly by?: number | undefined;
    readonly ttlMs?: number | undefined;
}

export interface Keyspace {
    readonly nowMs: number;
    get(key: string): string | undefined;
    getBytes(key: string): Uint8Array | undefined;
    number(key: string): number | undefined;
    set(key: string, value: Datum | number, ttlMs?: number): void;
    has(key: string): boolean;
    delete(key: string): boolean;
    ttlMs(key: string): number | undefined;
    expire(key: string, ttlMs: number | undefined): boolean;
    field(key: string, name: string): string | undefined;
    fields(key: string): Fields | undefined;
    setFields(key: string, fields: Readonly<Record<string, Datum | number | undefined>>): void;
    score(key: string, member: string): number | undefined;
    addMember(key: string, member: string, score: number): boolean;
    removeMember(key: string, member: string): boolean;
    removeMembers(key: string, max: number): number;
    countMembers(key: string, range?: Pick<MemberRange, "min" | "max">): number;
    publish(key: string, text: string): void;
    members(key: string, range?: MemberRange): (readonly [
        member: string,
        score: number
    ])[];
    membersBetween(key: string, from: string, to: string, limit: number): string[];
}

export interface Listener {
    message(text: string): void;
    gap(): void;
    end(error: DbError): void;
}

export interface Listening {
    readonly ready: Promise<void>;
    stop(): void;
}

export interface MemberRange {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
    readonly isReversed?: boolean | undefined;
    readonly offset?: number | undefined;
    readonly limit?: number | undefined;
}

export interface Procedure<Result extends Reply = Reply> {
    readonly name: string;
    readonly lua: string;
    readonly local: (space: Keyspace, keys: readonly string[], args: readonly Argument[]) => Result;
    readonly isBinary?: boolean;
    readonly isReadOnly?: boolean;
    readonly frees?: boolean;
}

export type Reply = null | number | Datum | readonly Reply[];

export interface SetOptions {
    readonly ttlMs?: number | undefined;
    readonly only?: "absent" | "present" | undefined;
}

export interface Store extends AsyncDisposable {
    get(key: Key): Promise<string | undefined>;
    getBytes(key: Key): Promise<Uint8Array | undefined>;
    getMany(keys: readonly Key[]): Promise<(string | undefined)[]>;
    set(key: Key, value: Datum, options?: SetOptions): Promise<boolean>;
    delete(...keys: Key[]): Promise<number>;
    take(key: Key): Promise<string | undefined>;
    increment(key: Key, options?: IncrementOptions): Promise<number>;
    expire(key: Key, ttlMs: number | "never"): Promise<boolean>;
    ttlMs(key: Key): Promise<number | undefined>;
    list(namespace: Parts): AsyncIterable<string[]>;
    clear(namespace: Parts): Promise<number>;
    run<Result extends Reply>(procedure: Procedure<Result>, keys: readonly Key[], args?: readonly Argument[]): Promise<Result>;
    listen(key: Key, listener: Listener): Listening;
    policy(): Promise<StorePolicy>;
    within(timeoutMs: number): Store;
    close(): Promise<void>;
}

export interface StorePolicy {
    readonly evicts: boolean;
    readonly name: string;
}

// services/limit/decision

export interface Decision {
    readonly allowed: boolean;
    readonly reason: "limit" | "blocked" | "unavailable" | undefined;
    readonly limit: number;
    readonly remaining: number;
    readonly resetMs: number;
    readonly retryAfterMs: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly error: unknown;
}

// services/limit/limiter

export interface Limiter {
    take(subject: string, options?: {
        readonly cost?: number;
    }): Promise<Decision>;
    peek(subject: string): Promise<Decision>;
    reset(subject: string): Promise<void>;
    block(subject: string, durationMs?: number): Promise<void>;
    unblock(subject: string): Promise<boolean>;
}

export interface LimiterOptions {
    readonly category: string;
    readonly max: number;
    readonly windowMs: number;
    readonly algorithm?: "fixed" | "gcra" | "sliding";
    readonly burst?: number;
    readonly blockMs?: number;
    readonly honorsBlocks?: boolean;
    readonly onFailure?: "closed" | "open";
    readonly timeoutMs?: number;
    readonly namespace?: string;
    readonly allowsEviction?: boolean;
}

export function createLimiter(store: Store, options: LimiterOptions): Limiter;

// services/limit/network

export function networkOf(address: string, ipv6Bits?: 48 | 64 | 128): string;

// services/one-time

export interface OneTime<Value> {
    issue(value: Value): Promise<string>;
    put(token: string, value: Value): Promise<boolean>;
    consume(token: string): Promise<Value | undefined>;
}

export interface OneTimeOptions {
    readonly namespace: string;
    readonly ttlMs: number;
}

export function createOneTime<Value>(store: Store, { namespace, ttlMs }: OneTimeOptions): OneTime<Value>;

// services/presence

export interface Presence {
    beat(room: string, member: string): Promise<boolean>;
    leave(room: string, member: string): Promise<boolean>;
    has(room: string, member: string): Promise<boolean>;
    list(room: string): Promise<readonly string[]>;
    count(room: string): Promise<number>;
}

export interface PresenceOptions {
    readonly ttlMs: number;
    readonly namespace?: string;
}

export function createPresence(store: Store, { namespace, ttlMs }: PresenceOptions): Presence;

// services/pubsub/channel

export type ChannelCodecs<Channels> = {
    readonly [Name in keyof Channels & string]?: TextCodec<Channels[Name]>;
};

type ChannelNamed<Name extends string> = Name extends `${string}:${string}` ? Readonly<Segments<Name>> : Segment<Name> | readonly [
    Segment<Name>
];

export type ChannelOf<Channels> = string extends keyof Channels ? Parts : {
    [Name in keyof Channels & string]: ChannelNamed<Name>;
}[keyof Channels & string];

export type EventOf<Channels, Channel> = string extends keyof Channels ? Channels[keyof Channels] : {
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

export interface ChannelEvent<Data = unknown, Channel extends Parts = Parts> {
    readonly id: string;
    readonly channel: Channel;
    readonly data: Data;
    readonly key: string | undefined;
}

export interface EventLoss<Channel extends Parts = Parts> {
    readonly channel: Channel;
    readonly reason: LossReason;
    readonly id: string;
}

export interface HandlerOptions<Event extends ChannelEvent, Channel extends Parts = Parts> extends SubscribeOptions<Channel> {
    readonly onError?: (error: unknown, event: Event) => void;
}

export interface Handling extends AsyncDisposable {
    readonly ready: Promise<string>;
    readonly done: Promise<void>;
    stop(): void;
}

export interface PubSub<Channels = Record<string, unknown>> extends AsyncDisposable {
    readonly "~raw": RawPublisher;
    publish<const Channel extends ChannelOf<Channels>>(channel: Channel, data: EventOf<Channels, Channel>, options?: {
        readonly key?: string | undefined;
    }): Promise<string>;
    subscribe<const Channel extends ChannelOf<Channels>>(channel: Channel, options?: SubscribeOptions<Channel>): Subscription<ChannelEvent<EventOf<Channels, Channel>, Channel>>;
    on<const Channel extends ChannelOf<Channels>>(channel: Channel, handler: (event: ChannelEvent<EventOf<Channels, Channel>, Channel>) => void | PromiseLike<void>, options?: HandlerOptions<ChannelEvent<EventOf<Channels, Channel>, Channel>, Channel>): Handling;
    stats(): PubSubStats;
    close(): Promise<void>;
}

export interface PubSubOptions<Channels = Record<string, unknown>> {
    readonly codecs?: ChannelCodecs<Channels>;
    readonly keepMs?: number;
    readonly keepEvents?: number;
    readonly keepBytes?: number;
    readonly maxEventBytes?: number;
    readonly checkEveryMs?: number;
}

export interface PubSubStats {
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

export interface SubscribeOptions<Channel extends Parts = Parts> {
    readonly after?: string | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly maxBuffered?: number;
    readonly maxBufferedBytes?: number;
    readonly whenFull?: "end" | "resume";
    readonly onLost?: (loss: EventLoss<Channel>) => void;
}

export interface Subscription<Event> extends AsyncIterable<Event>, AsyncDisposable {
    readonly ready: Promise<string>;
    stop(): void;
}

// services/pubsub/pubsub

export function createPubSub<Channels = Record<string, unknown>>(store: Store, options?: PubSubOptions<Channels>): PubSub<Channels>;

// services/pubsub/wake

export interface Wake {
    wake(): Promise<void>;
    onWake(callback: () => void): () => void;
}

export function createWake(store: Store, name: string): Wake;

// services/pubsub/websocket/bridge

export interface AnyPubSub extends Pick<PubSub, "~raw"> {
    subscribe(channel: never, options?: never): unknown;
}

export interface SocketBridge<Client> extends AsyncDisposable {
    connect(socket: ServerSocket, client: Client): SocketConnection;
    readonly size: number;
    close(): Promise<void>;
}

export interface SocketBridgeOptions<Client> {
    readonly mayRead: (client: Client, channel: readonly string[]) => boolean | PromiseLike<boolean>;
    readonly maxChannels?: number;
    readonly maxBufferedBytes?: number;
    readonly maxMessageLength?: number;
    readonly heartbeatMs?: number;
    readonly stalledMs?: number;
    readonly onError?: (error: unknown) => void;
}

export interface SocketConnection {
    readonly channels: readonly (readonly string[])[];
    readonly closed: Promise<void>;
    subscribe(channel: readonly string[], after?: string): void;
    unsubscribe(channel: readonly string[]): void;
    close(code?: number, reason?: string): void;
}

export function createSocketBridge<Client = undefined>(pubsub: AnyPubSub, options: SocketBridgeOptions<Client>): SocketBridge<Client>;

// services/pubsub/websocket/protocol

export type ClientMessage = {
    readonly type: "subscribe";
    readonly channel: readonly string[];
    readonly after: string | undefined;
} | {
    readonly type: "unsubscribe";
    readonly channel: readonly string[];
} | {
    readonly type: "pong";
};

export type RefusalReason = "failed" | "forbidden" | "invalid" | "too many";

export type ServerMessage = {
    readonly type: "subscribed" | "unsubscribed";
    readonly channel: readonly string[];
    readonly id?: string;
} | {
    readonly type: "event";
    readonly channel: readonly string[];
    readonly id: string;
    readonly data: unknown;
    readonly key?: string | undefined;
} | {
    readonly type: "lost";
    readonly channel: readonly string[];
    readonly id: string;
    readonly reason: LossReason;
} | {
    readonly type: "refused";
    readonly channel: readonly string[] | null;
    readonly reason: RefusalReason;
} | {
    readonly type: "ping";
};

// services/pubsub/websocket/socket

export interface ServerSocket {
    readonly bufferedAmount: number;
    send(text: string): void;
    close(code?: number, reason?: string): void;
    terminate?(): void;
    addEventListener(type: "message", listener: (event: {
        readonly data: unknown;
    }) => void): void;
    addEventListener(type: "close" | "error", listener: () => void): void;
}

// services/queue/backend

export interface AddedJob {
    readonly id: string;
    readonly isNew: boolean;
}

export type JobState = "waiting" | "delayed" | "active" | "dead" | "done";

export interface QueueCounts {
    readonly waiting: number;
    readonly delayed: number;
    readonly active: number;
    readonly dead: number;
    readonly done: number;
    readonly expired: number;
    readonly isPaused: boolean;
}

// services/queue/create-queue

export interface StoreQueueOptions extends QueueOptions {
    readonly namespace?: string | undefined;
}

export function createQueue<Jobs extends object = Record<string, unknown>>(store: Store, options?: StoreQueueOptions): Queue<Jobs>;

// services/queue/queue

export interface AddOptions extends JobDefaults {
    readonly delayMs?: number | undefined;
    readonly runAt?: Date | undefined;
    readonly unique?: UniqueOptions | string | undefined;
}

export interface Backoff {
    readonly baseMs?: number | undefined;
    readonly maxMs?: number | undefined;
}

export type Handler<Payload, Name extends string = string, Context extends object = object> = (payload: Payload, job: Job<Name, Context>) => unknown;

export type Handlers<Jobs extends object, Context extends object = object> = {
    readonly [Name in JobName<Jobs>]?: Handler<Jobs[Name], Name, Context>;
};

export interface Job<Name extends string = string, Context extends object = object> {
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

export interface JobDefaults {
    readonly attempts?: number | undefined;
    readonly backoff?: Backoff | undefined;
    readonly priority?: number | undefined;
    readonly ttlMs?: number | undefined;
}

export type JobInput<Jobs extends object> = {
    readonly [Name in JobName<Jobs>]: AddOptions & {
        readonly name: Name;
        readonly payload: Jobs[Name];
    };
}[JobName<Jobs>];

export type JobName<Jobs extends object> = keyof Jobs & string;

export interface JobSelection<Jobs extends object> {
    readonly id?: string | readonly string[];
    readonly name?: JobName<Jobs>;
}

export type JobView<Jobs extends object = Record<string, unknown>> = {
    readonly [Name in JobName<Jobs>]: NamedJobView<Name, Jobs[Name]>;
}[JobName<Jobs>];

export interface ListOptions<Jobs extends object> {
    readonly name?: JobName<Jobs> | undefined;
    readonly limit?: number | undefined;
}

export interface NamedJobView<Name extends string, Payload> {
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

export interface PurgeJobsOptions<Jobs extends object> extends JobSelection<Jobs> {
    readonly state?: Exclude<JobState, "active"> | undefined;
    readonly olderThanMs?: number | undefined;
}

export interface Queue<Jobs extends object = Record<string, unknown>, Context extends object = object> extends AsyncDisposable {
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

export interface QueueEvent {
    readonly queue: string;
    readonly kind: "done" | "retry" | "dead" | "lost" | "error";
    readonly name?: string | undefined;
    readonly id?: string | undefined;
    readonly attempt?: number | undefined;
    readonly durationMs?: number | undefined;
    readonly error?: unknown;
}

export interface QueueOptions {
    readonly name?: string | undefined;
    readonly defaults?: JobDefaults | undefined;
    readonly keepDoneMs?: number | undefined;
}

export interface Schedule {
    next(): Date | undefined;
    stop(): void;
}

export interface ScheduleOptions extends JobDefaults {
    readonly timezone?: string | undefined;
    readonly key?: string | undefined;
    readonly missed?: "once" | "skip" | undefined;
    readonly unique?: UniqueOptions | string | undefined;
}

export interface StopWorkerOptions {
    readonly timeoutMs?: number | undefined;
}

export interface UniqueOptions {
    readonly key: string;
    readonly forMs?: number | undefined;
}

export interface WorkOptions {
    readonly concurrency?: number | undefined;
    readonly leaseMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
}

export interface Worker extends AsyncDisposable {
    readonly running: number;
    stop(options?: StopWorkerOptions): Promise<void>;
}

// services/session/session

export interface NewSession<Data> {
    readonly token: string;
    readonly session: Session<Data>;
}

export type Rotation<Data> = ({
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

export interface Session<Data> {
    readonly id: string;
    readonly userId: string;
    readonly data: Data;
    readonly createdAt: Date;
    readonly usedAt: Date;
    readonly expiresAt: Date;
}

export interface SessionRules {
    readonly idleMs?: number;
    readonly maxMs?: number;
    readonly graceMs?: number;
    readonly maxPerUser?: number;
    readonly codec?: TextCodec;
}

export interface Sessions<Data> {
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

export interface SessionsOptions extends SessionRules {
    readonly namespace?: string;
}

// services/session/sessions

export function createSessions<Data = undefined>(store: Store, options?: SessionsOptions): Sessions<Data>;
