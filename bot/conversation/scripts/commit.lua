-- The end of a turn: all of it is written, or nothing is. The lease is the fence; the epoch says that she is still here.
-- KEYS lease epoch inbox state talk out outseq express
-- ARGV token epoch handled state life express-seen n-talk n-of-them-ours talk... out...
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'lost'
end
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[2] then
  redis.call('DEL', KEYS[1])
  return 'left'
end
local life = ARGV[5]
redis.call('LTRIM', KEYS[3], ARGV[3], -1)
redis.call('SET', KEYS[4], ARGV[4], 'EX', life)
local talk = tonumber(ARGV[7])
-- An emergency line went out past this turn: its own reply would now talk over it.
local overtaken = (redis.call('HGET', KEYS[8], 'count') or '0') ~= ARGV[6]
local said = overtaken and talk - tonumber(ARGV[8]) or talk
for i = 9, 8 + said do
  redis.call('RPUSH', KEYS[5], ARGV[i])
end
if not overtaken then
  for i = 9 + talk, #ARGV do
    redis.call('RPUSH', KEYS[6], redis.call('INCR', KEYS[7]) .. ':' .. ARGV[i])
  end
end
for i = 5, 7 do
  redis.call('EXPIRE', KEYS[i], life)
end
redis.call('DEL', KEYS[1])
return overtaken and 'overtaken' or 'done'
