/** One job that waits at once, with no key and no end: how most come. It means what `add.ts` means, in a third of the time. */

import type { Argument, Procedure } from "../../kv/store.ts";
import type { NewJob } from "../backend.ts";
import { encodeName, rankOf, recordEnd, TIME_DIGITS, type KeyName } from "./layout.ts";
import { waitingMember } from "./place.ts";

/** In the order in which the procedure is given them. */
export const ADD_ONE_KEYS: readonly KeyName[] = ["jobs", "waiting", "facts", "wake"];

/** Whether it is such a job. */
export function isPlain({ delayMs, ttlMs, unique }: NewJob): boolean {
  return delayMs === 0 && ttlMs === undefined && unique === undefined;
}

export function addOneArguments(job: NewJob): Argument[] {
  return [job.id, encodeName(job.name), rankOf(job.priority), recordEnd(job)];
}

export const addOneProcedure: Procedure<null> = {
  name: "add a job",
  lua: `
    local call, id, name = redis.call, ARGV[1], ARGV[2]
    local at = string.format('%.0f', now)
    call('HSET', KEYS[1], 'r' .. id, at .. ' ' .. at .. ' - ' .. ARGV[4])
    call('ZADD', KEYS[2], 0, name .. ' ' .. ARGV[3] .. string.rep('0', ${TIME_DIGITS} - #at) .. at .. ' ' .. id .. ' 0 0')
    if call('HDEL', KEYS[3], 'i' .. name) == 1 then redis.pcall('PUBLISH', KEYS[4], '0') end
    return false`,
  local(space, [jobs, waiting, facts, wake], args: readonly Argument[]) {
    const [id, name, rank, end] = args as readonly [string, string, string, string];
    const { nowMs } = space;
    space.setFields(jobs!, { [`r${id}`]: `${nowMs} ${nowMs} - ${end}` });
    const member = waitingMember({ id, name, rank, due: nowMs, token: 0, attempt: 0 });
    space.addMember(waiting!, member, 0);
    if (space.field(facts!, `i${name}`) !== undefined) {
      space.setFields(facts!, { [`i${name}`]: undefined });
      space.publish(wake!, "0");
    }
    return null;
  },
};
