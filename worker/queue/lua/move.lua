-- include names
-- Give a job that waits in a lane another one: a new entry in the next generation, and a mark that the old one is void.
-- Only entries that nobody has read: what runs keeps its lane.
--
-- KEYS  1 lane stream to look through, 2 lane stream it goes to, 3 moved
-- ARGV  1 group, 2 job name, 3 entry id to look after ('' for where the group stands), 4 most entries to look at
-- returns {1 when it was found and moved, entry id to go on after ('' at the end)}
local stream, name = KEYS[1], ARGV[2]
local from = read_through(stream, ARGV[1]) or '0-0'
if ARGV[3] ~= '' and before(from, ARGV[3]) then from = ARGV[3] end
local entries = redis.call('XRANGE', stream, '(' .. from, '+', 'COUNT', ARGV[4])
local counts = redis.call('ZSCORE', KEYS[3], name)
for e = 1, #entries do
  local id, fields = entries[e][1], entries[e][2]
  local job, workspace, _, generation, named = identify(stream, id, fields)
  if job_name(workspace, job) == name and not (counts and generation < tonumber(counts)) then
    redis.call('XADD', KEYS[2], '*', unpack(in_next_generation(fields, job, named, generation)))
    redis.call('ZADD', KEYS[3], generation + 1, name)
    return {1, ''}
  end
end
return {0, #entries == tonumber(ARGV[4]) and entries[#entries][1] or ''}
