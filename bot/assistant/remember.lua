-- One turn is kept whole, events and answer, or not at all: never for someone who has left, never twice.
-- KEYS epoch replies tracker tracker_base
-- ARGV epoch life message-id answer most-answers base keep events...
-- An empty base leaves the list as long as it is; else it replaces what is older than the newest `keep` events.
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then
  return ''
end
local before = redis.call('HGET', KEYS[2], ARGV[3])
if before then
  return before
end
for i = 8, #ARGV do
  redis.call('RPUSH', KEYS[3], ARGV[i])
end
if ARGV[6] ~= '' then
  redis.call('LTRIM', KEYS[3], -ARGV[7], -1)
  redis.call('SET', KEYS[4], ARGV[6])
end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[5]) then
  redis.call('DEL', KEYS[2])
end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
for i = 2, 4 do
  redis.call('EXPIRE', KEYS[i], ARGV[2])
end
return ''
