//! Passthrough options.
