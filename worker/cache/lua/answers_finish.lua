-- For each question: give the lease back, if it is still the caller's, and see to the hot copy of its answer.
-- An answer becomes hot when it is asked for again: most never are, and PostgreSQL has them all. An older copy goes.
-- All copies together stay within a byte budget; the oldest go first.
-- KEYS: any key of the slot. ARGV: prefix, budget (bytes), JSON: [name, token, step, life (ms)] each, then the copies
-- of those with step 2, in order. Steps: 0 there is no answer, 1 there is one, 2 here is its copy, 3 it shall have none.
-- Returns the places (from 0) of answers that others wait for: their leases stay until the copy is sent.
local prefix, budget = ARGV[1], tonumber(ARGV[2])
local order, size = prefix .. ':order', prefix .. ':size'
local at, added, wanted = 4, 0, {}
for n, question in ipairs(cjson.decode(ARGV[3])) do
  local answer, flight = prefix .. ':a:' .. question[1], prefix .. ':f:' .. question[1]
  local token, step = question[2], question[3]
  local held = redis.call('GET', flight)
  local waited = held == token .. '*'
  if step == 1 and waited then
    wanted[#wanted + 1] = n - 1
  else
    if step == 2 then
      local value = ARGV[at]
      at = at + 1
      redis.call('SET', answer, value, 'PX', question[4])
      local bytes = #value + 300 -- keys and bookkeeping take room too
      redis.call('RPUSH', order, bytes .. ' ' .. answer)
      added = added + bytes
    elseif step > 0 then
      redis.call('DEL', answer)
    end
    if waited or held == token then
      redis.call('DEL', flight)
    end
  end
end
if added > 0 then
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
end
return wanted
