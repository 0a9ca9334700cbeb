"""Flux, judged: delivery, references, controllers, hygiene."""
