-- Take, keep or (life 0) give back a turn that one consumer at a time has.
--
-- KEYS  1 the turn
-- ARGV  1 consumer, 2 life (ms)
-- returns 1 when the turn is this consumer's (or was, and is given back)
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1
