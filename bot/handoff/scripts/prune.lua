-- Drops lanes from the queue's index, unless one was put in again since it was looked at.
-- KEYS queue   ARGV put-in-before-ms lane...
for i = 2, #ARGV do
  local put_in = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if put_in and tonumber(put_in) <= tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return 1
