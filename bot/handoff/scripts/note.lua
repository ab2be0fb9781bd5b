-- Notes one field on a handoff that is waiting or active; no other record is touched or made.
-- KEYS handoff   ARGV life field value
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'waiting' and state ~= 'active' then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
