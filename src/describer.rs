//! A named worker thread that owns a Captioner, takes jobs, reports progress and drops stale ones.
