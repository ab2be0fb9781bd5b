-- The call-back is done with: deleted, by the worker who has it.
-- KEYS callback   ARGV worker
if redis.call('HGET', KEYS[1], 'worker') ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
