-- Move one entry that this consumer owns to a parking place: it is for workers of a newer version.
--
-- KEYS  1 stream, 2 parked
-- ARGV  1 group, 2 consumer, 3 entry id, 4 delivery count, 5 place, 6 lane stream it came from
-- returns 1, or 0 when this consumer does not own the entry
local p = redis.pcall('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])
if p.err or not p[1] or p[1][4] ~= tonumber(ARGV[4]) then return 0 end
local found = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])
if found[1] then
  local copy, named, fields = {}, false, found[1][2]
  for i = 1, #fields, 2 do
    if fields[i] == 'id' or fields[i] == '_id' then named = true end
    if fields[i] ~= '_lane' then
      copy[#copy + 1] = fields[i]
      copy[#copy + 1] = fields[i + 1]
    end
  end
  if not named then copy[#copy + 1] = '_id'; copy[#copy + 1] = KEYS[1] .. '/' .. ARGV[3] end
  copy[#copy + 1] = '_lane'
  copy[#copy + 1] = ARGV[6]
  redis.call('XADD', KEYS[2] .. ':' .. ARGV[5], '*', unpack(copy))
  redis.call('HINCRBY', KEYS[2], ARGV[5], 1)
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
return 1
