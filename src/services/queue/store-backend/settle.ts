/** What becomes of deliveries. */

import type { Argument, Procedure } from "../../kv/store.ts";
import type { Claim, Settlement } from "../backend.ts";
import { find, forget, keys, members, signal } from "./lua.ts";
import { inPlace, type Place } from "./place.ts";

export function claimsArguments(claims: readonly Claim[]): Argument[] {
  return claims.flatMap(({ id, token }) => [id, token]);
}

/** How many arguments a settlement is. */
const WIDTH = 5;

export function settleArguments(settlements: readonly Settlement[]): Argument[] {
  return settlements.flatMap((each) => [
    each.id,
    each.token,
    each.kind,
    each.kind === "retry" ? each.delayMs : 0,
    "error" in each ? each.error : "",
  ]);
}

const finishLua = `${forget}
  local function finish(id, token, keepMs)
    if call('ZREM', ACTIVE, id .. ' ' .. token) == 0 then return 0 end
    local till = now + keepMs
    local field = call('HGET', JOBS, 'k' .. id)
    if field then
      local holder, heldTill = string.match(call('HGET', FACTS, 'u' .. field) or '', '^(%S+) (%d+)$')
      if holder == id then till = math.max(till, tonumber(heldTill)) end
    end
    if till > now then call('ZADD', DONE, till, id) else forget(id) end
    return 1
  end`;

function finish(place: Place, id: string, token: string, keepMs: number): number {
  const { keys: to, space } = place;
  if (!place.remove("active", `${id} ${token}`)) return 0;
  let untilMs = space.nowMs + keepMs;
  const field = space.field(to.jobs, `k${id}`);
  if (field !== undefined) {
    const [holder, heldUntil] = (space.field(to.facts, `u${field}`) ?? "").split(" ");
    if (holder === id) untilMs = Math.max(untilMs, Number(heldUntil));
  }
  if (untilMs > space.nowMs) space.addMember(to.done, id, untilMs);
  else place.forget(id);
  return 1;
}

/** The usual: all are done. Given how long they are kept, then ids and tokens. @returns 1 for each that was. */
export const finishProcedure: Procedure<readonly number[]> = {
  name: "finish jobs",
  frees: true,
  lua: `${keys}${finishLua}
    local outcomes = {}
    for at = 2, #ARGV, 2 do
      outcomes[#outcomes + 1] = finish(ARGV[at], ARGV[at + 1], tonumber(ARGV[1]))
    end
    return outcomes`,
  local: inPlace((place, [keepMs, ...claims]: readonly Argument[]) => {
    const outcomes: number[] = [];
    for (let at = 0; at < claims.length; at += 2) {
      outcomes.push(finish(place, String(claims[at]), String(claims[at + 1]), Number(keepMs)));
    }
    return outcomes;
  }),
};

/** Given how long those that are done are kept, then settlements. */
export const settleProcedure: Procedure<readonly number[]> = {
  name: "settle jobs",
  frees: true,
  lua: `${keys}${signal}${members}${find}${finishLua}
    local function settle(at)
      local id, token, kind, delay = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
      if kind == 'done' then return finish(id, token, tonumber(ARGV[1])) end
      if call('ZREM', ACTIVE, id .. ' ' .. token) == 0 then return 0 end
      local job = find(id)
      if not job then return 0 end
      job.token, job.due = token, text(now + delay)
      if kind ~= 'release' then
        job.attempt, job.error = tostring(job.attempt + 1), ARGV[at + 4]
      end
      keep(job)
      if kind == 'dead' then
        bury(job)
      else
        place(job)
        signal(job.name, delay)
      end
      return 1
    end
    local outcomes = {}
    for at = 2, #ARGV, ${WIDTH} do outcomes[#outcomes + 1] = settle(at) end
    return outcomes`,
  local: inPlace((place, [keepMs, ...args]: readonly Argument[]) => {
    const outcomes: number[] = [];
    for (let at = 0; at < args.length; at += WIDTH) {
      const [id, token, kind, delayMs, error] = args.slice(at, at + WIDTH);
      const claim = { id: String(id), token: Number(token) };
      const isDone = kind === "done";
      outcomes.push(
        isDone
          ? finish(place, claim.id, String(token), Number(keepMs))
          : settle(place, claim, String(kind), Number(delayMs), String(error)),
      );
    }
    return outcomes;
  }),
};

function settle(
  place: Place,
  { id, token }: Claim,
  kind: string,
  delayMs: number,
  error: string,
): number {
  const { space } = place;
  if (!place.remove("active", `${id} ${token}`)) return 0;
  const job = place.find(id);
  if (job === undefined) return 0;
  job.token = token;
  job.due = space.nowMs + delayMs;
  if (kind !== "release") {
    job.attempt++;
    job.error = error;
  }
  place.keep(job);
  if (kind === "dead") {
    place.bury(job);
  } else {
    place.place(job);
    place.signal(job.name, delayMs);
  }
  return 1;
}

/** Given the lease, then ids and tokens. @returns 1 for each that is held. */
export const renewProcedure: Procedure<readonly number[]> = {
  name: "renew leases",
  frees: true,
  lua: `${keys}
    local outcomes, till = {}, now + ARGV[1]
    for at = 2, #ARGV, 2 do
      local member = ARGV[at] .. ' ' .. ARGV[at + 1]
      local isHeld = call('ZSCORE', ACTIVE, member)
      if isHeld then call('ZADD', ACTIVE, till, member) end
      outcomes[#outcomes + 1] = isHeld and 1 or 0
    end
    return outcomes`,
  local: inPlace(({ keys: to, space }, [leaseMs, ...claims]: readonly Argument[]) => {
    const outcomes: number[] = [];
    for (let at = 0; at < claims.length; at += 2) {
      const member = `${String(claims[at])} ${String(claims[at + 1])}`;
      const isHeld = space.score(to.active, member) !== undefined;
      if (isHeld) space.addMember(to.active, member, space.nowMs + Number(leaseMs));
      outcomes.push(Number(isHeld));
    }
    return outcomes;
  }),
};

/** Given an id, its token, and the progress. @returns 1 where it is held. */
export const progressProcedure: Procedure<number> = {
  name: "report progress",
  lua: `${keys}
    if not call('ZSCORE', ACTIVE, ARGV[1] .. ' ' .. ARGV[2]) then return 0 end
    call('HSET', JOBS, 'p' .. ARGV[1], ARGV[3])
    return 1`,
  local: inPlace(({ keys: to, space }, [id, token, progress]: readonly Argument[]) => {
    if (space.score(to.active, `${String(id)} ${String(token)}`) === undefined) return 0;
    space.setFields(to.jobs, { [`p${String(id)}`]: progress });
    return 1;
  }),
};
