-- Remove consumers from the group that own nothing: DELCONSUMER drops what is pending, so only those with none.
--
-- KEYS  1 stream
-- ARGV  1 group, 2 consumer, or '' for every consumer idle for longer than 3 (ms)
-- returns how many were removed
local removed = 0
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if consumers.err then return 0 end
for c = 1, #consumers do
  local info = {}
  for i = 1, #consumers[c], 2 do info[consumers[c][i]] = consumers[c][i + 1] end
  local asked = ARGV[2] == info['name'] or (ARGV[2] == '' and info['idle'] > tonumber(ARGV[3]))
  if asked and info['pending'] == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], info['name'])
    removed = removed + 1
  end
end
return removed
