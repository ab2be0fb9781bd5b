-- Into the queue, again if an earlier handoff ended. Who waits or talks already keeps her place; danger is added.
-- KEYS epoch handoff talk cover   ARGV epoch now life reason danger channel cues place   (sealed; may be empty)
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then
  return 0
end
local h = KEYS[2]
local was = redis.call('HGET', h, 'state') or 'none'
if was == 'left' then
  local old = redis.call('HMGET', h, 'at', 'danger', 'claim')
  redis.call('DEL', h)
  redis.call('HSET', h, 'returned', '1', 'left_at', old[1] or '', 'left_danger', old[2] or '0', 'claim', old[3] or '0')
elseif was == 'none' and redis.call('EXISTS', KEYS[4]) == 1 then
  redis.call('HSET', h, 'returned', '1')
end
if was ~= 'waiting' and was ~= 'active' then
  redis.call('HDEL', h, 'worker', 'name', 'alarm', 'claimed', 'cues', 'place')
  redis.call('HSET', h, 'state', 'waiting', 'since', ARGV[2], 'reason', ARGV[4], 'channel', ARGV[6], 'danger', '0',
    'risk', '0', 'someone_else', '0')
  if tonumber(redis.call('HGET', h, 'fresh_from') or '0') > redis.call('LLEN', KEYS[3]) then
    -- What she wanted unseen is forgotten by now; the count would hide what she wrote since.
    redis.call('HDEL', h, 'fresh_from')
  end
end
redis.call('HSET', h, 'epoch', ARGV[1], 'heard', ARGV[2])
if ARGV[5] == '1' then
  redis.call('HSET', h, 'danger', '1', 'alarm', ARGV[2])
end
if ARGV[7] ~= '' then
  redis.call('HSET', h, 'cues', ARGV[7], 'risk', '1')
end
if ARGV[8] ~= '' then
  redis.call('HSET', h, 'place', ARGV[8])
end
redis.call('EXPIRE', h, ARGV[3])
return 1
