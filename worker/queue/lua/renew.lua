-- Renew the lease of entries that this consumer still owns in the delivery it knows.
-- XCLAIM JUSTID resets the idle time and leaves the delivery count alone; a claim by an old owner would steal the
-- entry back from its new one, so ownership is checked first.
--
-- KEYS  1 lane stream
-- ARGV  1 group, 2 consumer, 3 most entries owned here, then entry id, delivery count, ...
-- returns {ids that are no longer this consumer's}
local owned = {}
local p = redis.pcall('XPENDING', KEYS[1], ARGV[1], '-', '+', ARGV[3], ARGV[2])
if p.err then p = {} end
for i = 1, #p do owned[p[i][1]] = p[i][4] end
local lost, mine = {}, {}
for i = 4, #ARGV, 2 do
  if owned[ARGV[i]] == tonumber(ARGV[i + 1]) then mine[#mine + 1] = ARGV[i] else lost[#lost + 1] = ARGV[i] end
end
for from = 1, #mine, 1000 do
  local claim = {'XCLAIM', KEYS[1], ARGV[1], ARGV[2], '0'}
  for i = from, math.min(from + 999, #mine) do claim[#claim + 1] = mine[i] end
  claim[#claim + 1] = 'JUSTID'
  redis.call(unpack(claim))
end
return lost
