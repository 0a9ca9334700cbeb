"""Whether SealedSecrets are unsealed, what they make is theirs, and nothing secret lies plain in Git."""
