"""What listens: health, metrics, and the webhook."""
