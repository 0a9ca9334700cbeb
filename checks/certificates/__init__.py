"""Whether certificates are issued, renewed in time, whole, and the ones that are served."""
