-- The next reply for a phone. It is noted as being with the provider before it is, so that a crash leaves a trace.
-- KEYS out sending contact   ARGV now-ms life
local with = redis.call('GET', KEYS[2])
if with then
  return {'sending', with, redis.call('GET', KEYS[3]) or ''}
end
local entry = redis.call('LPOP', KEYS[1])
if not entry then
  return {'empty'}
end
redis.call('SET', KEYS[2], ARGV[1] .. ':' .. entry, 'EX', ARGV[2])
return {'next', ARGV[1] .. ':' .. entry, redis.call('GET', KEYS[3]) or ''}
