-- include names
-- The jobs whose entries some consumer has read and not yet settled, living or dead.
--
-- KEYS  1 lane stream
-- ARGV  1 group, 2 entry id to begin at, 3 most entries
-- returns {job names}
local p = redis.pcall('XPENDING', KEYS[1], ARGV[1], ARGV[2], '+', ARGV[3])
if p.err then return {} end
local names = {}
for i = 1, #p do
  local found = redis.call('XRANGE', KEYS[1], p[i][1], p[i][1])
  if found[1] then
    local job, workspace = identify(KEYS[1], found[1][1], found[1][2])
    names[#names + 1] = job_name(workspace, job)
  end
end
return names
