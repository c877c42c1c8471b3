-- Read new entries from the lanes, most urgent first, with one budget over all of them.
-- COUNT of XREADGROUP is per stream: a plain read of five lanes with COUNT 10 returns up to 50.
-- While there are marks (cancels, pauses, moved jobs), each entry read is checked against them.
--
-- KEYS  1..n lane streams, n+1 paused, n+2 cancels, n+3 moved, n+4 parked, n+5 delayed (unused here)
-- ARGV  1 group, 2 consumer, 3 budget, 4 n lanes, 5 lane to read first for ageing (0: strict order),
--       6.. entries already read by the blocking reader: lane number, entry id, ...
-- returns {paused (0|1), {{lane number, entry id, mark, {field, value, ...}}, ...}}
--         mark: '' | 'cancel'
local lanes = tonumber(ARGV[4])
local group, consumer, budget = ARGV[1], ARGV[2], tonumber(ARGV[3])
local paused_key, cancels_key, moved_key, parked_key = KEYS[lanes + 1], KEYS[lanes + 2], KEYS[lanes + 3], KEYS[lanes + 4]

local pauses = redis.call('HLEN', paused_key) > 0
local cancels = redis.call('ZCARD', cancels_key) > 0
local moved = redis.call('ZCARD', moved_key) > 0
local queue_paused = pauses and redis.call('HEXISTS', paused_key, 'queue') == 1
local out = {}

local function escape(part)
  return (part:gsub('%%', '%%%%25'):gsub(':', '%%3A'))
end

-- The names an entry goes by, without parsing more of it than needed.
local function identify(stream, id, fields)
  local job, workspace, kind, generation, nested
  for i = 1, #fields, 2 do
    local name, value = fields[i], fields[i + 1]
    if name == 'id' or name == '_id' then job = value
    elseif name == 'workspaceId' or name == 'workspace_id' then workspace = value
    elseif name == 'type' then kind = value
    elseif name == '_gen' then generation = tonumber(value)
    elseif name == 'payload' or name == 'data' then nested = value end
  end
  if nested and not (job and workspace and kind) then
    local ok, object = pcall(cjson.decode, nested)
    if ok and type(object) == 'table' then
      if type(object.id) == 'string' then job = job or object.id
      elseif type(object.id) == 'number' then job = job or string.format('%.0f', object.id) end
      local space = object.workspaceId or object.workspace_id
      if type(space) == 'string' then workspace = workspace or space end
      if type(object.type) == 'string' then kind = kind or object.type end
    end
  end
  job = job or (stream .. '/' .. id)
  local name = escape(job)
  if workspace and workspace ~= '' and workspace ~= 'default' then name = escape(workspace) .. ':' .. name
  else workspace = 'default' end
  return name, workspace, kind or '', generation or 0
end

-- Move an entry aside: the group cannot skip it, and nobody may run it now.
local function park(stream, id, fields, place, generation)
  local parked = parked_key .. ':' .. place
  local copy, named, raised = {}, false, false
  for i = 1, #fields, 2 do
    local name, value = fields[i], fields[i + 1]
    if name == '_gen' then value = tostring(generation + 1); raised = true end
    if name == 'id' or name == '_id' then named = true end
    copy[#copy + 1] = name
    copy[#copy + 1] = value
  end
  if not raised then copy[#copy + 1] = '_gen'; copy[#copy + 1] = tostring(generation + 1) end
  if not named then copy[#copy + 1] = '_id'; copy[#copy + 1] = stream .. '/' .. id end
  copy[#copy + 1] = '_lane'; copy[#copy + 1] = stream
  redis.call('XADD', parked, '*', unpack(copy))
  redis.call('HINCRBY', parked_key, place, 1)
  redis.call('XACK', stream, group, id)
  redis.call('XDEL', stream, id)
end

local function admit(lane, stream, id, fields)
  if not (pauses or cancels or moved) then
    out[#out + 1] = {lane, id, '', fields}
    return 1
  end
  local name, workspace, kind, generation = identify(stream, id, fields)
  if cancels and redis.call('ZSCORE', cancels_key, name) then
    out[#out + 1] = {lane, id, 'cancel', fields}
    return 1
  end
  if moved then
    local counts = redis.call('ZSCORE', moved_key, name)
    if counts and generation < tonumber(counts) then
      redis.call('XACK', stream, group, id)
      redis.call('XDEL', stream, id)
      return 0
    end
  end
  if pauses then
    local place = nil
    if redis.call('HEXISTS', paused_key, 'workspace:' .. workspace) == 1 then place = 'workspace:' .. workspace
    elseif kind ~= '' and redis.call('HEXISTS', paused_key, 'kind:' .. kind) == 1 then place = 'kind:' .. kind end
    if place then
      park(stream, id, fields, place, generation)
      return 0
    end
  end
  out[#out + 1] = {lane, id, '', fields}
  return 1
end

for i = 6, #ARGV, 2 do
  local lane, id = tonumber(ARGV[i]), ARGV[i + 1]
  local found = redis.call('XRANGE', KEYS[lane], id, id)
  if found[1] then budget = budget - admit(lane, KEYS[lane], id, found[1][2]) end
end

if queue_paused then return {1, out} end

local function read(lane, count)
  local reply = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'STREAMS', KEYS[lane], '>')
  if not reply then return 0 end
  local entries = reply[1][2]
  local taken = 0
  for e = 1, #entries do
    -- an entry deleted by hand between add and read comes back without fields
    if entries[e][2] then taken = taken + admit(lane, KEYS[lane], entries[e][1], entries[e][2]) end
  end
  budget = budget - taken
  return #entries
end

local first = tonumber(ARGV[5])
if first > 0 and budget > 0 then read(first, 1) end
for lane = 1, lanes do
  -- a lane whose head entries were all parked is read again, a bounded number of times
  for _ = 1, 20 do
    if budget <= 0 then break end
    local asked = budget
    if read(lane, asked) < asked then break end
  end
end
return {0, out}
