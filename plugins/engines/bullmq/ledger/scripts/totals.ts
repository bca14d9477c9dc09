/** Adds pages to the totals of a source: read once, written once, however many pages there are; see `createTotals`. */
export const totals = /* lua */ `
local total_fields = { 'items', 'declared', 'most', 'empty', 'untold' }

-- Of the source's own listing, or of the dependent resource \`child\`.
local function totals_read(base, child)
  local prefix = child == '' and '' or child .. ':'
  local names = {}
  for i, field in ipairs(total_fields) do names[i] = prefix .. field end
  local of = redis.call('HMGET', base .. ':totals', unpack(names))
  return {
    names = names,
    items = tonumber(of[1] or 0),
    declared = of[2],
    most = of[3],
    empty = tonumber(of[4] or 0),
    untold = of[5],
  }
end

local function totals_add(of, items, total, opens)
  of.items = of.items + tonumber(items)
  if opens == '' then
    if total ~= '' then of.declared = total end
  elseif opens == '1' then
    -- One listing of many that declares nothing leaves nothing to hold all the items against.
    if total == '' then of.untold = '1' end
    of.declared = not of.untold and string.format('%.0f', tonumber(total) + tonumber(of.declared or 0))
  end
  if of.declared and tonumber(of.declared) >= tonumber(of.most or 0) then of.most = of.declared end
  of.empty = items == '0' and of.empty + 1 or 0
end

local function totals_write(base, of)
  local fields = {}
  for i, field in ipairs(total_fields) do
    if of[field] then
      fields[#fields + 1] = of.names[i]
      fields[#fields + 1] = of[field]
    end
  end
  redis.call('HSET', base .. ':totals', unpack(fields))
  if not of.declared then redis.call('HDEL', base .. ':totals', of.names[2]) end
end
`;
