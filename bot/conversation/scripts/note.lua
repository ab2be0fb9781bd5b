-- What the provider says became of a reply. States only move forward: a late one never overwrites a final one.
-- KEYS delivery sending   ARGV id state life
-- Nothing is written where nothing of this person's is left: she has gone, and so has what we knew of her replies.
local rank = { in_doubt = 0, dropped = 0, accepted = 1, scheduled = 1, queued = 1, sending = 2, sent = 3,
  rejected = 4, canceled = 4, failed = 4, undelivered = 4, delivered = 4, read = 5 }
local new = rank[ARGV[2]]
if not new or redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then
  return 0
end
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and new <= (rank[known] or 0) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
