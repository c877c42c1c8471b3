-- Move entries that are due from the delayed set to their lanes. Any number of workers may call this.
--
-- KEYS  1 delayed, 2 delayed entries, 3.. lane streams
-- ARGV  1 most entries to move
-- returns {moved, next due time (ms) or -1}
local now = redis.call('TIME')
local now_ms = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now_ms, 'LIMIT', 0, ARGV[1])
for i = 1, #due do
  local packed = redis.call('HGET', KEYS[2], due[i])
  if packed then
    local entry = cjson.decode(packed)
    redis.call('XADD', entry[1], '*', unpack(entry, 2))
  end
  redis.call('ZREM', KEYS[1], due[i])
  redis.call('HDEL', KEYS[2], due[i])
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {#due, first[2] and tostring(first[2]) or '-1'}
