-- One handler at a time: takes the lane's lease and gives what a turn needs, in one step.
-- KEYS lease epoch inbox state cover optout handoff express   ARGV token lease-ms most
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {'busy'}
end
local inbox = redis.call('LRANGE', KEYS[3], 0, ARGV[3] - 1)
if #inbox == 0 then
  redis.call('DEL', KEYS[1])
  return {'empty'}
end
return {'taken', redis.call('GET', KEYS[2]) or '0', inbox, redis.call('GET', KEYS[4]) or '',
  redis.call('GET', KEYS[5]) or '', redis.call('GET', KEYS[6]) or '', redis.call('HGET', KEYS[7], 'state') or 'none',
  redis.call('HGET', KEYS[8], 'count') or '0', redis.call('HGET', KEYS[8], 'at') or ''}
