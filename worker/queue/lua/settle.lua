-- End runs whose verdict PostgreSQL has taken: acknowledge, delete, and write what producers read.
-- XACK succeeds even for a worker whose entry another consumer has claimed, so each entry's owner and delivery
-- count are checked first, with one XPENDING range per group.
--
-- KEYS  1..n streams, n+1 delayed, n+2 delayed entries, n+3 events, n+4 and n+5 result bytes of this and the
--       last life span
-- ARGV  1 group, 2 consumer, 3 n streams, 4 most entries owned here, 5 life of a job hash (ms), 6 result byte budget,
--       7 prefix of job hashes, 8 most events kept, then groups of items that share all of the first four:
--       stream number, delivery count, action, status, smallest id, largest id, n items,
--       then for each item: entry id, job name ('' when it is <stream>/<entry id>), long value, due (ms; only 'later')
--       action: 'ack' only; 'done' also writes the hash (long value: result JSON) and tells of it in the events;
--       'later' also schedules the long value, an entry as JSON
-- A key of another type where a job's hash should be costs only that hash.
-- returns {entry ids with their streams' numbers that this consumer did not own: number, id, ...}
local streams = tonumber(ARGV[3])
local group, consumer, owned_most = ARGV[1], ARGV[2], ARGV[4]
local delayed, delayed_entries, events = KEYS[streams + 1], KEYS[streams + 2], KEYS[streams + 3]
local bytes_now, bytes_before = KEYS[streams + 4], KEYS[streams + 5]
local life, budget, prefix, most_events = ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8]
local call, pcall = redis.call, redis.pcall

local refused = {}
local ended = {}
local spent = tonumber(call('GET', bytes_now) or '0') + tonumber(call('GET', bytes_before) or '0')
local written = 0

local function end_with(hash, status, result)
  if result ~= '' and spent + written + #result <= budget then
    pcall('HSET', hash, 'status', status, 'result', result)
    written = written + #result
  else
    pcall('HDEL', hash, 'result')
    pcall('HSET', hash, 'status', status, 'result_omitted', 'see enrichment_jobs.result')
  end
  call('PEXPIRE', hash, life)
end

local at = 9
while ARGV[at] do
  local stream, count, action, status = KEYS[tonumber(ARGV[at])], tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3]
  local number, size = ARGV[at], tonumber(ARGV[at + 6])
  local owned = {}
  local p = pcall('XPENDING', stream, group, ARGV[at + 4], ARGV[at + 5], owned_most, consumer)
  if not p.err then
    for i = 1, #p do owned[p[i][1]] = p[i][4] end
  end
  local step = action == 'later' and 4 or 3
  at = at + 7
  local ids = {}
  for from = at, at + (size - 1) * step, step do
    local id = ARGV[from]
    if owned[id] == count then
      ids[#ids + 1] = id
      if action ~= 'ack' then
        local name = ARGV[from + 1]
        if name == '' then name = stream .. '/' .. id end
        if action == 'done' then
          end_with(prefix .. name, status, ARGV[from + 2])
          ended[#ended + 1] = name
          ended[#ended + 1] = status
        else
          local hash, due = prefix .. name, ARGV[from + 3]
          call('ZADD', delayed, due, name)
          call('HSET', delayed_entries, name, ARGV[from + 2])
          pcall('HSET', hash, 'status', status, 'due', due)
          call('PEXPIRE', hash, life)
        end
      end
    else
      refused[#refused + 1] = number
      refused[#refused + 1] = id
    end
  end
  at = at + size * step
  for from = 1, #ids, 1000 do
    local upto = math.min(from + 999, #ids)
    call('XACK', stream, group, unpack(ids, from, upto))
    call('XDEL', stream, unpack(ids, from, upto))
  end
end

for from = 1, #ended, 1000 do
  call('XADD', events, 'MAXLEN', '~', most_events, '*', unpack(ended, from, math.min(from + 999, #ended)))
end

if written > 0 then
  call('INCRBY', bytes_now, written)
  call('PEXPIRE', bytes_now, tonumber(life) * 2)
end
return refused
