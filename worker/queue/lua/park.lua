-- include names
-- Move one entry that this consumer owns to a parking place: it is for workers of a newer version.
--
-- KEYS  1 stream, 2 parked
-- ARGV  1 group, 2 consumer, 3 entry id, 4 delivery count, 5 place, 6 lane stream it came from
-- returns 1, or 0 when this consumer does not own the entry
local p = redis.pcall('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])
if p.err or not p[1] or p[1][4] ~= tonumber(ARGV[4]) then return 0 end
local found = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])
if found[1] then
  park(ARGV[1], KEYS[1], ARGV[3], found[1][2], KEYS[2], ARGV[5], ARGV[6])
else
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
end
return 1
