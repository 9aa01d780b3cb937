//! What is known of one picture.
