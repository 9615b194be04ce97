/** What an operator does to many jobs: in steps, so that a full queue doesn't keep others from the store. */

import type { Argument, Procedure } from "../../kv/store.ts";
import type { JobState } from "../backend.ts";
import { discard, find, forget, keys, members, signal } from "./lua.ts";
import { inPlace, type Place, type PlacedJob } from "./place.ts";

/**
 * Given the state, the name or nothing, how long ago it was added at least, how many members are passed over, and how many
 * are looked at.
 *
 * @returns How many members were looked at, then the ids of those jobs that fit.
 */
export const scanProcedure: Procedure<readonly string[]> = {
  name: "find jobs",
  isReadOnly: true,
  lua: `${keys}${find}
    local places = {waiting = WAITING, delayed = DELAYED, active = ACTIVE, dead = DEAD, done = DONE}
    local first = tonumber(ARGV[4])
    local members = call('ZRANGE', places[ARGV[1]], first, first + ARGV[5] - 1)
    local pattern = (ARGV[1] == 'waiting' or ARGV[1] == 'delayed') and '^%S+ %S+ (%S+)' or '^%S+'
    local found = {tostring(#members)}
    for _, member in ipairs(members) do
      local id = string.match(member, pattern)
      local job = find(id)
      if job and (ARGV[2] == '' or job.name == ARGV[2]) and job.added + ARGV[3] <= now then
        found[#found + 1] = id
      end
    end
    return found`,
  local: inPlace((place, [state, name, olderThanMs, offset, limit]: readonly Argument[]) => {
    const { keys: to, space } = place;
    const range = { offset: Number(offset), limit: Number(limit) };
    const members = space.members(to[state as JobState], range);
    const index = state === "waiting" || state === "delayed" ? 2 : 0;
    const ids = members.map(([member]) => member.split(" ")[index]!);
    const fits = (job: PlacedJob | undefined): boolean =>
      job !== undefined &&
      (name === "" || job.name === name) &&
      job.added + Number(olderThanMs) <= space.nowMs;
    return [String(members.length), ...ids.filter((id) => fits(place.find(id)))];
  }),
};

/** Given a state and ids. @returns How many there were of the state. */
export const purgeProcedure: Procedure<number> = {
  name: "purge jobs",
  frees: true,
  lua: `${keys}${members}${find}${forget}${discard}
    local count = 0
    for index = 2, #ARGV do
      local id = ARGV[index]
      if ARGV[1] == 'waiting' or ARGV[1] == 'delayed' then
        local job = find(id)
        local key = ARGV[1] == 'waiting' and WAITING or DELAYED
        local member = job and (key == WAITING and waitingMember(job) or delayedMember(job))
        if job and call('ZSCORE', key, member) then count = count + discard(job) end
      elseif call('ZREM', ARGV[1] == 'dead' and DEAD or DONE, id) == 1 then
        forget(id)
        count = count + 1
      end
    end
    return count`,
  local: inPlace(
    (place, [state, ...ids]: readonly Argument[]) =>
      ids.filter((id) => purge(place, state as PurgeState, String(id))).length,
  ),
};

type PurgeState = Exclude<JobState, "active">;

function purge(place: Place, state: PurgeState, id: string): boolean {
  if (state === "dead" || state === "done") {
    if (!place.remove(state, id)) return false;
    place.forget(id);
    return true;
  }
  const job = place.find(id);
  const isThere = job !== undefined && place.isAt(state, job);
  return isThere && place.discard(job) === 1;
}

/** Given ids. @returns How many were dead. */
export const retryProcedure: Procedure<number> = {
  name: "retry jobs",
  lua: `${keys}${signal}${members}${find}
    local count = 0
    for _, id in ipairs(ARGV) do
      local job = call('ZREM', DEAD, id) == 1 and find(id)
      if job then
        job.attempt, job.due = '0', text(now)
        keep(job)
        place(job)
        signal(job.name, 0)
        count = count + 1
      end
    end
    return count`,
  local: inPlace((place, ids: readonly Argument[]) => {
    let count = 0;
    for (const id of ids.map(String)) {
      const job = place.remove("dead", id) ? place.find(id) : undefined;
      if (job === undefined) continue;
      job.attempt = 0;
      job.due = place.space.nowMs;
      place.keep(job);
      place.place(job);
      place.signal(job.name, 0);
      count++;
    }
    return count;
  }),
};
