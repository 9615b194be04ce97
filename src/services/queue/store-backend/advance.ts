/** What time brings. */

import type { Argument, Procedure } from "../../kv/store.ts";
import { LEAST_DELIVERIES, VANISHED } from "../backend.ts";
import { discard, find, forget, keys, members, signal } from "./lua.ts";
import { inPlace, waitingMember, type Place } from "./place.ts";

/** How many of each kind one call takes on: nobody waits for long. */
export const ADVANCE_LIMIT = 500;

/** `[released, dead, expired, nextInMs]`; -1: nothing is to come. */
export const advanceProcedure: Procedure<readonly number[]> = {
  name: "advance jobs",
  frees: true,
  lua: `${keys}${signal}${members}${find}${forget}${discard}
    local function due(key)
      return call('ZRANGE', key, '-inf', text(now), 'BYSCORE', 'LIMIT', 0, ARGV[1])
    end
    local released, dead, expired = 0, 0, 0
    for _, id in ipairs(due(TIMERS)) do expired = expired + expire(id) end
    for _, member in ipairs(due(DELAYED)) do
      local job = {expires = '-'}
      job.name, job.rank, job.id, job.token, job.attempt = string.match(member, '^(%S+) (%d+) (%S+) (%d+) (%d+)$')
      job.due = call('ZSCORE', DELAYED, member)
      call('ZREM', DELAYED, member)
      call('ZADD', WAITING, 0, waitingMember(job))
      signal(job.name, 0)
      released = released + 1
    end
    for _, member in ipairs(due(ACTIVE)) do
      local id, token = string.match(member, '^(%S+) (%d+)$')
      local job = find(id)
      call('ZREM', ACTIVE, member)
      if job then
        job.token, job.attempt, job.due, job.error = token, tostring(job.attempt + 1), text(now), '${VANISHED}'
        keep(job)
        if tonumber(job.attempt) >= math.max(tonumber(job.attempts), ${LEAST_DELIVERIES}) then
          bury(job)
          dead = dead + 1
        else
          place(job)
          signal(job.name, 0)
          released = released + 1
        end
      end
    end
    for _, id in ipairs(due(DONE)) do
      call('ZREM', DONE, id)
      forget(id)
    end
    local nextIn = -1
    for _, key in ipairs({TIMERS, DELAYED, ACTIVE, DONE}) do
      local first = call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
      if first then
        local left = math.max(0, first - now)
        if nextIn < 0 or left < nextIn then nextIn = left end
      end
    end
    return {released, dead, expired, nextIn}`,
  local: inPlace((place, [limit]: readonly Argument[]) => advance(place, Number(limit))),
};

function advance(place: Place, limit: number): readonly number[] {
  const { keys: to, space } = place;
  const due = (key: string): string[] =>
    space.members(key, { max: space.nowMs, limit }).map(([member]) => member);
  let [released, dead, expired] = [0, 0, 0];
  for (const id of due(to.timers)) expired += place.expire(id);
  for (const [member, score] of space.members(to.delayed, { max: space.nowMs, limit })) {
    const [name, rank, id, token, attempt] = member.split(" ") as [
      string,
      string,
      string,
      string,
      string,
    ];
    space.removeMember(to.delayed, member);
    const job = { id, name, rank, due: score, token: Number(token), attempt: Number(attempt) };
    space.addMember(to.waiting, waitingMember(job), 0);
    place.signal(name, 0);
    released++;
  }
  for (const member of due(to.active)) {
    const isBack = comeBack(place, member);
    if (isBack === undefined) continue;
    if (isBack) released++;
    else dead++;
  }
  for (const id of due(to.done)) {
    space.removeMember(to.done, id);
    place.forget(id);
  }
  const firsts = [to.timers, to.delayed, to.active, to.done].flatMap((key) =>
    space.members(key, { limit: 1 }).map(([, score]) => Math.max(0, score - space.nowMs)),
  );
  return [released, dead, expired, firsts.length === 0 ? -1 : Math.min(...firsts)];
}

/** Of a job whose lease is over. @returns Whether it waits again, or is dead; undefined where it is gone. */
function comeBack(place: Place, member: string): boolean | undefined {
  const { keys: to, space } = place;
  const [id, token] = member.split(" ") as [string, string];
  const job = place.find(id);
  space.removeMember(to.active, member);
  if (job === undefined) return undefined;
  job.token = Number(token);
  job.attempt++;
  job.due = space.nowMs;
  job.error = VANISHED;
  place.keep(job);
  if (job.attempt < Math.max(job.attempts, LEAST_DELIVERIES)) {
    place.place(job);
    place.signal(job.name, 0);
    return true;
  }
  place.bury(job);
  return false;
}
