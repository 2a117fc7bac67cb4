-- GCRA for all quotas of one request, atomically; see gcra.rs.
-- KEYS: one for each quota. ARGV: interval and window of each, microseconds.
-- Answers the clock and then, for each quota, the next TAT and the time to wait.
-- A request that one quota refuses is charged to none.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answer = {string.format('%.0f', now)}
local refused = false
local next_of = {}

for i, key in ipairs(KEYS) do
  local interval, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local tat = tonumber(redis.call('GET', key) or 0)
  local next = math.max(tat, now) + interval
  local wait = math.max(next - (now + window), 0)
  if wait > 0 then refused = true end
  next_of[i] = next
  answer[2 * i] = string.format('%.0f', next)
  answer[2 * i + 1] = string.format('%.0f', wait)
end

if not refused then
  for i, key in ipairs(KEYS) do
    local life = math.ceil((next_of[i] - now) / 1000)
    redis.call('SET', key, string.format('%.0f', next_of[i]), 'PX', string.format('%.0f', life))
  end
end
return answer
