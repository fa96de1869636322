//! `docs/failures.md` says what the catalogue says.

use hooks::core::exchange::failures_page;

#[test]
fn failures_page_is_fresh() {
    snapbox::assert_data_eq!(failures_page(), snapbox::file!("../../docs/failures.md").raw());
}
