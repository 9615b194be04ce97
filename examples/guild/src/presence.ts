// Who is here now, on whatever server: each connection says so again and again, and is forgotten when it doesn't.
import { createPresence, type Store } from "plinth/services";
import type { News } from "./events.ts";

export interface Person {
  readonly userId: string;
  readonly username: string;
}

export interface GuildPresence {
  /** A connection of somebody. The first one is told on `presence:{user_id}`. */
  arrive(person: Person, connectionId: string): Promise<void>;
  /** To be called every `beatMs`, for each connection. */
  beat(person: Person, connectionId: string): Promise<void>;
  /** The last one is told. Of a server that dies nobody is told: `isHere` says so within `ttlMs`. */
  leave(person: Person, connectionId: string): Promise<void>;
  isHere(userId: string): Promise<boolean>;
}

const ttlMs = 45_000;
export const beatMs = 15_000;

export function createGuildPresence(store: Store, { pubsub }: News): GuildPresence {
  const connections = createPresence(store, { namespace: "online", ttlMs });
  const tell = async (
    { userId, username }: Person,
    status: "offline" | "online",
  ): Promise<void> => {
    await pubsub.publish(["presence", userId], { userId, username, status });
  };
  const arrive = async (person: Person, connectionId: string): Promise<void> => {
    const isNew = await connections.beat(person.userId, connectionId);
    if (isNew && (await connections.count(person.userId)) === 1) await tell(person, "online");
  };
  return {
    arrive,
    beat: arrive,
    async leave(person, connectionId) {
      const wasHere = await connections.leave(person.userId, connectionId);
      if (wasHere && (await connections.count(person.userId)) === 0) await tell(person, "offline");
    },
    isHere: async (userId) => (await connections.count(userId)) > 0,
  };
}
