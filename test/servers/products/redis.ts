import type { Server } from "../names.ts";
import { findProgram, onFreePort, serve } from "../host/launch.ts";
import { firstBytes } from "../host/ports.ts";
import type { Place } from "./place.ts";

export interface RedisProgram {
  readonly file: string;
  readonly argv0: string;
}

// One program serves, checks files and repairs them, by the name under which it is called.
// Debian has it in `redis-tools` as `redis-check-rdb`; its package `redis-server` adds a link and
// the service that would start on port 6379.
export const redisPackages = ["redis-tools"] as const;

export function findRedis(): RedisProgram | undefined {
  for (const family of ["redis", "valkey"]) {
    const file = findProgram(`${family}-server`) ?? findProgram(`${family}-check-rdb`);
    if (file !== undefined) return { file, argv0: `${family}-server` };
  }
  return undefined;
}

/** @param options Further ones, which come after ours: `["--maxmemory", "2mb"]`. */
export async function startRedis(
  program: RedisProgram,
  place: Place,
  options: readonly string[] = [],
): Promise<Server> {
  return await onFreePort(async (port) => {
    const pid = await serve(
      {
        ...place,
        ...program,
        args: [...Object.entries(ours(port, place)).flat(), ...options],
        signal: "SIGKILL",
      },
      async () => {
        // Who wants a password answers too.
        const answer = (await firstBytes(port, "PING\r\n", 1_000))?.toString() ?? "";
        return answer === "+PONG\r\n" || answer.startsWith("-NOAUTH");
      },
      15_000,
    );
    return { url: `redis://127.0.0.1:${port}`, from: "installed programs", pid };
  });
}

function ours(port: number, place: Place): Record<string, string> {
  return {
    "--port": String(port),
    "--bind": "127.0.0.1",
    "--dir": place.directory,
    "--save": "",
    "--appendonly": "no",
  };
}
