/**
 * Claims of a page on its bytes and its records: packed, 8 bytes each, the bytes' first ('' for none: 8 zero bytes).
 * They are kept while the page is open, so that a page that comes out otherwise the next time gives back what it no
 * longer has.
 */
export const claims = /* lua */ `
local no_bytes = string.rep('\\0', 8)

-- Gives back all claims but those in \`kept\`, a set.
local function drop_claims(base, ids, pages, ordinal, kept)
  local old = redis.call('HGET', base .. ':claims', ordinal)
  if not old then return end
  for i = 1, #old, 8 do
    local hash = old:sub(i, i + 7)
    local tab = i == 1 and pages or ids
    local name = (i == 1 and 'p' or 'i') .. hash
    if not kept[name] and table_get(tab, hash) == ordinal then table_drop(tab, hash) end
  end
end
`;
