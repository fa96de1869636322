//! The page: one file, with everything in it.

const PAGE: &str = include_str!("page.html");
/// Stands in the file where the nonce of an answer goes.
const NONCE: &str = "{nonce}";

/// The page, its own script and style marked with this nonce.
pub(super) fn page(nonce: &str) -> String {
    PAGE.replace(NONCE, nonce)
}

/// What the page may do: run what is marked with this nonce, and talk to its own server. Nothing else.
pub(super) fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_fetches_nothing_from_elsewhere_and_puts_text_in_as_text_alone() {
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            " src=",
            "href=\"http",
            "@import",
            " url(",
            " style=",
            " onclick=",
        ] {
            assert!(!PAGE.contains(forbidden), "{forbidden}");
        }
        assert_eq!(page("abc").matches("nonce=\"abc\"").count(), 2);
    }
}
