//! The view, found and used as people find and use it.
