-- The worker is done: automated replies are back. She is told, where that is still something she asked for:
-- never while somebody else may hold the phone or after STOP, and on a phone only inside the safe window.
-- KEYS epoch handoff talk out outseq optout   ARGV claim window-start life handoff-life talk out web
local h = redis.call('HMGET', KEYS[2], 'state', 'claim', 'heard', 'someone_else')
local floor = tonumber(redis.call('GET', KEYS[1]) or '0') * 1000
if h[1] == 'left' or tonumber(ARGV[1]) <= floor then
  return 'left'
end
if h[1] ~= 'active' or h[2] ~= ARGV[1] then
  return 'not_owner'
end
redis.call('HSET', KEYS[2], 'state', 'ended', 'danger', '0', 'risk', '0', 'someone_else', '0')
redis.call('HDEL', KEYS[2], 'cues', 'place', 'reason', 'alarm', 'returned', 'left_at', 'left_danger')
redis.call('EXPIRE', KEYS[2], ARGV[4])
if h[4] ~= '1' and redis.call('EXISTS', KEYS[6]) == 0 and (ARGV[7] == '1' or (h[3] or '') >= ARGV[2]) then
  redis.call('RPUSH', KEYS[3], ARGV[5])
  redis.call('RPUSH', KEYS[4], redis.call('INCR', KEYS[5]) .. ':' .. ARGV[6])
  for i = 3, 5 do
    redis.call('EXPIRE', KEYS[i], ARGV[3])
  end
end
return 'ended'
