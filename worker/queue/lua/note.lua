-- Tell producers that jobs are being worked on: only those whose entries this consumer still owns, so that a run that
-- was settled in the meantime keeps its last word.
--
-- KEYS  the streams
-- ARGV  1 group, 2 consumer, 3 prefix of job hashes, 4 life of a job hash (ms),
--       then stream number, entry id, job name, ...
-- returns how many were noted
local noted = 0
for i = 5, #ARGV, 3 do
  local p = redis.pcall('XPENDING', KEYS[tonumber(ARGV[i])], ARGV[1], ARGV[i + 1], ARGV[i + 1], 1, ARGV[2])
  if not p.err and p[1] then
    local hash = ARGV[3] .. ARGV[i + 2]
    redis.pcall('HSET', hash, 'status', 'processing', 'worker', ARGV[2])
    redis.call('PEXPIRE', hash, ARGV[4])
    noted = noted + 1
  end
end
return noted
