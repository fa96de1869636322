//! What the platform's elements look like: their variables and a complete sample of each.
