-- For each question: its answer, or the lease to ask it, or word that somebody else is asking.
-- KEYS: answer, flight, per question. ARGV: earliest observation (ms), lease (ms), token, per question.
-- Returns per question: the stored answer, 1 (the lease is the caller's), 0 (another holds it).
local replies = {}
for n = 1, #KEYS / 2 do
  local answer, flight = KEYS[2 * n - 1], KEYS[2 * n]
  local earliest, lease, token = ARGV[3 * n - 2], ARGV[3 * n - 1], ARGV[3 * n]
  local stored = redis.call('GET', answer)
  if stored and tonumber(string.sub(stored, 1, 13)) >= tonumber(earliest) then
    replies[n] = stored
  elseif redis.call('SET', flight, token, 'NX', 'PX', lease) then
    replies[n] = 1
  elseif redis.call('GET', flight) == token then
    replies[n] = 1
  else
    replies[n] = 0
  end
end
return replies
