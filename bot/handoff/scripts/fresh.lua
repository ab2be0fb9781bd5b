-- Only what she writes from now on is shown to a worker; what was drawn from her words goes too.
-- KEYS handoff talk   ARGV life
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'waiting' and state ~= 'active' then
  return 0
end
redis.call('HSET', KEYS[1], 'fresh_from', redis.call('LLEN', KEYS[2]), 'risk', '0')
redis.call('HDEL', KEYS[1], 'cues', 'place')
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
