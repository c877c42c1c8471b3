-- Hand entries back that were read but not run to an end: at once reclaimable, no delivery counted.
--
-- KEYS  1 lane stream
-- ARGV  1 group, 2 consumer, 3 idle time to show (ms, above every lease), 4 most entries owned here,
--       then entry id, delivery count, ...
-- returns how many were handed back
local owned = {}
local p = redis.pcall('XPENDING', KEYS[1], ARGV[1], '-', '+', ARGV[4], ARGV[2])
if p.err then return 0 end
for i = 1, #p do owned[p[i][1]] = p[i][4] end
local done = 0
for i = 5, #ARGV, 2 do
  local id, count = ARGV[i], tonumber(ARGV[i + 1])
  if owned[id] == count then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], '0', id, 'IDLE', ARGV[3], 'RETRYCOUNT', count - 1, 'JUSTID')
    done = done + 1
  end
end
return done
