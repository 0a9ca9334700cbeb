"""The corner cases of drift, one row each, staged on a real API server with real Flux and judged by one audit.

`row` says what a row is, `manifests` what is in Git, `acts` what people and controllers do, `flux_state`, `healthy`,
`edits`, `objects` and `helm` hold the rows themselves, `deliveries` who delivers them, `stage` puts them on a testbed.
"""
