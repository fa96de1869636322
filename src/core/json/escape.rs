//! Text on its way into a JSON string.

/// Appends a text as it stands between the quotes of a JSON string, spelled as `serde_json` spells it.
pub fn escape_into(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            0..0x20 => b'u',
            _ => continue,
        };
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(&[b'\\', short]);
        if short == b'u' {
            out.extend_from_slice(format!("{byte:04x}").as_bytes());
        }
        done = at + 1;
    }
    out.extend_from_slice(&bytes[done..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quoted(text: &str) -> String {
        let mut out = b"\"".to_vec();
        escape_into(text, &mut out);
        out.push(b'"');
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_character_below_the_first_beyond_ascii_is_spelled_as_serde_json_does() {
        let all: String = (0..=0x80).filter_map(char::from_u32).collect();
        assert_eq!(quoted(&all), serde_json::Value::from(all).to_string());
    }

    proptest! {
        #[test]
        fn any_text_is_spelled_as_serde_json_does(text: String) {
            prop_assert_eq!(quoted(&text), serde_json::Value::from(text.as_str()).to_string());
        }
    }
}
