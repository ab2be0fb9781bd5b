-- A worker's words. Owner, epoch, doubt and safe window are checked in the same step that writes them.
-- KEYS epoch handoff talk out outseq optout   ARGV claim window-start life handoff-life talk out
local h = redis.call('HMGET', KEYS[2], 'state', 'claim', 'heard', 'someone_else')
local floor = tonumber(redis.call('GET', KEYS[1]) or '0') * 1000
if h[1] == 'left' or tonumber(ARGV[1]) <= floor then
  return 'left'
end
if h[1] ~= 'active' or h[2] ~= ARGV[1] then
  return 'not_owner'
end
if redis.call('EXISTS', KEYS[6]) == 1 then
  return 'opted_out'
end
if h[4] == '1' then
  return 'check_first'
end
if (h[3] or '') < ARGV[2] then
  return 'window_closed'
end
redis.call('RPUSH', KEYS[3], ARGV[5])
redis.call('RPUSH', KEYS[4], redis.call('INCR', KEYS[5]) .. ':' .. ARGV[6])
for i = 3, 5 do
  redis.call('EXPIRE', KEYS[i], ARGV[3])
end
redis.call('HDEL', KEYS[2], 'alarm')
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 'sent'
