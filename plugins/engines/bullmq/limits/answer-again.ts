/** Gives the same answer to a call that comes twice: `replyKey` keeps the last one, behind the id of its `call`. */
export const answerAgain = `local earlier = redis.call('GET', replyKey)
if earlier then
  local bar = string.find(earlier, '|', 1, true)
  if string.sub(earlier, 1, bar - 1) == call.id then return string.sub(earlier, bar + 1) end
end`;
