-- A reply from outside a turn (a worker, or an emergency line that waits for nobody). An old epoch writes nothing.
-- KEYS epoch talk out outseq express   ARGV epoch life express-at n-talk talk... out...
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then
  return 0
end
local talk = tonumber(ARGV[4])
for i = 5, 4 + talk do
  redis.call('RPUSH', KEYS[2], ARGV[i])
end
for i = 5 + talk, #ARGV do
  redis.call('RPUSH', KEYS[3], redis.call('INCR', KEYS[4]) .. ':' .. ARGV[i])
end
if ARGV[3] ~= '' then
  redis.call('HINCRBY', KEYS[5], 'count', 1)
  redis.call('HSET', KEYS[5], 'at', ARGV[3])
end
for i = 2, 5 do
  redis.call('EXPIRE', KEYS[i], ARGV[2])
end
return 1
