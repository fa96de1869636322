//! Synthetic texts and numbers in the format of the original: an email address for an email address, a UUID for a UUID.

use ring::hmac;
use serde_json::Number;

use super::base::DigestKey;

/// Words without personal meaning.
const WORDS: [&str; 64] = [
    "alder", "amber", "apple", "apron", "arrow", "aspen", "autumn", "bamboo", "basil", "beacon", "birch",
    "breeze", "bridge", "bronze", "canvas", "cedar", "cherry", "cinder", "clover", "cobalt", "copper",
    "coral", "cotton", "crystal", "dahlia", "ember", "fern", "fjord", "garnet", "ginger", "granite",
    "harbor", "hazel", "heather", "indigo", "island", "ivory", "jasmine", "juniper", "lagoon", "lantern",
    "laurel", "lemon", "linden", "maple", "marble", "meadow", "mint", "nutmeg", "oasis", "olive", "opal",
    "orchid", "pebble", "pepper", "quartz", "river", "saffron", "silver", "spruce", "summit", "thistle",
    "velvet", "willow",
];

/// The most attempts at a synthetic value that differs from the original.
const MAX_ATTEMPTS: u32 = 16;

/// A text in the same format. A text without content (empty or only whitespace) is kept.
pub(super) fn synthetic_text(key: &DigestKey, text: &str) -> String {
    let original = text.trim();
    if original.is_empty() {
        return text.to_owned();
    }
    let format = Format::of(original);
    let email = original.to_lowercase();
    let compared = if format == Format::Email { email.as_str() } else { original };
    different(key, compared, |bytes| format.generate(bytes, compared))
}

/// A number of the same type with the same number of digits.
pub(super) fn synthetic_number(key: &DigestKey, number: &Number) -> Number {
    let original = number.to_string();
    let same_type = |text: &str| text.parse().ok().filter(|own: &Number| own.is_f64() == number.is_f64());
    let text = different(key, &original, |bytes| {
        let mut text = digits(bytes, &original);
        // A random number with as many digits as the largest integer may exceed the range of the type.
        while same_type(&text).is_none() && !text.is_empty() {
            text.pop();
        }
        text
    });
    same_type(&text).unwrap_or_else(|| Number::from(1))
}

/// The first synthetic value that differs from the original.
fn different(key: &DigestKey, original: &str, generate: impl Fn(&mut DerivedBytes<'_>) -> String) -> String {
    let mut found = String::new();
    for attempt in 0..MAX_ATTEMPTS {
        found = generate(&mut DerivedBytes::new(key, original, attempt));
        if !found.eq_ignore_ascii_case(original) {
            break;
        }
    }
    found
}

/// The format of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Email,
    Uuid,
    Url,
    Html,
    Color,
    /// A date, a time or both.
    DateTime,
    /// Digits and separators, such as a phone number.
    Digits,
    /// A single word that contains digits.
    Code,
    Words,
}

impl Format {
    fn of(text: &str) -> Self {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if is_email(text) {
            Self::Email
        } else if is_uuid(text) {
            Self::Uuid
        } else if scheme(text).is_some() {
            Self::Url
        } else if has_tag(text) {
            Self::Html
        } else if text.strip_prefix('#').is_some_and(is_hex_color) {
            Self::Color
        } else if date_time(text).is_some() {
            Self::DateTime
        } else if digits > 0 && text.chars().all(|c| c.is_ascii_digit() || " +-()/.,:".contains(c)) {
            Self::Digits
        } else if digits > 0 && !text.contains(char::is_whitespace) {
            Self::Code
        } else {
            Self::Words
        }
    }

    fn generate(self, bytes: &mut DerivedBytes<'_>, original: &str) -> String {
        match self {
            Self::Email => format!("person-{}@example.com", bytes.hex(12)),
            Self::Uuid => uuid(bytes, original),
            Self::Url => {
                format!("{}://example.com/{}", scheme(original).unwrap_or("https"), bytes.hex(12))
            }
            Self::Html => format!("<p>{}</p>", words(bytes, &without_tags(original))),
            Self::Color => format!("#{}", bytes.hex(original.len() - 1)),
            Self::DateTime => {
                date_time(original).map_or_else(String::new, |fields| new_date_time(bytes, original, &fields))
            }
            Self::Digits => digits(bytes, original),
            Self::Code => original.chars().map(|c| same_kind(bytes, c)).collect(),
            Self::Words => words(bytes, original),
        }
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_plain = |c: char| !c.is_whitespace() && !"@<>\"(),;:".contains(c);
    !local.is_empty() && domain.contains('.') && (local.chars().chain(domain.chars())).all(is_plain)
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    (!scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(scheme)
}

/// Whether a text contains an HTML tag: `a < b > c` does not.
fn has_tag(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let inner = &text[at + 1..];
        inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') && inner.contains('>')
    })
}

fn is_hex_color(text: &str) -> bool {
    matches!(text.len(), 3 | 6 | 8) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A version 4 UUID in the letter case of the original.
fn uuid(bytes: &mut DerivedBytes<'_>, original: &str) -> String {
    let hex = bytes.hex(32);
    let variant = ["8", "9", "a", "b"][bytes.below(4)];
    let uuid =
        format!("{}-{}-4{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
    if original.bytes().any(|byte| byte.is_ascii_uppercase()) { uuid.to_uppercase() } else { uuid }
}

/// A field of a date or a time, and its number of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DigitField {
    Year,
    /// From 1 to 12: valid whichever of the two it is.
    MonthOrDay,
    Hour,
    /// Minutes, seconds or fractions of a second.
    Below60,
}

/// The fields of a date such as `2026-03-01` or `1.3.2026`, of a time such as `14:45`, or of both; none for any other text.
fn date_time(text: &str) -> Option<Vec<DigitField>> {
    use DigitField::{Below60, Hour, MonthOrDay, Year};
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (Some(date), Some(time)),
        None if text.contains(':') => (None, Some(text)),
        None => (Some(text), None),
    };
    let mut fields = Vec::new();
    if let Some(date) = date {
        let separator = date.chars().find(|c| matches!(c, '-' | '.' | '/'))?;
        let lengths: Vec<usize> = date.split(separator).map(str::len).collect();
        fields.extend(match lengths[..] {
            [4, 1 | 2, 1 | 2] => [Year, MonthOrDay, MonthOrDay],
            [1 | 2, 1 | 2, 4] => [MonthOrDay, MonthOrDay, Year],
            _ => return None,
        });
        if !date.chars().all(|c| c.is_ascii_digit() || c == separator) {
            return None;
        }
    }
    if let Some(time) = time {
        let time = time.strip_suffix('Z').unwrap_or(time);
        let parts: Vec<&str> = time.split([':', '.']).collect();
        let is_time = matches!(parts.len(), 2..=4)
            && parts[..parts.len().min(3)].iter().all(|part| matches!(part.len(), 1 | 2));
        if !is_time
            || !time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.'))
            || !time.contains(':')
        {
            return None;
        }
        fields.push(Hour);
        fields.extend(std::iter::repeat_n(Below60, parts.len() - 1));
    }
    Some(fields)
}

/// Replaces the digits of each field with valid ones.
fn new_date_time(bytes: &mut DerivedBytes<'_>, original: &str, fields: &[DigitField]) -> String {
    let mut text = String::new();
    let mut fields = fields.iter();
    let mut rest = original;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let width = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let short = width == 1;
        let number = match fields.next() {
            Some(DigitField::Year) => 1950 + bytes.below(80),
            Some(DigitField::MonthOrDay) => 1 + bytes.below(if short { 9 } else { 12 }),
            Some(DigitField::Hour) => bytes.below(if short { 10 } else { 24 }),
            Some(DigitField::Below60) | None => bytes.below(if short { 10 } else { 60 }),
        };
        let number = format!("{number:0width$}");
        text.push_str(&number[number.len() - width..]);
        rest = &rest[width..];
    }
    text + rest
}

/// Replaces each digit except a leading zero, which may mark an area code.
fn digits(bytes: &mut DerivedBytes<'_>, original: &str) -> String {
    let mut is_first = true;
    let digit = |c: char| {
        if !c.is_ascii_digit() {
            return c;
        }
        let is_leading = std::mem::take(&mut is_first);
        let has_others = original.bytes().filter(u8::is_ascii_digit).count() > 1;
        let number = match (is_leading, c) {
            (true, '0') if has_others => 0,
            (true, _) => 1 + bytes.below(9),
            (false, _) => bytes.below(10),
        };
        char::from_digit(u32::try_from(number).unwrap_or_default(), 10).unwrap_or('0')
    };
    original.chars().map(digit).collect()
}

/// A character of the same kind: a digit, a letter in the same case, or the same punctuation.
fn same_kind(bytes: &mut DerivedBytes<'_>, c: char) -> char {
    let letter = |first: u8, bytes: &mut DerivedBytes<'_>| {
        char::from(first + u8::try_from(bytes.below(26)).unwrap_or_default())
    };
    match c {
        '0'..='9' => char::from(b'0' + u8::try_from(bytes.below(10)).unwrap_or_default()),
        _ if c.is_uppercase() => letter(b'A', bytes),
        _ if c.is_alphanumeric() => letter(b'a', bytes),
        _ if c.is_ascii() => c,
        _ => '_',
    }
}

fn without_tags(html: &str) -> String {
    let mut is_tag = false;
    let is_text = |c: &char| {
        is_tag = *c == '<' || is_tag && *c != '>';
        !is_tag && *c != '>'
    };
    html.chars().filter(is_text).collect()
}

/// As many words as the original, from 1 to 12, each with a capital where the original has one.
fn words(bytes: &mut DerivedBytes<'_>, original: &str) -> String {
    const MOST_WORDS: usize = 12;
    let joint = match original.contains(char::is_whitespace) {
        false if original.contains('-') => '-',
        false if original.contains('_') => '_',
        _ => ' ',
    };
    let is_between = |c: char| if joint == ' ' { c.is_whitespace() } else { c == joint };
    let mut text = String::new();
    for word in original.split(is_between).filter(|word| !word.is_empty()).take(MOST_WORDS) {
        add_word(bytes, word, joint, &mut text);
    }
    if text.is_empty() {
        add_word(bytes, "", joint, &mut text);
    }
    text
}

fn add_word(bytes: &mut DerivedBytes<'_>, original: &str, joint: char, text: &mut String) {
    if !text.is_empty() {
        text.push(joint);
    }
    let word = WORDS[bytes.below(WORDS.len())];
    match original.chars().next() {
        Some(first) if first.is_uppercase() => {
            text.push_str(&word[..1].to_uppercase());
            text.push_str(&word[1..]);
        }
        _ => text.push_str(word),
    }
}

/// A byte stream that is derived from the keyed digest of a text.
struct DerivedBytes<'a> {
    key: &'a DigestKey,
    original: &'a str,
    attempt: u32,
    blocks: u32,
    block: Option<hmac::Tag>,
    used: usize,
}

impl<'a> DerivedBytes<'a> {
    fn new(key: &'a DigestKey, original: &'a str, attempt: u32) -> Self {
        Self { key, original, attempt, blocks: 0, block: None, used: 0 }
    }

    fn byte(&mut self) -> u8 {
        let block = self.block.filter(|block| self.used < block.as_ref().len());
        let block = block.unwrap_or_else(|| {
            let number = format!("{} {}", self.attempt, self.blocks);
            self.blocks += 1;
            self.used = 0;
            self.key.bytes(&["synthetic", &number, self.original])
        });
        self.block = Some(block);
        self.used += 1;
        block.as_ref()[self.used - 1]
    }

    /// A number below `end`, which is at most 256.
    fn below(&mut self, end: usize) -> usize {
        (usize::from(self.byte()) << 8 | usize::from(self.byte())) % end
    }

    fn hex(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b"0123456789abcdef"[self.below(16)])).collect()
    }
}
