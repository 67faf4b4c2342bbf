"""What every floor above leans on: sealing, outbox, audit, human check, throttles, page cache."""
