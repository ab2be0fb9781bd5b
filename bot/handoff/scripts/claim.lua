-- One owner, who may ask again and gets the same number. A number never comes twice: it counts up, above epoch * 1000.
-- A conversation whose danger alarm nobody answered since `unanswered` may be taken over.
-- KEYS epoch handoff   ARGV worker name now life unanswered
local h = KEYS[2]
local old = redis.call('HMGET', h, 'state', 'worker', 'claim', 'alarm')
if old[1] == 'active' and old[2] == ARGV[1] then
  return tonumber(old[3])
end
local left_alone = old[1] == 'active' and old[4] and old[4] <= ARGV[5]
if old[1] ~= 'waiting' and not left_alone then
  return 0
end
local floor = tonumber(redis.call('GET', KEYS[1]) or '0') * 1000
local number = math.max(tonumber(old[3] or '0') or 0, floor) + 1
redis.call('HSET', h, 'state', 'active', 'worker', ARGV[1], 'name', ARGV[2], 'claim', number, 'claimed', ARGV[3])
if old[4] then
  redis.call('HSET', h, 'alarm', ARGV[3])
end
redis.call('EXPIRE', h, ARGV[4])
return number
