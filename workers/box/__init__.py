"""Running a process boxed: what parses a pull request's bytes has no network and little else."""
