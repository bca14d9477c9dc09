/**
 * Claims of a page on its bytes and its records. They are in `ownedHashes` for all pages, and kept page by page in `claims` while
 * it is open: as `page` says, then 8 bytes each. So a page that comes out otherwise the next time gives back what it no
 * longer has, and others learn whether a record may still become theirs. After `page`.
 */
export const claims = /* lua */ `
local no_bytes = string.rep('\\0', 8)

local function hashes_in(packed, from)
  local hashes, count = {}, 0
  for i = from, #packed, 8 do
    count = count + 1
    hashes[count] = packed:sub(i, i + 7)
  end
  return hashes
end

-- Whether another page that is still open has claimed one of these.
local function is_undecided(base, ordinal, hashes)
  local all = redis.call('HGETALL', base .. ':claims')
  for i = 1, #all, 2 do
    if all[i] ~= ordinal then
      local claimed = all[i + 1]
      for _, hash in ipairs(hashes) do
        local at = string.find(claimed, hash, 2, true)
        while at and at % 8 ~= 2 do at = string.find(claimed, hash, at + 1, true) end
        if at then return 1 end
      end
    end
  end
  return 0
end
`;
