/** Jobs that come: given by a program, or by the tick of a schedule. */

import type { Argument, Procedure } from "../../kv/store.ts";
import type { NewJob } from "../backend.ts";
import { recordEnd, uniqueField } from "./layout.ts";
import { discard, find, forget, keys, members, signal } from "./lua.ts";
import { inPlace, type Place } from "./place.ts";

/** How many arguments a job is. */
const WIDTH = 6;

export function addArguments(jobs: readonly NewJob[]): Argument[] {
  return jobs.flatMap((job) => [
    job.id,
    job.delayMs,
    job.ttlMs ?? "",
    uniqueField(job),
    job.unique?.forMs ?? 0,
    recordEnd(job),
  ]);
}

/** `add(index)` adds the job whose arguments begin there, and returns who has its key, if somebody else has. */
const addLua = `${keys}${signal}${members}${find}${forget}${discard}
  local function holderOf(field)
    local holder = call('HGET', FACTS, 'u' .. field)
    if not holder then return nil end
    local id, till = string.match(holder, '^(%S+) (%d+)$')
    local tooOldAt = call('ZSCORE', TIMERS, id)
    if tooOldAt and tonumber(tooOldAt) <= now and expire(id) == 1 then return nil end
    if tonumber(till) > now then return id end
    if call('HEXISTS', JOBS, 'k' .. id) == 0 or call('ZSCORE', DONE, id) then return nil end
    return id
  end
  local function add(at)
    local id, delay, field = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 3]
    if field ~= '' then
      local holder = holderOf(field)
      if holder then return holder end
      call('HSET', FACTS, 'u' .. field, id .. ' ' .. text(now + ARGV[at + 4]))
      call('HSET', JOBS, 'k' .. id, field)
    end
    local job = {id = id, due = text(now + delay), expires = '-', token = '0', attempt = '0'}
    if ARGV[at + 2] ~= '' then job.expires = text(now + ARGV[at + 2]) end
    job.name, job.rank = string.match(ARGV[at + 5], '^%d+ %d+ %d+ (%S+) (%d+)')
    call('HSET', JOBS, 'r' .. id, text(now) .. ' ' .. job.due .. ' ' .. job.expires .. ' ' .. ARGV[at + 5])
    place(job)
    signal(job.name, delay)
    return nil
  end`;

/** @returns Who has the key, if somebody else has. */
function addLocally(place: Place, args: readonly Argument[], at: number): string | undefined {
  const { space, keys: to } = place;
  const { nowMs } = space;
  const [id, field, end] = [args[at], args[at + 3], args[at + 5]].map(String) as [
    string,
    string,
    string,
  ];
  const delayMs = Number(args[at + 1]);
  if (field !== "") {
    const holder = holderOf(place, field);
    if (holder !== undefined) return holder;
    space.setFields(to.facts, { [`u${field}`]: `${id} ${nowMs + Number(args[at + 4])}` });
    space.setFields(to.jobs, { [`k${id}`]: field });
  }
  const due = nowMs + delayMs;
  const expires = args[at + 2] === "" ? undefined : nowMs + Number(args[at + 2]);
  const [, , , name, rank] = end.split(/[ \n]/, 5) as [string, string, string, string, string];
  space.setFields(to.jobs, { [`r${id}`]: `${nowMs} ${due} ${expires ?? "-"} ${end}` });
  place.place({ id, name, rank, due, expires, token: 0, attempt: 0 });
  place.signal(name, delayMs);
  return undefined;
}

function holderOf(place: Place, field: string): string | undefined {
  const { space, keys: to } = place;
  const holder = space.field(to.facts, `u${field}`);
  if (holder === undefined) return undefined;
  const [id, untilMs] = holder.split(" ") as [string, string];
  const tooOldAt = space.score(to.timers, id) ?? Infinity;
  if (tooOldAt <= space.nowMs && place.expire(id) === 1) return undefined;
  if (Number(untilMs) > space.nowMs) return id;
  const isOpen =
    space.field(to.jobs, `k${id}`) !== undefined && space.score(to.done, id) === undefined;
  return isOpen ? id : undefined;
}

/** @returns Of those whose key somebody else has: the place among the jobs, from 0, and the other's id. */
export const addProcedure: Procedure<readonly string[]> = {
  name: "add jobs",
  lua: `${addLua}
    local others = {}
    for at = 1, #ARGV, ${WIDTH} do
      local holder = add(at)
      if holder then
        others[#others + 1] = tostring((at - 1) / ${WIDTH})
        others[#others + 1] = holder
      end
    end
    return others`,
  local: inPlace((place, args: readonly Argument[]) => {
    const others: string[] = [];
    for (let at = 0; at < args.length; at += WIDTH) {
      const holder = addLocally(place, args, at);
      if (holder !== undefined) others.push(String(at / WIDTH), holder);
    }
    return others;
  }),
};

/** Given the schedule's key. @returns Up to when its ticks are settled. */
export const scheduleProcedure: Procedure<string> = {
  name: "begin a schedule",
  lua: `${keys}
    call('HSETNX', FACTS, 't' .. ARGV[1], text(now))
    return call('HGET', FACTS, 't' .. ARGV[1])`,
  local: inPlace(({ keys: { facts }, space }, [key]: readonly Argument[]) => {
    const settled = space.field(facts, `t${String(key)}`);
    if (settled !== undefined) return settled;
    space.setFields(facts, { [`t${String(key)}`]: space.nowMs });
    return String(space.nowMs);
  }),
};

/** Given the schedule's key, the tick, up to when it is settled then, and a job. @returns 1 where this call was it. */
export const tickProcedure: Procedure<number> = {
  name: "tick a schedule",
  lua: `${addLua}
    local settled = call('HGET', FACTS, 't' .. ARGV[1])
    if settled and tonumber(settled) >= tonumber(ARGV[2]) then return 0 end
    call('HSET', FACTS, 't' .. ARGV[1], ARGV[3])
    add(4)
    return 1`,
  local: inPlace((place, args: readonly Argument[]) => {
    const { keys: to, space } = place;
    const field = `t${String(args[0])}`;
    const settled = space.field(to.facts, field);
    if (settled !== undefined && Number(settled) >= Number(args[1])) return 0;
    space.setFields(to.facts, { [field]: Number(args[2]) });
    addLocally(place, args, 3);
    return 1;
  }),
};
