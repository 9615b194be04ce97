/** Jobs that go out. */

import type { Argument, Procedure } from "../../kv/store.ts";
import { encodeName } from "./layout.ts";
import { discard, find, forget, keys, members } from "./lua.ts";
import { inPlace, type Place } from "./place.ts";

export function claimArguments(
  names: readonly string[],
  limit: number,
  leaseMs: number,
): Argument[] {
  return [limit, leaseMs, ...names.map(encodeName)];
}

/** How many texts a job is: its id, token, attempt, progress, record. */
export const CLAIM_WIDTH = 5;

/**
 * The members that wait under a name are those from `name ` up to `name!`, which is what follows a space. Jobs that are too
 * old are met here, if nobody has dropped them before: they are no reason to hand out less, up to a bound.
 */
export const claimProcedure: Procedure<readonly string[]> = {
  name: "claim jobs",
  frees: true,
  lua: `${keys}${members}${find}${forget}${discard}
    if call('HEXISTS', FACTS, 'paused') == 1 then return {} end
    local limit, till = tonumber(ARGV[1]), now + ARGV[2]
    local function heads(count)
      local found = {}
      for index = 3, #ARGV do
        local name = ARGV[index]
        for _, member in ipairs(call('ZRANGE', WAITING, '[' .. name .. ' ', '(' .. name .. '!', 'BYLEX', 'LIMIT', 0, count)) do
          found[#found + 1] = member
        end
      end
      if #ARGV > 3 then
        table.sort(found, function(one, two)
          return string.sub(one, string.find(one, ' ', 1, true), -1) < string.sub(two, string.find(two, ' ', 1, true), -1)
        end)
      end
      return found
    end
    local claimed, count = {}, 0
    for round = 1, 20 do
      local dropped = 0
      local found = heads(limit - count)
      for index = 1, math.min(#found, limit - count) do
        local member = found[index]
        local id, token, attempt = string.match(member, '^%S+ %d+ (%S+) (%d+) (%d+)$')
        local record = call('HGET', JOBS, 'r' .. id)
        local expires = record and string.match(record, '^%d+ %d+ (%S+)')
        if not record then
          dropped = dropped + call('ZREM', WAITING, member)
        elseif expires ~= '-' and tonumber(expires) <= now then
          dropped = dropped + expire(id)
        else
          call('ZREM', WAITING, member)
          if expires ~= '-' then call('ZREM', TIMERS, id) end
          local progress = token ~= '0' and call('HGET', JOBS, 'p' .. id) or ''
          call('ZADD', ACTIVE, till, id .. ' ' .. (token + 1))
          local at = count * ${CLAIM_WIDTH}
          claimed[at + 1], claimed[at + 2], claimed[at + 3] = id, tostring(token + 1), tostring(attempt + 1)
          claimed[at + 4], claimed[at + 5] = progress, record
          count = count + 1
        end
      end
      if dropped == 0 then break end
    end
    if count < limit then
      for index = 3, #ARGV do call('HSET', FACTS, 'i' .. ARGV[index], '1') end
    end
    return claimed`,
  local: inPlace((place, [limitGiven, leaseMs, ...names]: readonly Argument[]) => {
    const { keys: to, space } = place;
    if (space.field(to.facts, "paused") !== undefined) return [];
    const limit = Number(limitGiven);
    const claimed: string[] = [];
    let count = 0;
    for (let round = 1; round <= 20; round++) {
      let dropped = 0;
      for (const member of heads(place, names.map(String), limit - count)) {
        const [, , id, token, attempt] = member.split(" ") as [string, string, string, ...string[]];
        const job = place.find(id);
        if (job === undefined) {
          dropped += Number(space.removeMember(to.waiting, member));
          continue;
        }
        if ((job.expires ?? Infinity) <= space.nowMs) {
          dropped += place.expire(id);
          continue;
        }
        space.removeMember(to.waiting, member);
        if (job.expires !== undefined) space.removeMember(to.timers, id);
        const progress = token === "0" ? "" : (space.field(to.jobs, `p${id}`) ?? "");
        const claim = [id, String(Number(token) + 1)];
        space.addMember(to.active, claim.join(" "), space.nowMs + Number(leaseMs));
        claimed.push(...claim, String(Number(attempt) + 1), progress, job.record);
        count++;
      }
      if (dropped === 0) break;
    }
    if (count < limit) listenFor(place, names.map(String));
    return claimed;
  }),
};

function heads({ keys: to, space }: Place, names: readonly string[], limit: number): string[] {
  const found = names.flatMap((name) =>
    space.membersBetween(to.waiting, `${name} `, `${name}!`, limit),
  );
  if (names.length > 1) {
    const orderOf = (member: string): string => member.slice(member.indexOf(" "));
    found.sort((one, two) => (orderOf(one) < orderOf(two) ? -1 : 1));
  }
  return found.slice(0, limit);
}

/** Says that somebody waits for such jobs; mostly it stands there. */
function listenFor({ keys: to, space }: Place, names: readonly string[]): void {
  for (const name of names) {
    if (space.field(to.facts, `i${name}`) === undefined) {
      space.setFields(to.facts, { [`i${name}`]: 1 });
    }
  }
}
