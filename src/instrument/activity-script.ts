import { defineScript, type Script } from './script.ts'

/** Values longer than this are left alone: reading through them would hold Redis up. */
export const maxSessionBytes = 65_536

/**
 * Writes activity into sessions that are there, as hashes or as JSON objects; one that is gone stays gone. In JSON only
 * the two values are exchanged, in the text: decoding it and encoding it again in Redis would turn [] into {} and round
 * large numbers. A time keeps the form that it has: ISO 8601, or milliseconds or seconds since 1970.
 *
 * KEYS  1 marker of the writer (string: number of its last write)  2... sessions
 * ARGV  1 number of the write, from 1 on, growing  2 how long the marker is kept, ms
 *       3... for each session: calls to add, time of the last one in ms since 1970, the same in ISO 8601
 * Reply for each session 1 written, 0 gone, -1 neither a hash nor a JSON object, -2 too large; empty where the write was
 *       done before
 */
export const activityScript: Script = defineScript(String.raw`
  if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1]) then return {} end

  local function counted(old, calls)
    local number = old:match('^%d') and tonumber(old) or 0
    -- What is no count, or beyond what JSON's readers can count, begins anew.
    if number >= 2 ^ 53 then number = 0 end
    return string.format('%.0f', math.floor(number) + calls)
  end
  local function moment(old, ms, iso)
    local number = tonumber(old:match('^%d+%.?%d*$'))
    if not number then return iso end
    return number < 1e11 and string.format('%.0f', math.floor(ms / 1000)) or string.format('%.0f', ms)
  end

  -- Where the values of the two fields of a JSON object stand, and where its last brace; nil if it is none.
  local function places(text)
    if not text:find('^%s*{') then return nil end
    local found, depth, at, naming, name, from, fields = {}, 0, 1, true, nil, nil, 0
    while true do
      local p = text:find('["{}%[%],:]', at)
      if not p then return nil end
      local c = text:sub(p, p)
      at = p + 1
      if c == '"' then
        local q = p
        repeat
          q = text:find('["\\]', q + 1)
          if not q then return nil end
          local escape = text:sub(q, q) == '\\'
          if escape then q = q + 1 end
        until not escape
        if depth == 1 and naming then name = text:sub(p + 1, q - 1) end
        at = q + 1
      elseif c == ':' then
        if depth == 1 then naming, from = false, p + 1 end
      elseif c == '{' or c == '[' then
        depth = depth + 1
      else
        if depth == 1 and not naming then
          if name == 'last_active' or name == 'api_call_count' then found[name] = { from, p - 1 } end
          naming, fields = true, fields + 1
        end
        if c ~= ',' then depth = depth - 1 end
        if depth == 0 then
          if text:find('%S', p + 1) then return nil end
          found.brace, found.fields = p, fields
          return found
        end
      end
    end
  end

  local function spliced(text, calls, ms, iso)
    local found = places(text)
    if not found then return nil end
    local function old(name)
      local place = found[name]
      if not place then return '', '' end
      return text:sub(place[1], place[2]):match('^%s*("?)(.-)"?%s*$')
    end
    local quote, value = old('last_active')
    local at = moment(value, ms, iso)
    if at == iso then quote = '"' end
    local _, before = old('api_call_count')
    local changes = {
      { name = 'last_active', text = quote .. at .. quote },
      { name = 'api_call_count', text = counted(before, calls) },
    }
    for _, change in ipairs(changes) do
      local place = found[change.name]
      if not place then
        local comma = found.fields > 0 and ',' or ''
        change.text = comma .. '"' .. change.name .. '":' .. change.text
        found.fields = found.fields + 1
        place = { found.brace, found.brace - 1 }
      end
      change.from, change.to = place[1], place[2]
    end
    -- From behind, so that the places in front stay right; of two insertions at the brace the later goes in first.
    if changes[1].from <= changes[2].from then changes[1], changes[2] = changes[2], changes[1] end
    for _, change in ipairs(changes) do
      text = text:sub(1, change.from - 1) .. change.text .. text:sub(change.to + 1)
    end
    return text
  end

  local function write(key, calls, ms, iso)
    local kind = redis.call('TYPE', key).ok
    if kind == 'none' then return 0 end
    if kind == 'hash' then
      local old = redis.call('HMGET', key, 'last_active', 'api_call_count')
      redis.call('HSET', key, 'last_active', moment(old[1] or '', ms, iso), 'api_call_count', counted(old[2] or '', calls))
      return 1
    end
    if kind ~= 'string' then return -1 end
    if redis.call('STRLEN', key) > ${maxSessionBytes} then return -2 end
    local text = spliced(redis.call('GET', key), calls, ms, iso)
    if not text then return -1 end
    redis.call('SET', key, text, 'KEEPTTL')
    return 1
  end

  local done = {}
  for i = 2, #KEYS do
    local n = 3 * (i - 1)
    done[i - 1] = write(KEYS[i], tonumber(ARGV[n]), tonumber(ARGV[n + 1]), ARGV[n + 2])
  end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return done
`)
