-- Put one entry among the dead letters and acknowledge it, if this consumer still owns it.
--
-- KEYS  1 lane stream, 2 dead, 3 events, 4 job hash ('' when the entry never became a job: then KEYS has only 3)
-- ARGV  1 group, 2 consumer, 3 entry id, 4 delivery count, 5 most dead letters kept, 6 most events kept,
--       7 life of a job hash (ms), 8 job name, 9 result JSON, then the dead letter's fields: field, value, ...
-- returns 1, or 0 when this consumer does not own the entry
local p = redis.pcall('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])
if p.err or not p[1] or p[1][4] ~= tonumber(ARGV[4]) then return 0 end
local letter = {}
for i = 10, #ARGV do letter[#letter + 1] = ARGV[i] end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', unpack(letter))
if ARGV[8] ~= '' then redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[6], '*', ARGV[8], 'dead_letter') end
if KEYS[4] then
  redis.pcall('HSET', KEYS[4], 'status', 'dead_letter', 'result', ARGV[9])
  redis.call('PEXPIRE', KEYS[4], ARGV[7])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
return 1
