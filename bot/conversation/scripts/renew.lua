-- The reply is handed over again: only where it is still with the provider, and only by one of those who try.
-- KEYS sending   ARGV entry new-entry life
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
