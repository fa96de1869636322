//! One file a command: what was typed, and what it does.
