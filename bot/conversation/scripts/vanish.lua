-- She leaves: the epoch is raised, so that nothing a running turn writes is taken, and everything is deleted.
-- KEYS epoch cover optout handoff seen inbox contact wiped...
-- ARGV epoch-life cover-until-ms cover-life optout-life handoff-life now danger reason seen-life handled epoch
-- An empty cover, optout or seen-life argument leaves that key alone. With `handled`, what came after those messages
-- stays in the inbox: it is hers, or his, and is answered for itself; with an old `epoch` nothing is done, because she
-- has left already. Gives 'told' when a worker must see that she left.
if ARGV[11] ~= '' and (redis.call('GET', KEYS[1]) or '0') ~= ARGV[11] then
  return 'gone'
end
if ARGV[9] ~= '' and not redis.call('SET', KEYS[5], '1', 'NX', 'EX', ARGV[9]) then
  return 'duplicate'
end
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
local was = redis.call('HGET', KEYS[4], 'state') or 'none'
local told = was == 'waiting' or was == 'active' or ARGV[7] == '1'
if told then
  local old = redis.call('HMGET', KEYS[4], 'worker', 'claim', 'danger', 'channel')
  redis.call('DEL', KEYS[4])
  redis.call('HSET', KEYS[4], 'state', 'left', 'worker', old[1] or '', 'claim', (tonumber(old[2]) or 0) + 1,
    'danger', (ARGV[7] == '1' or old[3] == '1') and '1' or '0', 'channel', old[4] or '', 'at', ARGV[6], 'reason', ARGV[8])
  redis.call('EXPIRE', KEYS[4], ARGV[5])
elseif was ~= 'left' then
  redis.call('DEL', KEYS[4])
end
for i = 8, #KEYS do
  redis.call('DEL', KEYS[i])
end
if ARGV[10] ~= '' then
  redis.call('LTRIM', KEYS[6], ARGV[10], -1)
else
  redis.call('DEL', KEYS[6])
end
if redis.call('EXISTS', KEYS[6]) == 0 then
  redis.call('DEL', KEYS[7])
end
if ARGV[2] ~= '' then
  redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
end
if ARGV[4] ~= '' then
  redis.call('SET', KEYS[3], '1', 'EX', ARGV[4])
end
return told and 'told' or was
