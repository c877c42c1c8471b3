-- Open an account's breaker, for every process; each opening in a row lasts twice as long as the one before.
-- KEYS: breaker. ARGV: kind, reason, seconds, at most seconds, life (ms). Returns how long it is open (microseconds).
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local opened = tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
local strikes = tonumber(redis.call('HGET', KEYS[1], 'strikes') or '0')
if opened > now then -- calls that were under way when it opened are no further strike
  strikes = strikes - 1
else
  redis.call('HDEL', KEYS[1], 'scout')
end
local lasts = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ math.max(0, strikes)) * 1000000
opened = math.max(opened, now + lasts)
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', opened), 'kind', ARGV[1], 'reason', ARGV[2],
  'strikes', math.max(0, strikes) + 1, 'probe', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return string.format('%.0f', opened - now)
