-- Ask for the right to send, for several calls of one bucket of one account.
-- KEYS: bucket (hash), breaker (hash), booked (zset of tickets by send time), parked (zset of tickets by wake time),
--   then one list of marks per counted window.
-- ARGV: interval, burst, lateness, hold, fresh epoch, learned limits as known to the caller, probe lease,
--   number of counted windows, per window: count, window, group, sends in the ledger (-1: not asked yet),
--   then the calls as JSON: [ticket, lane, horizon] each. Times are microseconds.
-- Returns {word, ...}: {'limits', text}: the account's limits were learned by another process, come again with them;
--   {'seed'}: the counted windows are unknown here, come again with the ledger's counts; or
--   {'calls', epoch, per call: kind, wait, breaker's reason}. Kinds: 1 send after the wait; 2 the ticket is booked, come
--   back after the wait; 3 not booked, come back after the wait; 4 the breaker is open; 5 as 1, as the breaker's probe;
--   6 as 4, and first to come back: one ticket an opening, that it may probe before the others wake.
local bucket, breaker, booked, parked = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local interval, burst, lateness, hold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local windows = tonumber(ARGV[8])
local LIFE = 90000000 -- ms; a bucket outlives its longest window, a day
local FORGET = 600000000 -- us; tickets nobody came back for
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local function int(value) return string.format('%.0f', value) end

local state = redis.call('HMGET', bucket, 'tat', 'epoch', 'paused', 'learned', 'sent', 'last')
local learned = state[4] or ''
if learned ~= ARGV[6] then
  return {'limits', learned}
end
local tat, epoch = tonumber(state[1] or ''), state[2]
local paused, sent, last = tonumber(state[3] or '0'), tonumber(state[5] or '0'), tonumber(state[6] or '0')
local fields = 8
if not tat then
  for w = 1, windows do
    if tonumber(ARGV[fields + 4 * w]) < 0 then
      return {'seed'}
    end
  end
  -- Nothing is known: start empty, so that what was sent before cannot be joined by a burst.
  tat, epoch, sent, last = now + burst * interval, ARGV[5], 0, 0
  for w = 1, windows do
    redis.call('DEL', KEYS[4 + w])
    redis.call('HSET', bucket, 'seed' .. w, ARGV[fields + 4 * w], 'seeded' .. w, int(now), 'off' .. w, 0)
  end
end

local window, step = {}, interval
for w = 1, windows do
  local known = redis.call('HMGET', bucket, 'seed' .. w, 'seeded' .. w, 'off' .. w)
  local at = fields + 4 * w
  if not known[1] then -- a window that was learned only now counts from here
    known = {'0', int(now), '0'}
    redis.call('HSET', bucket, 'seed' .. w, 0, 'seeded' .. w, int(now), 'off' .. w, 0, 'base' .. w, sent)
  end
  window[w] = {
    count = tonumber(ARGV[at - 3]), length = tonumber(ARGV[at - 2]), group = tonumber(ARGV[at - 1]),
    seed = tonumber(known[1]), seeded = tonumber(known[2]), off = tonumber(known[3]),
    base = tonumber(redis.call('HGET', bucket, 'base' .. w) or '0'),
  }
  step = math.max(step, window[w].length / window[w].count)
end

local function earliest()
  local at = math.max(now, paused, last)
  if interval > 0 then
    at = math.max(at, tat - (burst - 1) * interval)
  end
  for w = 1, windows do
    local one = window[w]
    local mark = sent - one.base + one.seed + 1 - one.count -- this send must lie a window after that one
    if mark > 0 then
      local when = one.seeded
      if mark > one.seed then
        local index = math.ceil((mark - one.seed) / one.group) - 1 - one.off
        if index > 0 then
          redis.call('LTRIM', KEYS[4 + w], index, -1)
          one.off = one.off + index
          redis.call('HSET', bucket, 'off' .. w, one.off)
        end
        when = tonumber(redis.call('LINDEX', KEYS[4 + w], 0) or int(now))
      end
      at = math.max(at, when + one.length + lateness)
    end
  end
  return at
end

local function book(at)
  sent, last = sent + 1, at
  tat = math.max(tat, at) + interval
  for w = 1, windows do
    if (sent - window[w].base) % window[w].group == 0 then
      redis.call('RPUSH', KEYS[4 + w], int(at))
      redis.call('PEXPIRE', KEYS[4 + w], LIFE)
    end
  end
end

redis.call('ZREMRANGEBYSCORE', booked, '-inf', int(now - FORGET))
redis.call('ZREMRANGEBYSCORE', parked, '-inf', int(now - FORGET))
local lanes = redis.call('HMGET', bucket, 'park1', 'park2', 'park3', 'park4', 'park5')
local trouble = redis.call('HMGET', breaker, 'until', 'reason', 'probe', 'kind', 'prober', 'scout')
local opened, probed, prober = tonumber(trouble[1] or ''), tonumber(trouble[3] or '0'), trouble[5]
local scout = trouble[6]

local replies = {'calls', epoch}
for _, asked in ipairs(cjson.decode(ARGV[#ARGV])) do
  local ticket, lane, horizon = asked[1], asked[2], asked[3]
  local kind, at, reason
  -- whose permit as the probe grew old before it was used asks again, and still is the probe
  if opened and (now < opened or (now < probed and ticket ~= prober)) then
    kind, at, reason = 4, math.max(opened, probed), (trouble[4] or '') .. ':' .. (trouble[2] or '')
    if now < opened and not scout then
      scout = ticket
      redis.call('HSET', breaker, 'scout', ticket)
    end
    if now < opened and ticket == scout then
      kind = 6
    end
  else
    local had = tonumber(redis.call('ZSCORE', booked, ticket) or '')
    if had and had + lateness >= now and had >= paused then
      at = had
      if at <= now + hold then
        redis.call('ZREM', booked, ticket)
        kind = 1
      else
        kind = 2
      end
    else
      if had then
        redis.call('ZREM', booked, ticket)
      end
      local returned = had or redis.call('ZSCORE', parked, ticket)
      local line = 0 -- the end of the waiting line of this lane and of more urgent ones
      for l = 1, lane do
        line = math.max(line, tonumber(lanes[l] or '0'))
      end
      at = earliest()
      if at <= now + horizon and (returned or line <= now + hold) then
        book(at)
        redis.call('ZREM', parked, ticket)
        if at <= now + hold then
          kind = 1
        else
          kind = 2
          redis.call('ZADD', booked, int(at), ticket)
        end
      else
        kind = 3
        if not returned then
          at = math.max(at, line) + step
          lanes[lane] = int(at)
          redis.call('HSET', bucket, 'park' .. lane, lanes[lane])
        end
        redis.call('ZADD', parked, int(at), ticket)
      end
    end
    if opened and kind == 1 then
      kind, probed = 5, at + tonumber(ARGV[7])
      prober = ticket
      redis.call('HSET', breaker, 'probe', int(probed), 'prober', ticket)
    end
  end
  replies[#replies + 1] = kind
  replies[#replies + 1] = int(math.max(0, at - now))
  replies[#replies + 1] = reason or ''
end
redis.call('HSET', bucket, 'tat', int(tat), 'epoch', epoch, 'sent', int(sent), 'last', int(last))
redis.call('PEXPIRE', bucket, LIFE)
redis.call('PEXPIRE', booked, LIFE)
redis.call('PEXPIRE', parked, LIFE)
return replies
