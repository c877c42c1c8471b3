-- Does a reservation still hold, after it has been waited for? KEYS: bucket, breaker. ARGV: epoch, probe (1 or 0).
-- Returns 1, or 0 when the bucket was paused or lost since, or the account's breaker opened.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then
  return 0
end
if ARGV[2] == '0' then
  local opened = tonumber(redis.call('HGET', KEYS[2], 'until') or '')
  local clock = redis.call('TIME')
  if opened and tonumber(clock[1]) * 1000000 + tonumber(clock[2]) < opened then
    return 0
  end
end
return 1
