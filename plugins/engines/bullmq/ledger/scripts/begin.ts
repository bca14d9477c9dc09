/**
 * Gives an open page to a worker, and tells what has become of it so far. After `page`; whoever calls it adds
 * `newly_leased` to the state.
 */
export const begin = /* lua */ `
local newly_leased = 0

local function begin(base, ordinal, page, token)
  -- The same call may come twice, when a connection was lost in between.
  if page[TOKEN] ~= token then
    if page[BEGUN] == 1 then
      local was_handed = is_handed(take_back(base, ordinal, page))
      local suspect = page[TOKEN] ~= '' and redis.call('HGET', base .. ':suspect', ordinal) == page[TOKEN]
      if suspect and not was_handed then page[DEATHS] = page[DEATHS] + 1 end
    end
    if page[TOKEN] == '' then newly_leased = newly_leased + 1 end
    page[TOKEN], page[BEGUN], page[LIVES] = token, 1, page[LIVES] + 1
  end
  return {
    ordinal,
    page[REQUEST],
    page[EXTRA],
    page[LISTING],
    page[TRIES],
    page[STEPS.ahead],
    page[STEPS.next],
    page[LIVES],
    page[DEATHS],
    page[LISTING] ~= '' and redis.call('HGET', base .. ':lists', page[LISTING] .. ':error') or '',
  }
end
`;
