//! Masks known secrets in a text before it is shown, in every encoding in which they may be echoed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::decode::{
    ends_of_truncated, joined, unquoted, without_backslashes, without_entities, without_invalid,
    without_percent,
};
use super::forms::forms;
use super::layer::Layer;
use super::mask::{joined as joined_spans, mask};
use super::numbers::{from_decimals, from_hex, from_hex_after_a_digit};
use super::search::FormSearch;
use super::secret::{MASK, SHORTEST, Secret};

/// Replaces known secrets in any text, even if they were escaped, encoded in hexadecimal, base64 or base32 (in one or several
/// lines), or decoded with the wrong charset.
///
/// Secrets of fewer than [`Redactor::SHORTEST`] bytes are not searched for: `1` or `on` would mask half of any text. Where
/// such a value was inserted, its position is known, and it is masked by position.
///
/// Clones share the searched forms.
#[derive(Clone, Default)]
pub struct Redactor {
    forms: Arc<BTreeSet<Vec<u8>>>,
    /// Built when the first text is searched.
    search: Arc<OnceLock<FormSearch>>,
}

impl Redactor {
    /// The maximum number of nested escapes.
    const LAYERS: usize = 3;
    /// In longer texts, escapes are not decoded.
    const MAX_DECODED_LENGTH: usize = 16 * 1024 * 1024;

    /// The length in bytes from which a secret is searched for.
    pub const SHORTEST: usize = SHORTEST;

    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut redactor = Self::default();
        for secret in secrets {
            redactor.add(secret);
        }
        redactor
    }

    pub fn add(&mut self, secret: &Secret) {
        for text in [secret.reveal(), secret.reveal().trim()] {
            if text.len() >= Self::SHORTEST {
                self.add_forms(forms(text));
            }
        }
    }

    /// Adds the secrets of another redactor.
    pub fn extend(&mut self, other: &Self) {
        self.add_forms(other.forms.iter().cloned());
    }

    fn add_forms(&mut self, forms: impl IntoIterator<Item = Vec<u8>>) {
        Arc::make_mut(&mut self.forms).extend(forms);
        self.search = Arc::default();
    }

    /// The text with every known form replaced by [`MASK`].
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.redact_text(text, false)
    }

    /// Like [`redact`](Self::redact), for truncated text: the beginning of a secret at its end is also masked.
    pub fn redact_beginning<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.redact_text(text, true)
    }

    /// The redacted text, if there is a secret in it.
    pub fn masked(&self, text: &str) -> Option<String> {
        match self.redact(text) {
            Cow::Owned(masked) => Some(masked),
            Cow::Borrowed(_) => None,
        }
    }

    /// Bytes of any charset, redacted, if there is a secret in them. If they are truncated, the beginning of a secret at their
    /// end is also masked.
    pub fn masked_bytes(&self, bytes: &[u8], is_truncated: bool) -> Option<Vec<u8>> {
        let found = joined_spans(self.find(bytes, is_truncated));
        let mut masked = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for span in &found {
            masked.extend_from_slice(&bytes[done..span.start]);
            masked.extend_from_slice(MASK.as_bytes());
            done = span.end;
        }
        masked.extend_from_slice(&bytes[done..]);
        (!found.is_empty()).then_some(masked)
    }

    fn redact_text<'a>(&self, text: &'a str, is_truncated: bool) -> Cow<'a, str> {
        let mut found = self.find(text.as_bytes(), is_truncated);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        // A form in another charset may be found inside of a character.
        for span in &mut found {
            *span = text.floor_char_boundary(span.start)..text.ceil_char_boundary(span.end);
        }
        Cow::Owned(mask(text, found))
    }

    /// The positions of secrets in a text; they may overlap.
    fn find(&self, text: &[u8], is_truncated: bool) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.forms.is_empty() {
            return found;
        }
        let search = Search {
            forms: self.search.get_or_init(|| FormSearch::new(Arc::clone(&self.forms))),
            is_truncated,
        };
        let depth = if text.len() > Self::MAX_DECODED_LENGTH { 0 } else { Self::LAYERS };
        search.search(&Layer::new(text), depth, &mut found);
        let ends = if is_truncated { ends_of_truncated(text) } else { [text.len(); 2] };
        for end in ends.into_iter().filter(|end| *end < text.len()) {
            let mut before = Vec::new();
            search.search(&Layer::new(&text[..end]), depth, &mut before);
            let at_end = before.into_iter().filter(|span| span.end == end);
            found.extend(at_end.map(|span| span.start..text.len()));
        }
        found
    }
}

type Decoder = for<'l> fn(&'l Layer<'_>) -> Option<Layer<'l>>;

/// Decodings whose result is searched but not decoded further.
const READINGS: [Decoder; 3] = [joined, from_decimals, from_hex];

/// The kinds of escapes, which may be nested.
const ESCAPES: [Decoder; 4] = [without_backslashes, without_percent, without_entities, unquoted];

struct Search<'r> {
    forms: &'r FormSearch,
    is_truncated: bool,
}

impl Search<'_> {
    /// Searches a text and everything that it decodes to, with up to `depth` nested escapes.
    fn search(&self, layer: &Layer<'_>, depth: usize, found: &mut Vec<Range<usize>>) {
        self.search_layer(layer, found);
        if let Some(read) = without_invalid(layer) {
            self.search_layer(&read, found);
        }
        if depth == 0 {
            return;
        }
        let at_end: &[Decoder] = if self.is_truncated { &[from_hex_after_a_digit] } else { &[] };
        for read in READINGS.iter().chain(at_end) {
            if let Some(decoded) = read(layer) {
                self.search_layer(&decoded, found);
            }
        }
        for decode in ESCAPES {
            if let Some(decoded) = decode(layer) {
                self.search(&decoded, depth - 1, found);
            }
        }
    }

    fn search_layer(&self, layer: &Layer<'_>, found: &mut Vec<Range<usize>>) {
        self.forms.find(&layer.bytes, |range| found.push(layer.place(range)));
        if self.is_truncated {
            self.forms.find_beginning(&layer.bytes, |range| found.push(layer.place(range)));
        }
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} forms)", self.forms.len())
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base64_in_lines_is_found() {
        let redactor = Redactor::new([&Secret::new("s3cret-value-that-is-long")]);
        let encoded =
            STANDARD.encode(format!("{}s3cret-value-that-is-long{}", "a".repeat(40), "b".repeat(40)));
        for line_break in ["\n", "\r\n", "\\n", "\\r\\n", "%0D%0A", "&#10;"] {
            let lines: Vec<&str> =
                encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let text = lines.join(line_break);
            let redacted = redactor.redact(&text);
            assert!(redacted.contains(MASK), "{line_break:?}: {redacted}");
            assert!(redacted.len() < text.len() - 20, "{line_break:?}: {redacted}");
        }
    }

    #[test]
    fn a_truncated_secret_is_masked() {
        let redactor = Redactor::new([&Secret::new("s3cret-value")]);
        assert_eq!(redactor.redact_beginning("it is s3cret-va"), "it is ***");
        assert_eq!(redactor.redact_beginning("it is s3cret-value, s3c"), "it is ***, s3c");
        assert!(matches!(redactor.redact_beginning("nothing"), Cow::Borrowed("nothing")));
    }

    #[test]
    fn a_secret_is_found_in_basic_authorization() {
        let redactor = Redactor::new([&Secret::new("s3cret-value")]);
        for user in ["a", "ab", "abc"] {
            let encoded = STANDARD.encode(format!("{user}:s3cret-value"));
            assert!(redactor.redact(&encoded).contains(MASK), "{encoded}");
        }
    }

    #[test]
    fn a_secret_is_masked_in_any_escaped_form_and_the_text_around_it_is_kept() {
        const HTML: &str = "a<b>&\"c'd";
        const BASE64: &str = "Zx/9+Kq8\"ok/enAb==";
        for (secret, text, expected) in [
            ("0:secret", "<\\u0030:secret>", "<***>"),
            ("0:secret", "<%30:secret>", "<***>"),
            // A short secret would mask half of any text.
            ("on", "on and on", "on and on"),
            (HTML, "<p>a&lt;b&gt;&amp;&quot;c'd</p>", "<p>***</p>"),
            (HTML, "<p>a&lt;b&gt;&amp;&#34;c&#39;d</p>", "<p>***</p>"),
            (HTML, "<p>a&#x3c;b>&amp;\"c&apos;d</p>", "<p>***</p>"),
            (
                "a<b>\"cd",
                "a&lt;b&gt;&quot;cd\nx a&#60;b&#62;&#34;cd\r\ny a\\u003cb\\u003e\\u0022cd\nend\n",
                "***\nx ***\r\ny ***\nend\n",
            ),
            (BASE64, "%20 Zx/9%2BKq8%22ok/enAb%3D%3D&b=%41", "%20 ***&b=%41"),
            (BASE64, "%20 Zx/9%2bKq8%22ok/enAb%3d%3d&b=%41", "%20 ***&b=%41"),
            (BASE64, "Zx%2F9+Kq8%22ok%2FenAb==", "***"),
            (BASE64, "Zx%252F9+Kq8%2522ok%252FenAb==", "***"),
            (BASE64, r#"Zx\u002f9+Kq8\"ok\/en\u0041b=="#, "***"),
            (
                BASE64,
                r"\u005A\u0078\u002F\u0039\u002B\u004B\u0071\u0038\u0022\u006F\u006B\u002F\u0065\u006E\u0041\u0062\u003D\u003D",
                "***",
            ),
        ] {
            let redactor = Redactor::new([&Secret::new(secret)]);
            assert_eq!(redactor.redact(text), expected, "{text}");
            assert!(!format!("{redactor:?}").contains(secret));
        }
        let redactor = Redactor::new([&Secret::new(BASE64)]);
        for text in ["50% of \\u00fc, %zz %", "two\nlines\n"] {
            assert!(matches!(redactor.redact(text), Cow::Borrowed(_)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_partly_escaped_secret_does_not_survive(
            secret in "[ -~äöü]{6,24}", choices in prop::collection::vec(0..3_u8, 24),
        ) {
            let redactor = Redactor::new([&Secret::new(secret.as_str())]);
            let escaped: String = secret.chars().zip(choices).map(|(c, choice)| match choice {
                0 if !matches!(c, '%' | '\\') => c.to_string(),
                1 => format!("\\u{:04x}", u32::from(c)),
                _ => c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}")).collect(),
            }).collect();
            let text = format!("<{escaped}>");
            prop_assert_eq!(redactor.redact(&text), format!("<{MASK}>"));
        }

        #[test]
        fn text_after_a_masked_value_is_unchanged(
            secret in "[!-~äöü]{6,24}", encoding in 0..6_u8,
            line_break in prop::sample::select(&["\n", "\r\n", "\n\n", " "][..]), after in "S [a-z]{0,8}\n[a-z]{0,4}",
        ) {
            let redactor = Redactor::new([&Secret::new(secret.as_str())]);
            let escaped: String = match encoding {
                0 => secret.clone(),
                1 => secret.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
                2 => secret.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect(),
                3 => secret.bytes().map(|byte| format!("%{byte:02X}")).collect(),
                4 => STANDARD.encode(&secret),
                _ => {
                    let encoded: Vec<char> = STANDARD.encode(&secret).chars().collect();
                    encoded.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("\n")
                }
            };
            let redacted = redactor.redact(&format!("{escaped}{line_break}{after}")).into_owned();
            prop_assert!(redacted.contains(MASK), "{redacted}");
            prop_assert!(redacted.ends_with(&format!("{line_break}{after}")), "{redacted}");
        }
    }
}
