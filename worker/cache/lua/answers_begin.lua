-- For each question: its answer, or the lease to ask it, or word that somebody else is asking.
-- KEYS: any key of the slot. ARGV: prefix, then JSON: [name, earliest observation (ms), lease (ms), token] each.
-- Returns per question: the stored answer, 1 (the lease is the caller's), 0 (another holds it).
local replies = {}
for n, question in ipairs(cjson.decode(ARGV[2])) do
  local answer, flight = ARGV[1] .. ':a:' .. question[1], ARGV[1] .. ':f:' .. question[1]
  local stored = redis.call('GET', answer)
  if stored and tonumber(string.sub(stored, 1, 13)) >= question[2] then
    replies[n] = stored
  elseif redis.call('SET', flight, question[4], 'NX', 'PX', question[3]) or redis.call('GET', flight) == question[4] then
    replies[n] = 1
  else
    replies[n] = 0
  end
end
return replies
