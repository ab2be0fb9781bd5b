"""The duty desk: who waits for a worker, who has whom, service hours, call-backs."""
