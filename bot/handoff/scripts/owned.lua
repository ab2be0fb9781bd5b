-- Changes fields of a handoff, by its owner only.
-- KEYS handoff   ARGV claim life field value [field value...]
local h = redis.call('HMGET', KEYS[1], 'state', 'claim')
if h[1] ~= 'active' or h[2] ~= ARGV[1] then
  return 0
end
for i = 3, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
