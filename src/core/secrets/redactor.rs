//! Masks known secrets in a text before it is shown, in every encoding in which they may be echoed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use memchr::memmem::Finder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::mask::mask;
use super::secret::{MASK, Secret};
use super::unescape::Unescaped;

/// Replaces known secrets in any text, also in their JSON-escaped, HTML-escaped, percent-encoded, hexadecimal and
/// base64 forms, the last also if it is broken into lines.
///
/// Secrets of fewer than [`Redactor::SHORTEST`] bytes are not searched for: `1` or `on` would mask half of any text. Where
/// such a value was inserted, its position is known, and it is masked by position.
///
/// Clones share the searched forms.
#[derive(Clone, Default)]
pub struct Redactor {
    forms: Arc<Vec<Form>>,
}

/// An encoded form of a secret.
#[derive(Clone)]
struct Form {
    text: String,
    finder: Finder<'static>,
}

impl From<String> for Form {
    fn from(text: String) -> Self {
        let finder = Finder::new(&text).into_owned();
        Self { text, finder }
    }
}

impl Redactor {
    /// The maximum number of nested escapes.
    const LAYERS: usize = 3;
    /// In longer texts, escapes are not decoded.
    const MAX_UNESCAPED_LENGTH: usize = 16 * 1024 * 1024;

    /// The length in bytes from which a secret is searched for.
    pub const SHORTEST: usize = 4;

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
                Arc::make_mut(&mut self.forms)
                    .extend(nested(text).iter().flat_map(|text| forms(text)).map(Form::from));
            }
        }
        self.order();
    }

    /// Adds the secrets of another redactor.
    pub fn extend(&mut self, other: &Self) {
        Arc::make_mut(&mut self.forms).extend(other.forms.iter().cloned());
        self.order();
    }

    /// Longest first, so that no form leaves the tail of another behind.
    fn order(&mut self) {
        let forms = Arc::make_mut(&mut self.forms);
        forms.sort_by(|Form { text: a, .. }, Form { text: b, .. }| {
            b.len().cmp(&a.len()).then_with(|| a.cmp(b))
        });
        forms.dedup_by(|a, b| a.text == b.text);
    }

    /// The text with every known form replaced by [`MASK`].
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        // Escapes first: the last digit of one can be the first character of the secret.
        let mut redacted = self.in_escapes(text).map_or(Cow::Borrowed(text), Cow::Owned);
        for form in self.forms.iter() {
            if form.finder.find(redacted.as_bytes()).is_some() {
                redacted = Cow::Owned(redacted.replace(&form.text, MASK));
            }
        }
        redacted
    }

    /// The redacted text, if there is a secret in it.
    pub fn masked(&self, text: &str) -> Option<String> {
        match self.redact(text) {
            Cow::Owned(masked) => Some(masked),
            Cow::Borrowed(_) => None,
        }
    }

    /// The text with a mask for secrets that are only found after decoding: programs differ in the characters they escape.
    fn in_escapes(&self, text: &str) -> Option<String> {
        let may_be_hidden = text.contains(['%', '\\', '&', '\n']);
        if self.forms.is_empty() || !may_be_hidden || text.len() > Self::MAX_UNESCAPED_LENGTH {
            return None;
        }
        let mut found = Vec::new();
        let mut search = |layer: &Unescaped| {
            for form in self.forms.iter() {
                let starts = form.finder.find_iter(&layer.bytes);
                found.extend(starts.map(|start| layer.place(start..start + form.text.len())));
            }
        };
        let mut layer = Unescaped::new(text);
        layer.without_line_breaks().iter().for_each(&mut search);
        for _ in 0..Self::LAYERS {
            let Some(less) = layer.without_a_layer() else { break };
            search(&less);
            less.without_line_breaks().iter().for_each(&mut search);
            layer = less;
        }
        (!found.is_empty()).then(|| mask(text, found))
    }

    /// Like [`redact`](Self::redact), for truncated text: the beginning of a secret at its end is also masked.
    pub fn redact_beginning<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let redacted = self.redact(text);
        let partial = |Form { text: form, .. }: &Form| {
            let lengths = (Self::SHORTEST..form.len()).rev();
            lengths
                .filter(|length| form.is_char_boundary(*length))
                .find(|at| redacted.ends_with(&form[..*at]))
        };
        match self.forms.iter().filter_map(partial).max() {
            Some(length) => Cow::Owned(format!("{}{MASK}", &redacted[..redacted.len() - length])),
            None => redacted,
        }
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} forms)", self.forms.len())
    }
}

/// The text, its JSON string, and the JSON string of that: a receiver may echo a body as a JSON string, which is then shown in
/// JSON.
fn nested(text: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::from([text.to_owned()]);
    for _ in 0..2 {
        let escaped: Vec<String> = texts.iter().flat_map(|text| json_escaped(text)).collect();
        texts.extend(escaped);
    }
    texts
}

/// Every encoding of a text that may be echoed.
fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        url::form_urlencoded::byte_serialize(bytes).collect(),
    ];
    // Some programs encode more characters than necessary.
    for kept in [RESERVED, NON_ALPHANUMERIC] {
        let encoded = percent_encode(bytes, kept).to_string();
        forms.extend([with_lower_case_escapes(&encoded), encoded]);
    }
    forms.extend(json_escaped(secret));
    // Base64 of a text that contains the secret: its middle depends on the position in a group of three bytes.
    for skip in 0..3 {
        let mut padded = vec![0; skip];
        padded.extend_from_slice(bytes);
        let first_own = [0, 2, 3][skip];
        let last_own = padded.len() * 8 / 6;
        for engine in [&STANDARD, &URL_SAFE] {
            let encoded = engine.encode(&padded);
            if last_own > first_own + 4 {
                forms.push(encoded[first_own..last_own].to_owned());
            }
        }
    }
    forms
}

/// The content of a JSON string: as most programs write it, with escaped slashes, and in ASCII, as PHP and Python do.
fn json_escaped(text: &str) -> [String; 4] {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted[1..quoted.len() - 1].to_owned();
    let ascii: String = inner.chars().map(ascii_escaped).collect();
    [inner.replace('/', "\\/"), ascii.replace('/', "\\/"), inner, ascii]
}

fn ascii_escaped(c: char) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// `%2f` for `%2F`; other letters stay.
fn with_lower_case_escapes(encoded: &str) -> String {
    let mut lower = encoded.to_owned();
    for (at, _) in encoded.match_indices('%') {
        lower[at..at + 3].make_ascii_lowercase();
    }
    lower
}

/// Encodes all but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

        #[test]
        fn no_form_of_a_secret_survives(
            secret in "[ -~äöü\n\t]{6,24}", before in "[a-z]{0,5}", after in "[a-z]{0,5}",
        ) {
            let redactor = Redactor::new([&Secret::new(secret.as_str())]);
            let json = json_escaped(&secret);
            let nested = json_escaped(&json[3]);
            let encoded = json.iter().map(|json| percent_encode(json.as_bytes(), RESERVED).to_string());
            for form in json.iter().cloned().chain(nested).chain(encoded).chain([
                secret.clone(),
                percent_encode(secret.as_bytes(), RESERVED).to_string(),
                with_lower_case_escapes(&percent_encode(secret.as_bytes(), NON_ALPHANUMERIC).to_string()),
                url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            ]) {
                let text = format!("{before}{form}{after}");
                prop_assert!(!redactor.redact(&text).contains(&form) || form.contains(MASK) || MASK.contains(&form));
            }
        }
    }
}
