-- Put before the verbs that include it: the names an entry goes by, where its group stands, and moving it.

local function escape(part)
  return (part:gsub('%%', '%%%%25'):gsub(':', '%%3A'))
end

-- What is known of an entry without parsing more of it than needed:
-- job id, workspace, kind, generation, whether the id is written on the entry.
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
  if not workspace or workspace == '' then workspace = 'default' end
  return job or (stream .. '/' .. id), workspace, kind or '', generation or 0, job ~= nil
end

-- A job's name inside keys, sets and hashes.
local function job_name(workspace, job)
  if workspace == 'default' then return escape(job) end
  return escape(workspace) .. ':' .. escape(job)
end

-- Move an entry aside: the group cannot skip it, and nobody may run it now. It stays the same job in the same
-- generation: the move is one step, so there are never two of it. `lane` is where it goes back to.
local function park(group, stream, id, fields, parked_key, place, lane)
  local copy, named = {}, false
  for i = 1, #fields, 2 do
    local name = fields[i]
    if name == 'id' or name == '_id' then named = true end
    if name == '_lane' then lane = fields[i + 1]
    else
      copy[#copy + 1] = name
      copy[#copy + 1] = fields[i + 1]
    end
  end
  if not named then copy[#copy + 1] = '_id'; copy[#copy + 1] = stream .. '/' .. id end
  copy[#copy + 1] = '_lane'
  copy[#copy + 1] = lane
  redis.call('XADD', parked_key .. ':' .. place, '*', unpack(copy))
  redis.call('HINCRBY', parked_key, place, 1)
  redis.call('XACK', stream, group, id)
  redis.call('XDEL', stream, id)
end

-- Whether one entry id comes before another.
local function before(a, b)
  local a_ms, a_seq = a:match('(%d+)-(%d+)')
  local b_ms, b_seq = b:match('(%d+)-(%d+)')
  a_ms, b_ms = tonumber(a_ms), tonumber(b_ms)
  return a_ms < b_ms or (a_ms == b_ms and tonumber(a_seq) < tonumber(b_seq))
end

-- The last entry id that a stream's group has read, and how many are left; nil without stream or group.
local function read_through(stream, group)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  if groups.err then return nil end
  for g = 1, #groups do
    local info = {}
    for i = 1, #groups[g], 2 do info[groups[g][i]] = groups[g][i + 1] end
    if info['name'] == group then return info['last-delivered-id'], info['lag'] end
  end
end

-- An entry's fields in the next generation of its job, without where it waited before. The old entry, when it is read
-- in its turn, no longer counts (entries that were not read yet are never deleted: the group's lag would stop being a
-- number).
local function in_next_generation(fields, job, named, generation)
  local copy = {}
  for i = 1, #fields, 2 do
    if fields[i] ~= '_gen' and fields[i] ~= '_lane' then
      copy[#copy + 1] = fields[i]
      copy[#copy + 1] = fields[i + 1]
    end
  end
  if not named then copy[#copy + 1] = '_id'; copy[#copy + 1] = job end
  copy[#copy + 1] = '_gen'
  copy[#copy + 1] = tostring(generation + 1)
  return copy
end
