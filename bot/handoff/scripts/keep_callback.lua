-- Her answers about a call-back, once; an old epoch writes nothing.
-- KEYS epoch keep drop   ARGV epoch answers since life
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[2], 'answers', ARGV[2], 'since', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
