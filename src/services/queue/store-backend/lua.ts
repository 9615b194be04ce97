/** What the procedures share, in the form for servers; `place.ts` has the same for stores in this process. */

import { KEY_NAMES, TIME_DIGITS } from "./layout.ts";

/** The keys by their names, in capitals. */
export const keys: string = `
  local ${KEY_NAMES.map((name) => name.toUpperCase()).join(", ")} = unpack(KEYS)
  local call = redis.call
  local function text(number) return string.format('%.0f', number) end`;

/**
 * Tells workers that wait for such jobs. Who has been told asks, and says so if it waits again: nobody is told twice, and
 * while there is work nobody is told at all. Never fails, as a server's user may not be allowed to publish.
 */
export const signal = `
  local function signal(name, delay)
    if delay > 0 then
      if call('HEXISTS', FACTS, 'i' .. name) == 1 then redis.pcall('PUBLISH', WAKE, text(delay)) end
    elseif call('HDEL', FACTS, 'i' .. name) == 1 then
      redis.pcall('PUBLISH', WAKE, '0')
    end
  end`;

export const members: string = `
  local function waitingMember(job)
    return string.format('%s %s%0${TIME_DIGITS}.0f %s %s %s', job.name, job.rank, job.due, job.id, job.token, job.attempt)
  end
  local function delayedMember(job)
    return string.format('%s %s %s %s %s', job.name, job.rank, job.id, job.token, job.attempt)
  end
  local function place(job)
    if tonumber(job.due) > now then
      call('ZADD', DELAYED, job.due, delayedMember(job))
    else
      call('ZADD', WAITING, 0, waitingMember(job))
    end
    if job.expires ~= '-' then call('ZADD', TIMERS, job.expires, job.id) end
  end`;

export const find = `
  local function find(id)
    local record = call('HGET', JOBS, 'r' .. id)
    if not record then return nil end
    local job = {id = id, token = '0', attempt = '0', error = '', record = record}
    local pattern = '^(%d+) (%d+) (%S+) (%d+) %d+ %d+ (%S+) (%d+)'
    job.added, job.due, job.expires, job.attempts, job.name, job.rank = string.match(record, pattern)
    local state = call('HGET', JOBS, 's' .. id)
    if state then
      job.token, job.attempt, job.due, job.error = string.match(state, '^(%d+) (%d+) (%d+) (.*)$')
    end
    return job
  end
  local function keep(job)
    call('HSET', JOBS, 's' .. job.id, job.token .. ' ' .. job.attempt .. ' ' .. job.due .. ' ' .. job.error)
  end`;

/** A job's key is anybody's, and the job dead, which is never too old, or gone. */
export const forget = `
  local function release(id)
    local field = call('HGET', JOBS, 'k' .. id)
    if not field then return end
    local holder = call('HGET', FACTS, 'u' .. field)
    if holder and string.match(holder, '^%S+') == id then call('HDEL', FACTS, 'u' .. field) end
    call('HDEL', JOBS, 'k' .. id)
  end
  local function bury(job)
    release(job.id)
    call('ZADD', DEAD, now, job.id)
    if job.expires ~= '-' then
      call('HSET', JOBS, 'r' .. job.id, (string.gsub(job.record, '^(%d+ %d+) %S+', '%1 -', 1)))
    end
  end
  local function forget(id)
    release(id)
    call('HDEL', JOBS, 'r' .. id, 's' .. id, 'p' .. id)
  end`;

/** Forgets a job that nobody has begun. Needs `members`, `find` and `forget`. */
export const discard = `
  local function discard(job)
    local isThere = call('ZREM', WAITING, waitingMember(job)) + call('ZREM', DELAYED, delayedMember(job))
    call('ZREM', TIMERS, job.id)
    if isThere == 0 then return 0 end
    forget(job.id)
    return 1
  end
  local function expire(id)
    local job = find(id)
    local isThere = job and discard(job) or call('ZREM', TIMERS, id) * 0
    if isThere == 1 then call('HINCRBY', FACTS, 'expired', 1) end
    return isThere
  end`;
