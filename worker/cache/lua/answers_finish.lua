-- For each question: keep its answer, if there is one, and give the lease back, if it is still the caller's.
-- All answers together stay within a byte budget; the oldest go first.
-- KEYS: any key of the slot. ARGV: prefix, budget (bytes), JSON: [name, token, life (ms, 0 for no answer)] each,
-- then the answers, in order, of those that have one.
local prefix, budget = ARGV[1], tonumber(ARGV[2])
local order, size = prefix .. ':order', prefix .. ':size'
local at, added = 4, 0
for _, question in ipairs(cjson.decode(ARGV[3])) do
  local answer, flight = prefix .. ':a:' .. question[1], prefix .. ':f:' .. question[1]
  if question[3] > 0 then
    local value = ARGV[at]
    at = at + 1
    redis.call('SET', answer, value, 'PX', question[3])
    local bytes = #value + 300 -- keys and bookkeeping take room too
    redis.call('RPUSH', order, bytes .. ' ' .. answer)
    added = added + bytes
  end
  if redis.call('GET', flight) == question[2] then
    redis.call('DEL', flight)
  end
end
local used = redis.call('INCRBY', size, added)
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
