-- The reply that was with the provider is settled, one way or the other.
-- KEYS sending delivery   ARGV sending-entry id state life   (an empty state writes no delivery)
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
if ARGV[3] ~= '' then
  -- The provider's own word may have come first, and says more.
  redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[3])
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
return 1
