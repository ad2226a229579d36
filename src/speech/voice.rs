//! The thread that owns the platform's text to speech, and may be blocked by it for ever.
