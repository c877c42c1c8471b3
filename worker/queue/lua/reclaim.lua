-- Take over entries whose owner has let the lease lapse.
-- XAUTOCLAIM looks at no more than 10 x COUNT entries a call: without the cursor, stale entries behind a few hundred
-- live ones are never reached. The cursor is kept by the caller and walked on here within a bound.
--
-- KEYS  1 lane stream
-- ARGV  1 group, 2 consumer, 3 lease (ms), 4 cursor, 5 most entries to take, 6 most XAUTOCLAIM calls
-- returns {next cursor, {{entry id, delivery count, {field, value, ...}}, ...}}
local cursor, out = ARGV[4], {}
local want = tonumber(ARGV[5])
for _ = 1, tonumber(ARGV[6]) do
  local reply = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], cursor, 'COUNT', want - #out)
  cursor = reply[1]
  for i = 1, #reply[2] do
    local id, fields = reply[2][i][1], reply[2][i][2]
    if fields then
      local p = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)
      out[#out + 1] = {id, p[1] and p[1][4] or 1, fields}
    else
      redis.call('XACK', KEYS[1], ARGV[1], id)
    end
  end
  if cursor == '0-0' or #out >= want then break end
end
return {cursor, out}
