-- One message in. The same provider id twice is one message; what is kept here is not lost again.
-- KEYS seen epoch inbox contact   ARGV sealed-message sealed-contact seen-life life epoch-life
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[3]) then
  return 'duplicate'
end
redis.call('SET', KEYS[2], '0', 'NX')
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('RPUSH', KEYS[3], ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[4])
redis.call('SET', KEYS[4], ARGV[2], 'EX', ARGV[4])
return 'queued'
