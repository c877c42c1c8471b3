-- include names
-- Give entries that wait in a lane places of their own, by workspace. A copy goes to the place, in the next generation.
--
-- KEYS  1 lane stream, 2 parked, 3 moved, 4 paused
-- ARGV  1 group, 2 most entries a workspace may have in its place, 3.. entry ids
-- returns {copied, 1 when a place was full}
local stream = KEYS[1]
local last = read_through(stream, ARGV[1])
local copied, full = 0, 0
for a = 3, last and #ARGV or 0 do
  local id = ARGV[a]
  local found = before(last, id) and redis.call('XRANGE', stream, id, id) or {}
  if found[1] then
    local fields = found[1][2]
    local job, workspace, _, generation, named = identify(stream, id, fields)
    local place = 'share:' .. workspace
    if redis.call('HEXISTS', KEYS[4], 'workspace:' .. workspace) == 1 then
      -- it is parked when it is read, until it is resumed
    elseif tonumber(redis.call('HGET', KEYS[2], place) or '0') >= tonumber(ARGV[2]) then
      full = 1
    else
      local name = job_name(workspace, job)
      local counts = redis.call('ZSCORE', KEYS[3], name)
      if not counts or tonumber(counts) <= generation then
        local copy = in_next_generation(fields, job, named, generation)
        copy[#copy + 1] = '_lane'
        copy[#copy + 1] = stream
        redis.call('XADD', KEYS[2] .. ':' .. place, '*', unpack(copy))
        redis.call('HINCRBY', KEYS[2], place, 1)
        redis.call('ZADD', KEYS[3], generation + 1, name)
        copied = copied + 1
      end
    end
  end
end
return {copied, full}
