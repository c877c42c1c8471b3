-- End runs whose verdict PostgreSQL has taken: acknowledge, delete, and write what producers read.
-- XACK succeeds even for a worker whose entry another consumer has claimed, so each entry's owner and delivery
-- count are checked first, with one XPENDING range per lane.
--
-- KEYS  1..n lane streams, n+1 delayed, n+2 delayed entries, n+3 events, n+4 and n+5 result bytes of this and the
--       last life span; the job hashes follow from ARGV[7]
-- ARGV  1 group, 2 consumer, 3 n lanes, 4 most entries owned here, 5 life of a job hash (ms), 6 result byte budget,
--       7 prefix of job hashes, 8 most events kept, 9 JSON list of items:
--       [stream number, entry id, delivery count, action, job name, status, due (ms)],
--       10.. an item's long value, in the same order: result JSON, or entry JSON for 'later'
--       action: 'ack' only; 'done' also writes the hash and tells of it in the events; 'later' also schedules the entry JSON
-- A key of another type where a job's hash should be costs only that hash.
-- returns {item numbers (from 1) that this consumer did not own}
local lanes = tonumber(ARGV[3])
local group, consumer = ARGV[1], ARGV[2]
local delayed, delayed_entries, events = KEYS[lanes + 1], KEYS[lanes + 2], KEYS[lanes + 3]
local bytes_now, bytes_before = KEYS[lanes + 4], KEYS[lanes + 5]
local life, budget, prefix, most_events = ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8]

local items = cjson.decode(ARGV[9])
local by_lane = {}
for n = 1, #items do
  local lane = items[n][1]
  local list = by_lane[lane]
  if not list then
    list = {}
    by_lane[lane] = list
  end
  list[#list + 1] = n
end

local refused = {}
local ended = {}
local spent = tonumber(redis.call('GET', bytes_now) or '0') + tonumber(redis.call('GET', bytes_before) or '0')
local written = 0

for lane, list in pairs(by_lane) do
  local stream = KEYS[lane]
  local owned = {}
  if #list == 1 then
    local id = items[list[1]][2]
    local p = redis.pcall('XPENDING', stream, group, id, id, 1, consumer)
    if not p.err and p[1] then owned[p[1][1]] = p[1][4] end
  else
    local p = redis.pcall('XPENDING', stream, group, '-', '+', ARGV[4], consumer)
    if not p.err then
      for i = 1, #p do owned[p[i][1]] = p[i][4] end
    end
  end
  local ids = {}
  for i = 1, #list do
    local item, long = items[list[i]], ARGV[9 + list[i]]
    local id, action = item[2], item[4]
    if owned[id] == item[3] then
      ids[#ids + 1] = id
      if action ~= 'ack' then
        local name, status = item[5], item[6]
        local hash = prefix .. name
        if action == 'later' then
          redis.call('ZADD', delayed, string.format('%.0f', item[7]), name)
          redis.call('HSET', delayed_entries, name, long)
          redis.pcall('HSET', hash, 'status', status, 'due', string.format('%.0f', item[7]))
        else
          if long ~= '' and spent + written + #long <= budget then
            redis.pcall('HSET', hash, 'status', status, 'result', long)
            written = written + #long
          else
            redis.pcall('HDEL', hash, 'result')
            redis.pcall('HSET', hash, 'status', status, 'result_omitted', 'see enrichment_jobs.result')
          end
          ended[#ended + 1] = name
          ended[#ended + 1] = status
        end
        redis.call('PEXPIRE', hash, life)
      end
    else
      refused[#refused + 1] = list[i]
    end
  end
  for from = 1, #ids, 1000 do
    local upto = math.min(from + 999, #ids)
    redis.call('XACK', stream, group, unpack(ids, from, upto))
    redis.call('XDEL', stream, unpack(ids, from, upto))
  end
end

for from = 1, #ended, 1000 do
  redis.call('XADD', events, 'MAXLEN', '~', most_events, '*', unpack(ended, from, math.min(from + 999, #ended)))
end

if written > 0 then
  redis.call('INCRBY', bytes_now, written)
  redis.call('PEXPIRE', bytes_now, tonumber(life) * 2)
end
return refused
