-- include names
-- Read new entries from the lanes, most urgent first, with one budget over all of them.
-- COUNT of XREADGROUP is per stream: a plain read of five lanes with COUNT 10 returns up to 50.
-- While there are marks (cancels, pauses, moved jobs), each entry read is checked against them.
--
-- Entries of over-share or once paused workspaces wait in places of their own. The group cannot reach into a lane's
-- middle, so they are read by way of the stream ``fair``: after the two urgent lanes and before the others, half of
-- what is free, each place an equal part; and all that is left once the lanes are empty.
--
-- KEYS  1..n lane streams, n+1 fair, n+2 paused, n+3 cancels, n+4 moved, n+5 parked, n+6 cleared
-- ARGV  1 group, 2 consumer, 3 budget, 4 n lanes, 5 number of this pull (ageing, and turns between places),
--       6 newest schema of entries understood here, 7.. entries already read by the blocking reader:
--       lane number, entry id, ...
-- returns {paused (0|1), {{lane number, {{entry id, {field, value, ...}}, ...}, {numbers (from 1) of cancelled ones}}, ...}}
local lanes = tonumber(ARGV[4])
local group, consumer, budget = ARGV[1], ARGV[2], tonumber(ARGV[3])
local fair = lanes + 1
local paused_key, cancels_key, moved_key, parked_key = KEYS[lanes + 2], KEYS[lanes + 3], KEYS[lanes + 4], KEYS[lanes + 5]

local pauses = redis.call('HLEN', paused_key) > 0
local cancels = redis.call('ZCARD', cancels_key) > 0
local moved = redis.call('ZCARD', moved_key) > 0
local cleared = redis.call('EXISTS', KEYS[lanes + 6]) == 1
local queue_paused = pauses and redis.call('HEXISTS', paused_key, 'queue') == 1
local out = {}

-- Whether an entry was in its lane when the queue was cleared.
local function is_cleared(stream, id)
  local upto = redis.call('HGET', KEYS[lanes + 6], stream)
  if not upto then return false end
  return id == upto or before(id, upto)
end

local watched = pauses or cancels or moved or cleared

-- What becomes of an entry: it goes to the caller ('run', 'cancel'), or nowhere (nil: parked, or superseded).
local function verdict(stream, id, fields)
  if cleared and is_cleared(stream, id) then return 'cancel' end
  if not (pauses or cancels or moved) then return 'run' end
  local job, workspace, kind, generation = identify(stream, id, fields)
  local name = job_name(workspace, job)
  if cancels and redis.call('ZSCORE', cancels_key, name) then return 'cancel' end
  if moved then
    local counts = redis.call('ZSCORE', moved_key, name)
    if counts and generation < tonumber(counts) then
      redis.call('XACK', stream, group, id)
      redis.call('XDEL', stream, id)
      return nil
    end
  end
  if pauses then
    local place = nil
    if redis.call('HEXISTS', paused_key, 'workspace:' .. workspace) == 1 then place = 'workspace:' .. workspace
    elseif kind ~= '' and redis.call('HEXISTS', paused_key, 'kind:' .. kind) == 1 then place = 'kind:' .. kind
    -- booked out: urgent entries, and those that were taken before, have their turn all the same
    elseif generation == 0 and stream ~= KEYS[1] and stream ~= KEYS[2]
      and redis.call('HEXISTS', paused_key, 'booked:' .. kind) == 1 then place = 'booked:' .. kind end
    if place then
      park(group, stream, id, fields, parked_key, place, stream)
      return nil
    end
  end
  return 'run'
end

-- Hand a lane's entries to the caller; returns how many.
local function give(lane, entries)
  local given, cancelled = entries, {}
  local whole = not watched
  -- an entry deleted by hand between add and read comes back without fields
  for e = 1, whole and #entries or 0 do
    if not entries[e][2] then whole = false end
  end
  if not whole then
    given = {}
    for e = 1, #entries do
      local id, fields = entries[e][1], entries[e][2]
      local becomes = fields and verdict(KEYS[lane], id, fields)
      if becomes then
        given[#given + 1] = entries[e]
        if becomes == 'cancel' then cancelled[#cancelled + 1] = #given end
      end
    end
  end
  if #given > 0 then out[#out + 1] = {lane, given, cancelled} end
  return #given
end

for i = 7, #ARGV, 2 do
  local lane, id = tonumber(ARGV[i]), ARGV[i + 1]
  local found = redis.call('XRANGE', KEYS[lane], id, id)
  -- it may have waited here for a slot so long that somebody else has it now
  local p = redis.call('XPENDING', KEYS[lane], group, id, id, 1, consumer)
  if found[1] and p[1] and p[1][4] == 1 then budget = budget - give(lane, found) end
end

if queue_paused then return {1, out} end

local function read(lane, count)
  local reply = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'STREAMS', KEYS[lane], '>')
  if not reply then return 0 end
  local entries = reply[1][2]
  budget = budget - give(lane, entries)
  return #entries
end

local rotation = tonumber(ARGV[5])

local function unpark(most)
  local places = redis.call('HGETALL', parked_key)
  local open = {}
  for i = 1, #places, 2 do
    local place = places[i]
    local workspace = place:gsub('^share:', 'workspace:')
    local schema = place:match('^schema:(%d+)$')
    local newer = schema and tonumber(schema) > tonumber(ARGV[6])
    if not newer and redis.call('HEXISTS', paused_key, workspace) == 0 then open[#open + 1] = place end
  end
  if #open == 0 then return end
  local each = math.max(1, math.floor(most / #open))
  local moved_now = 0
  for n = 0, #open - 1 do
    if moved_now >= most then break end
    local place = open[(rotation + n) % #open + 1]
    local stream = parked_key .. ':' .. place
    local entries = redis.call('XRANGE', stream, '-', '+', 'COUNT', math.min(each, most - moved_now))
    for e = 1, #entries do
      redis.call('XADD', KEYS[fair], '*', unpack(entries[e][2]))
      redis.call('XDEL', stream, entries[e][1])
      redis.call('HINCRBY', parked_key, place, -1)
      moved_now = moved_now + 1
    end
    if redis.call('XLEN', stream) == 0 then
      redis.call('DEL', stream)
      redis.call('HDEL', parked_key, place)
    end
  end
end

local first = 0
if rotation > 0 and rotation % 50 == 0 then first = 2 + (rotation / 50) % (lanes - 1) end
if first > 0 and budget > 0 then read(first, 1) end

local function read_all(from, upto)
  for lane = from, upto do
    -- a lane whose head entries were all parked is read again, a bounded number of times
    for _ = 1, 20 do
      if budget <= 0 then return end
      local asked = budget
      if read(lane, asked) < asked then break end
    end
  end
end

local parked = redis.call('EXISTS', parked_key) == 1
read_all(1, 2)
if parked and budget > 0 then
  unpark(math.max(1, math.floor(budget / 2)))
end
read_all(fair, fair)
read_all(3, lanes)
if parked and budget > 0 then
  unpark(budget)
  read_all(fair, fair)
end
return {0, out}
