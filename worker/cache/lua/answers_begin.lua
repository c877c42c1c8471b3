-- For each question: its answer, or the lease to ask it, or word that somebody else is asking.
-- KEYS: any key of the slot. ARGV: prefix, then JSON: [name, earliest observation (ms), lease (ms), token] each.
-- Returns per question: the stored answer, 1 (the lease is the caller's), 0 (another holds it: a star behind its token
-- says that somebody waits).
local replies = {}
for n, question in ipairs(cjson.decode(ARGV[2])) do
  local answer, flight = ARGV[1] .. ':a:' .. question[1], ARGV[1] .. ':f:' .. question[1]
  local stored, token = redis.call('GET', answer), question[4]
  replies[n] = 1
  if stored and tonumber(string.sub(stored, 1, 13)) >= question[2] then
    replies[n] = stored
  elseif not redis.call('SET', flight, token, 'NX', 'PX', question[3]) then
    local held = redis.call('GET', flight)
    if held ~= token and held ~= token .. '*' then
      replies[n] = 0
      if string.sub(held, -1) ~= '*' then
        redis.call('SET', flight, held .. '*', 'KEEPTTL')
      end
    end
  end
end
return replies
