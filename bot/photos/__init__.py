"""Photos: downloaded by a worker, made harmless in a child process, kept without what they don't show."""
