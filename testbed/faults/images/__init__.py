"""Images nobody released, reviewed or can name again tomorrow."""
