-- For each question: keep its answer, if there is one, and give the lease back, if it is still the caller's.
-- All answers together stay within a byte budget; the oldest go first.
-- KEYS: order (list of "<bytes> <key>"), size (bytes), then answer, flight, per question.
-- ARGV: budget (bytes), then token, answer ('' for none), life (ms), per question.
local order, size, budget = KEYS[1], KEYS[2], tonumber(ARGV[1])
for n = 1, #KEYS / 2 - 1 do
  local answer, flight = KEYS[2 * n + 1], KEYS[2 * n + 2]
  local token, value, life = ARGV[3 * n - 1], ARGV[3 * n], ARGV[3 * n + 1]
  if value ~= '' then
    redis.call('SET', answer, value, 'PX', life)
    local bytes = #value + 300 -- keys and bookkeeping take room too
    redis.call('RPUSH', order, bytes .. ' ' .. answer)
    redis.call('INCRBY', size, bytes)
  end
  if redis.call('GET', flight) == token then
    redis.call('DEL', flight)
  end
end
local used = tonumber(redis.call('GET', size) or '0')
while used > budget do
  local oldest = redis.call('LPOP', order)
  if not oldest then
    redis.call('DEL', size)
    break
  end
  local space = string.find(oldest, ' ', 1, true)
  redis.call('DEL', string.sub(oldest, space + 1))
  used = redis.call('DECRBY', size, string.sub(oldest, 1, space - 1))
end
return used
