"""The only door to the outside: limits, breaker, ledger, answers, single-flight, money, safe fetching."""
