"""Tables, sessions, encryption, the two databases."""
