/** The store beside the database: caches, sessions, limits, one-time values. */

export { openStore, storeOf } from "../services/kv/open.ts";
export type { StoreOfOptions, StoreOptions } from "../services/kv/open.ts";
export type {
  AnyRedisClient,
  CommandPart,
  RedisClient,
  RedisClusterClient,
  RedisSubscriber,
  SendOptions,
} from "../services/kv/redis/client.ts";
export { companionKey } from "../services/kv/key.ts";
export type { CompanionKey, Key, Parts } from "../services/kv/key.ts";
export type {
  Argument,
  Datum,
  Fields,
  IncrementOptions,
  Keyspace,
  Listener,
  Listening,
  MemberRange,
  Procedure,
  Reply,
  SetOptions,
  Store,
  StorePolicy,
} from "../services/kv/store.ts";
export { createCache } from "../services/cache/cache.ts";
export type {
  Cache,
  CacheEntry,
  CacheEntryOptions,
  CacheOptions,
} from "../services/cache/cache.ts";
export { jsonCodec } from "../services/cache/codec.ts";
export type { AnyCodec, BinaryCodec, Codec, TextCodec } from "../services/cache/codec.ts";
export type { CacheEvent, CacheStats } from "../services/cache/metrics.ts";
export { createKeyvStore } from "../services/keyv.ts";
export type { KeyvStore, KeyvStoreOptions } from "../services/keyv.ts";
export { createLimiter } from "../services/limit/limiter.ts";
export type { Limiter, LimiterOptions } from "../services/limit/limiter.ts";
export { networkOf } from "../services/limit/network.ts";
export type { Decision } from "../services/limit/decision.ts";
export { createOneTime } from "../services/one-time.ts";
export type { OneTime, OneTimeOptions } from "../services/one-time.ts";
export { createPresence } from "../services/presence.ts";
export type { Presence, PresenceOptions } from "../services/presence.ts";
export { createPubSub } from "../services/pubsub/pubsub.ts";
export type {
  ChannelEvent,
  EventLoss,
  Handling,
  HandlerOptions,
  PubSub,
  PubSubOptions,
  PubSubStats,
  SubscribeOptions,
  Subscription,
} from "../services/pubsub/contract.ts";
export { createSocketBridge } from "../services/pubsub/websocket/bridge.ts";
export type {
  AnyPubSub,
  SocketBridge,
  SocketBridgeOptions,
  SocketConnection,
} from "../services/pubsub/websocket/bridge.ts";
export type {
  ClientMessage,
  RefusalReason,
  ServerMessage,
} from "../services/pubsub/websocket/protocol.ts";
export type { ServerSocket } from "../services/pubsub/websocket/socket.ts";
export type { ChannelCodecs, ChannelOf, EventOf } from "../services/pubsub/channel.ts";
export { createWake } from "../services/pubsub/wake.ts";
export type { Wake } from "../services/pubsub/wake.ts";
export { createQueue } from "../services/queue/create-queue.ts";
export type { StoreQueueOptions } from "../services/queue/create-queue.ts";
export { createSessions } from "../services/session/sessions.ts";
export type {
  NewSession,
  Rotation,
  Session,
  SessionRules,
  Sessions,
  SessionsOptions,
} from "../services/session/session.ts";
export type { AddedJob, JobState, QueueCounts } from "../services/queue/backend.ts";
export type {
  AddOptions,
  Backoff,
  Handler,
  Handlers,
  Job,
  JobDefaults,
  JobInput,
  JobName,
  JobSelection,
  JobView,
  ListOptions,
  NamedJobView,
  PurgeJobsOptions,
  Queue,
  QueueEvent,
  QueueOptions,
  Schedule,
  ScheduleOptions,
  StopWorkerOptions,
  UniqueOptions,
  Worker,
  WorkOptions,
} from "../services/queue/queue.ts";
