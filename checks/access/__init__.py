"""Who is let in where: the identity provider, the guards, and ways around them."""
