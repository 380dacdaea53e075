"""What a worker does: one file a job. `workers.jobs.table` says which job is which."""
