// Who is here now, on whatever server: each connection says so again and again, and is forgotten when it doesn't.
import { createPresence, type Store } from "plinth/services";
import type { News } from "./events.ts";

export interface Person {
  readonly userId: string;
  readonly username: string;
}

export interface GuildPresence {
  /** A connection of somebody. The first one is told on `presence:{user_id}`; of two at once, one or both. */
  arrive(person: Person, connectionId: string): Promise<void>;
  /** To be called every `beatMs`, for each connection. */
  beat(person: Person, connectionId: string): Promise<void>;
  /** The last one is told. Of a server that is killed nobody is told: `isHere` says so within `ttlMs`. */
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
  const isHere = async (userId: string): Promise<boolean> => (await connections.count(userId)) > 0;
  const arrive = async (person: Person, connectionId: string): Promise<void> => {
    if (!(await connections.beat(person.userId, connectionId))) return;
    const [first] = await connections.list(person.userId);
    if (first === connectionId) await tell(person, "online");
  };
  return {
    arrive,
    beat: arrive,
    async leave(person, connectionId) {
      if (!(await connections.leave(person.userId, connectionId)) || (await isHere(person.userId)))
        return;
      await tell(person, "offline");
      // Whoever came back meanwhile, on another server, may have been told of before this.
      if (await isHere(person.userId)) await tell(person, "online");
    },
    isHere,
  };
}
