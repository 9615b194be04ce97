/** The store beside the database: caches, sessions, limits, one-time values. */

export { openStore, storeOf } from "../services/kv/open.ts";
export type { StoreOfOptions, StoreOptions } from "../services/kv/open.ts";
export type {
  AnyRedisClient,
  CommandPart,
  RedisClient,
  RedisClusterClient,
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
  MemberRange,
  Procedure,
  Reply,
  SetOptions,
  Store,
  StorePolicy,
} from "../services/kv/store.ts";
