/** Opens pages that wait. After `page` and `begin`. */
export const openPages = /* lua */ `
-- At most so many are opened, that at most \`window\` are open and not yet with the sinks, and of these at most \`branching\`
-- of the source's own listing. Calls \`each\` with the ordinal and the page, which is written after it. Answers the
-- status, how many are open, in work and waiting, and whether the first requests are there.
local function open_pages(base, most, window, branching, each)
  local state = redis.call('HMGET', base .. ':state', 'status', 'handed', 'hanging', 'begun', 'leased')
  local status, handed, hanging = state[1] or 'running', tonumber(state[2] or 0), tonumber(state[3] or 0)
  local open = redis.call('HLEN', base .. ':open')
  local wait, hang = redis.call('LLEN', base .. ':wait'), redis.call('LLEN', base .. ':hang')
  local room = window - (open - handed)
  local own = branching - (open - handed - hanging)
  if status ~= 'running' then room = 0 end
  local written, now_hanging = {}, 0
  local function take(list, count)
    local packed = redis.call('LPOP', base .. list, count)
    for _, each_packed in ipairs(packed) do
      local waiting = cmsgpack.unpack(each_packed)
      local ordinal, listing = waiting[1], waiting[3]
      if listing ~= '' then now_hanging = now_hanging + 1 end
      local page = { waiting[2], listing, waiting[4], ordinal, '', 0, 0, 0, 0, 0, 0, 0 }
      written[#written + 1] = ordinal
      each(ordinal, page)
      written[#written + 1] = cmsgpack.pack(page)
    end
    return #packed
  end
  local from_hang = math.max(0, math.min(most, room, hang))
  if from_hang > 0 then hang = hang - take(':hang', from_hang) end
  local from_wait = math.max(0, math.min(most - from_hang, room - from_hang, own, wait))
  if from_wait > 0 then wait = wait - take(':wait', from_wait) end
  add_to(base, 'hanging', now_hanging)
  if #written > 0 then redis.call('HSET', base .. ':open', unpack(written)) end
  return {
    status,
    open + from_hang + from_wait,
    tonumber(state[5] or 0) + newly_leased,
    wait + hang,
    state[4] and 1 or 0,
  }
end
`;
