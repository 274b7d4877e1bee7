/**
 * The scripts that read and write the rows of one cluster in Redis. A script runs as a whole, so several nodes may work at
 * once. All of a cluster's rows live in two keys, which are all that the scripts ever touch: a hash with the values and, in
 * the field `bytes`, their size; and a sorted set with the order of last use, counted and not timed, because the clocks of
 * nodes differ. Trimming is ours: it does not depend on Redis's `maxmemory-policy`, and foreign keys are never looked at.
 */

/** What a row takes in Redis beyond its value: the field's name twice, its score and the entries that hold them. */
export const ROW_OVERHEAD_BYTES = 300;

/**
 * Keys: values, uses. Arguments: hash, most bytes of a value, seconds until unused keys go.
 * Marking the use may fail (a read-only replica, no memory left); the value is still worth having.
 */
export const READ_ROW = `
local size = redis.call('HSTRLEN', KEYS[1], ARGV[1])
if size == 0 or size > tonumber(ARGV[2]) then return false end
local value = redis.call('HGET', KEYS[1], ARGV[1])
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
redis.pcall('ZADD', KEYS[2], 'XX', (tonumber(last[2]) or 0) + 1, ARGV[1])
redis.pcall('EXPIRE', KEYS[1], ARGV[3])
redis.pcall('EXPIRE', KEYS[2], ARGV[3])
return value
`;

/**
 * Keys: values, uses. Arguments: hash, value, budget in bytes, seconds until unused keys go, overhead of a row.
 * When the two keys do not fit together (one was evicted or tampered with), all rows are dropped: they can be made again.
 */
export const WRITE_ROW = `
local overhead = tonumber(ARGV[5])
local bytes = tonumber(redis.call('HGET', KEYS[1], 'bytes') or '0')
local rows = redis.call('ZCARD', KEYS[2])
local fields = redis.call('HLEN', KEYS[1])
if not bytes or bytes < 0 or not ((fields == 0 and rows == 0) or fields == rows + 1) then
  redis.call('UNLINK', KEYS[1], KEYS[2])
  bytes = 0
end
local before = redis.call('HSTRLEN', KEYS[1], ARGV[1])
if before > 0 then bytes = bytes - before - overhead end
bytes = bytes + #ARGV[2] + overhead
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], (tonumber(last[2]) or 0) + 1, ARGV[1])
local evicted = 0
while bytes > tonumber(ARGV[3]) do
  local oldest = redis.call('ZPOPMIN', KEYS[2])
  if not oldest[1] then break end
  bytes = bytes - redis.call('HSTRLEN', KEYS[1], oldest[1]) - overhead
  redis.call('HDEL', KEYS[1], oldest[1])
  evicted = evicted + 1
end
redis.call('HSET', KEYS[1], 'bytes', string.format('%d', math.max(bytes, 0)))
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return evicted
`;
