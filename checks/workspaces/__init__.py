"""Whether each user's workspace is whole, as its templates are now, and leaves nothing behind when it goes."""
