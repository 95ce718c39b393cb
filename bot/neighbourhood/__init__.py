"""What the neighbourhood programme itself knows and decides."""
