/** What stands in a queue. */

import type { Argument, Procedure } from "../../kv/store.ts";
import type { JobState } from "../backend.ts";
import { find, keys, members } from "./lua.ts";
import { inPlace, delayedMember, type Place, type PlacedJob } from "./place.ts";

/** How many texts a job is: its id, state, time, attempt, progress, error, record. */
export const VIEW_WIDTH = 7;

/** `view(job)` appends a job to what is shown. What is handed out or done counts the delivery that is under way, or was the last. */
const viewLua: string = `${members}${find}
  local shown = {}
  local function view(job)
    local state, at, attempt
    local handedOut = job.id .. ' ' .. (job.token + 1)
    local delayedTill = call('ZSCORE', DELAYED, delayedMember(job))
    local leaseTill = call('ZSCORE', ACTIVE, handedOut)
    local diedAt = call('ZSCORE', DEAD, job.id)
    local keptTill = call('ZSCORE', DONE, job.id)
    if delayedTill then state, at, attempt = 'delayed', delayedTill, job.attempt
    elseif leaseTill then state, at, attempt = 'active', leaseTill, job.attempt + 1
    elseif diedAt then state, at, attempt = 'dead', diedAt, job.attempt
    elseif keptTill then state, at, attempt = 'done', keptTill, job.attempt + 1
    else state, at, attempt = 'waiting', job.due, job.attempt end
    local progress = call('HGET', JOBS, 'p' .. job.id) or ''
    for _, part in ipairs({job.id, state, text(at), tostring(attempt), progress, job.error, job.record}) do
      shown[#shown + 1] = part
    end
  end`;

/** @returns Texts, as `jobRecord` reads them. */
function view(place: Place, job: PlacedJob): string[] {
  const { keys: to, space } = place;
  const scores: readonly (readonly [JobState, number | undefined, number])[] = [
    ["delayed", space.score(to.delayed, delayedMember(job)), 0],
    ["active", space.score(to.active, `${job.id} ${job.token + 1}`), 1],
    ["dead", space.score(to.dead, job.id), 0],
    ["done", space.score(to.done, job.id), 1],
  ];
  const [state, atMs, further] = scores.find(([, score]) => score !== undefined) ?? [
    "waiting",
    job.due,
    0,
  ];
  const progress = space.field(to.jobs, `p${job.id}`) ?? "";
  const attempt = String(job.attempt + further);
  return [job.id, state, String(atMs), attempt, progress, job.error, job.record];
}

/** Given ids. Those that are gone are left out. */
export const viewProcedure: Procedure<readonly string[]> = {
  name: "look at jobs",
  isReadOnly: true,
  lua: `${keys}${viewLua}
    for _, id in ipairs(ARGV) do
      local job = find(id)
      if job then view(job) end
    end
    return shown`,
  local: inPlace((place, ids: readonly Argument[]) =>
    ids.flatMap((id) => {
      const job = place.find(String(id));
      return job === undefined ? [] : view(place, job);
    }),
  ),
};

/** Given how many at most, and the name or nothing. @returns The ids of those that wait, the first to be handed out first. */
export const waitingProcedure: Procedure<readonly string[]> = {
  name: "look at waiting jobs",
  isReadOnly: true,
  lua: `${keys}
    local found = {}
    local function take(name)
      local members = call('ZRANGE', WAITING, '[' .. name .. ' ', '(' .. name .. '!', 'BYLEX', 'LIMIT', 0, ARGV[1])
      for _, member in ipairs(members) do
        local order, id = string.match(member, '^%S+ (%d+ (%S+))')
        found[#found + 1] = {order, id}
      end
    end
    if ARGV[2] ~= '' then
      take(ARGV[2])
    else
      local from = '-'
      while true do
        local member = call('ZRANGE', WAITING, from, '+', 'BYLEX', 'LIMIT', 0, 1)[1]
        if not member then break end
        local name = string.match(member, '^%S+')
        take(name)
        from = '[' .. name .. '!'
      end
      table.sort(found, function(one, two) return one[1] < two[1] end)
    end
    local ids = {}
    for index = 1, math.min(#found, tonumber(ARGV[1])) do ids[index] = found[index][2] end
    return ids`,
  local: inPlace(({ keys: to, space }, [limit, only]: readonly Argument[]) => {
    const found: string[] = [];
    const take = (name: string): void => {
      found.push(...space.membersBetween(to.waiting, `${name} `, `${name}!`, Number(limit)));
    };
    if (only !== "") take(String(only));
    for (let from = ""; only === "";) {
      const [member] = space.membersBetween(to.waiting, from, "\x7f", 1);
      if (member === undefined) break;
      const [name] = member.split(" ", 1) as [string];
      take(name);
      from = `${name}!`;
    }
    return found
      .map((member) => member.slice(member.indexOf(" ")))
      .sort((one, two) => (one < two ? -1 : 1))
      .slice(0, Number(limit))
      .map((order) => order.split(" ", 3)[2]!);
  }),
};

/** `[waiting, delayed, active, dead, done, expired, paused]` */
export const countsProcedure: Procedure<readonly number[]> = {
  name: "count jobs",
  isReadOnly: true,
  lua: `${keys}
    local counts = {}
    for index, key in ipairs({WAITING, DELAYED, ACTIVE, DEAD, DONE}) do counts[index] = call('ZCARD', key) end
    counts[6] = tonumber(call('HGET', FACTS, 'expired') or 0)
    counts[7] = call('HEXISTS', FACTS, 'paused')
    return counts`,
  local: inPlace(({ keys: to, space }) => [
    ...[to.waiting, to.delayed, to.active, to.dead, to.done].map((key) => space.countMembers(key)),
    Number(space.field(to.facts, "expired") ?? 0),
    Number(space.field(to.facts, "paused") !== undefined),
  ]),
};

export const timeProcedure: Procedure<number> = {
  name: "tell the time",
  isReadOnly: true,
  lua: "return now",
  local: ({ nowMs }) => nowMs,
};

/** Given 1 or 0. Who waits is told when it goes on. */
export const pauseProcedure: Procedure<number> = {
  name: "pause jobs",
  lua: `${keys}
    if ARGV[1] == '1' then return call('HSET', FACTS, 'paused', '1') end
    local wasPaused = call('HDEL', FACTS, 'paused')
    redis.pcall('PUBLISH', WAKE, '0')
    return wasPaused`,
  local: inPlace(({ keys: to, space }, [isPaused]: readonly Argument[]) => {
    space.setFields(to.facts, { paused: isPaused === 1 ? 1 : undefined });
    if (isPaused !== 1) space.publish(to.wake, "0");
    return 0;
  }),
};
