-- What is remembered of a conversation. Whoever asks with an old epoch is shown nothing of the new one.
-- KEYS epoch tracker tracker_base   ARGV epoch most
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then
  return {'', {}}
end
return {redis.call('GET', KEYS[3]) or '', redis.call('LRANGE', KEYS[2], -ARGV[2], -1)}
