-- include names
-- Look through a long lane for workspaces other than the one at its head, and give them a place of their own.
-- A copy goes to the place, in the next generation.
--
-- KEYS  1 lane stream, 2 scout, 3 parked, 4 moved, 5 paused
-- ARGV  1 group, 2 entries behind the head that make a lane long, 3 most entries to look at,
--       4 most entries a workspace may have in its place
-- returns {looked at, copied}
local stream, group = KEYS[1], ARGV[1]
local last, lag = read_through(stream, group)
if not last then return {0, 0} end
if not lag then lag = redis.call('XLEN', stream) end
if lag < tonumber(ARGV[2]) then
  redis.call('HDEL', KEYS[2], stream)
  return {0, 0}
end

local head = redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', 1)
if not head[1] then return {0, 0} end
local _, dominant = identify(stream, head[1][1], head[1][2])

local from = redis.call('HGET', KEYS[2], stream)
if not from or before(from, last) then from = last end
local entries = redis.call('XRANGE', stream, '(' .. from, '+', 'COUNT', ARGV[3])
local copied, full = 0, false
for e = 1, #entries do
  local id, fields = entries[e][1], entries[e][2]
  local job, workspace, _, generation, named = identify(stream, id, fields)
  if workspace ~= dominant and redis.call('HEXISTS', KEYS[5], 'workspace:' .. workspace) == 0 then
    local place = 'share:' .. workspace
    local held = tonumber(redis.call('HGET', KEYS[3], place) or '0')
    if held >= tonumber(ARGV[4]) then
      full = true
    else
      local name = job_name(workspace, job)
      local counts = redis.call('ZSCORE', KEYS[4], name)
      if not counts or tonumber(counts) <= generation then
        local copy = in_next_generation(fields, job, named, generation)
        copy[#copy + 1] = '_lane'
        copy[#copy + 1] = stream
        redis.call('XADD', KEYS[3] .. ':' .. place, '*', unpack(copy))
        redis.call('HINCRBY', KEYS[3], place, 1)
        redis.call('ZADD', KEYS[4], generation + 1, name)
        copied = copied + 1
      end
    end
  end
end
if #entries < tonumber(ARGV[3]) and full then
  -- the end was reached with some left out: begin again at the head
  redis.call('HDEL', KEYS[2], stream)
elseif #entries > 0 then
  redis.call('HSET', KEYS[2], stream, entries[#entries][1])
end
return {#entries, copied}
