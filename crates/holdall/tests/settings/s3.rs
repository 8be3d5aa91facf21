//! Buckets: the keys that the builder takes.
