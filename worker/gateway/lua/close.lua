-- Close an account's breaker: the probe got through. KEYS: breaker. Returns 1 if it was open.
return redis.call('DEL', KEYS[1])
