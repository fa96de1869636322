//! Characters that look like others or are invisible, as word processors and web pages insert them.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookAlike {
    pub character: char,
    /// The Unicode name in lower case, or a common name.
    pub name: &'static str,
    /// The ASCII text that was probably meant; empty for an invisible character.
    pub replacement: &'static str,
}

const fn alike(character: char, name: &'static str, replacement: &'static str) -> LookAlike {
    LookAlike { character, name, replacement }
}

const LOOK_ALIKES: &[LookAlike] = &[
    alike('“', "left double quotation mark", "\""),
    alike('”', "right double quotation mark", "\""),
    alike('„', "low double quotation mark", "\""),
    alike('‟', "reversed double quotation mark", "\""),
    alike('«', "left guillemet", "\""),
    alike('»', "right guillemet", "\""),
    alike('＂', "fullwidth quotation mark", "\""),
    alike('‘', "left single quotation mark", "'"),
    alike('’', "right single quotation mark", "'"),
    alike('‚', "low single quotation mark", "'"),
    alike('´', "acute accent", "'"),
    alike('\u{a0}', "no-break space", " "),
    alike('\u{2007}', "figure space", " "),
    alike('\u{2009}', "thin space", " "),
    alike('\u{202f}', "narrow no-break space", " "),
    alike('\u{3000}', "ideographic space", " "),
    alike('\u{2028}', "line separator", "\n"),
    alike('\u{2029}', "paragraph separator", "\n"),
    alike('–', "en dash", "-"),
    alike('—', "em dash", "-"),
    alike('−', "minus sign", "-"),
    alike('\u{2011}', "non-breaking hyphen", "-"),
    alike('，', "fullwidth comma", ","),
    alike('：', "fullwidth colon", ":"),
    alike('＝', "fullwidth equals sign", "="),
    alike('｛', "fullwidth left brace", "{"),
    alike('｝', "fullwidth right brace", "}"),
    alike('\u{ad}', "soft hyphen", ""),
    alike('\u{200b}', "zero width space", ""),
    alike('\u{200c}', "zero width non-joiner", ""),
    alike('\u{200d}', "zero width joiner", ""),
    alike('\u{200e}', "left-to-right mark", ""),
    alike('\u{200f}', "right-to-left mark", ""),
    alike('\u{202a}', "left-to-right embedding", ""),
    alike('\u{202b}', "right-to-left embedding", ""),
    alike('\u{202c}', "pop directional formatting", ""),
    alike('\u{202d}', "left-to-right override", ""),
    alike('\u{202e}', "right-to-left override", ""),
    alike('\u{2060}', "word joiner", ""),
    alike('\u{2066}', "left-to-right isolate", ""),
    alike('\u{2067}', "right-to-left isolate", ""),
    alike('\u{2068}', "first strong isolate", ""),
    alike('\u{2069}', "pop directional isolate", ""),
    alike('\u{feff}', "byte order mark", ""),
];

pub fn look_alike(character: char) -> Option<LookAlike> {
    LOOK_ALIKES.iter().copied().find(|own| own.character == character)
}

impl LookAlike {
    /// Such as `U+201C left double quotation mark`.
    pub fn describe(&self) -> String {
        format!("U+{:04X} {}", u32::from(self.character), self.name)
    }

    /// How to fix it: a fragment in the imperative.
    pub fn advice(&self) -> String {
        match self.replacement {
            "" => "delete it: it is invisible".to_owned(),
            " " => "replace it with a space".to_owned(),
            "\n" => "replace it with a line break".to_owned(),
            plain => format!("replace it with `{plain}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_alike_is_listed_once_and_replaced_by_ascii() {
        for (index, own) in LOOK_ALIKES.iter().enumerate() {
            assert!(!own.character.is_ascii() && own.replacement.is_ascii(), "{own:?}");
            assert!(LOOK_ALIKES[..index].iter().all(|other| other.character != own.character), "{own:?}");
        }
    }

    #[test]
    fn a_look_alike_is_described_with_its_replacement() {
        let named = |c| look_alike(c).map(|own| (own.describe(), own.advice()));
        let expected = |name: &str, advice: &str| Some((name.to_owned(), advice.to_owned()));
        assert_eq!(named('“'), expected("U+201C left double quotation mark", "replace it with `\"`"));
        assert_eq!(named('\u{a0}'), expected("U+00A0 no-break space", "replace it with a space"));
        assert_eq!(
            named('\u{202e}'),
            expected("U+202E right-to-left override", "delete it: it is invisible")
        );
        assert_eq!(named('ä'), None);
    }
}
