"""What works on what was written: due timers and the outbox."""
