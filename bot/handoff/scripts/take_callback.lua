-- One worker rings. Gives the sealed answers to whoever took it first, and to nobody else.
-- KEYS callback   ARGV worker
local h = redis.call('HMGET', KEYS[1], 'answers', 'worker')
if not h[1] or (h[2] and h[2] ~= ARGV[1]) then
  return false
end
redis.call('HSET', KEYS[1], 'worker', ARGV[1])
return h[1]
