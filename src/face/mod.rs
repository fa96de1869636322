//! How the tool speaks to people and scripts.
