//! The background threads: typed jobs, progress, cancellation, latest wins.
