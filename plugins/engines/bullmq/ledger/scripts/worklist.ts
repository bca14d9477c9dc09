/**
 * Requests that wait, packed; \`new_to_source\` says whether one was there before, and marks it as seen. After
 * `hashSet`.
 */
export const worklist = /* lua */ `
local function new_to_source(seen, hashes)
  local known = set_add(seen, hashes:sub(1, 8))
  return not (set_add(seen, hashes:sub(9, 16)) or known)
end

local function pack_request(ordinal, listing, extra, blob) return cmsgpack.pack({ ordinal, extra, listing, blob }) end
`;
