"""Whether an endpoint answers as it should: name, connection, TLS, status, content type and content, apart."""
