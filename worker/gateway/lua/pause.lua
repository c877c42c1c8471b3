-- No sends for a while, for every process: reservations made so far no longer hold, and booked tickets queue anew.
-- KEYS: bucket, booked, parked. ARGV: pause (microseconds), fresh epoch. Returns the pause that now holds.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local function int(value) return string.format('%.0f', value) end
local state = redis.call('HMGET', KEYS[1], 'paused', 'tat')
local paused = math.max(now + tonumber(ARGV[1]), tonumber(state[1] or '0'))
redis.call('HSET', KEYS[1], 'paused', int(paused), 'epoch', ARGV[2])
if state[2] then
  redis.call('HSET', KEYS[1], 'tat', int(paused), 'last', int(paused))
end
redis.call('PEXPIRE', KEYS[1], 90000000)
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('ZUNIONSTORE', KEYS[3], 2, KEYS[2], KEYS[3])
  redis.call('PEXPIRE', KEYS[3], 90000000)
  redis.call('DEL', KEYS[2])
end
return int(paused - now)
