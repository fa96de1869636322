//! Suggests a variable for an unknown name: by spelling, by meaning, or by where it is nested.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::core::model::TriggerElement;
use crate::core::text::{fold, is_look_alike, within_edits};

use super::lookup::{find, other_owner, variables};
use super::variable::Variable;

/// A name that was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The name, for use between braces.
    pub name: String,
    /// Whether the names are so close that the unknown one must be a mistake.
    pub is_near: bool,
    reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    /// They look the same, but have different code points.
    Characters(String),
    Spelling,
    /// One is a synonym of the other; with its meaning.
    Meaning(&'static str),
    /// It is the name of a field inside another one.
    Nested,
    /// The field has this very name, which cannot be used between braces.
    Unusable,
}

/// A documented variable with its words, folded once.
struct Known {
    variable: &'static Variable,
    folded: String,
    /// With umlauts spelled out.
    synonyms: Vec<String>,
    /// The words of its meaning.
    meaning: Vec<String>,
}

static KNOWN: LazyLock<[Vec<Known>; TriggerElement::ALL.len()]> = LazyLock::new(|| {
    let known = |variable: &'static Variable| Known {
        variable,
        folded: fold(variable.name),
        synonyms: variable.synonyms().map(|word| spelled_out(&fold(word))).collect(),
        meaning: variable.meaning.split(|c: char| !c.is_alphanumeric()).map(fold).collect(),
    };
    TriggerElement::ALL.map(|element| variables(element).iter().map(known).collect())
});

fn known(element: TriggerElement) -> &'static [Known] {
    let position = TriggerElement::ALL.iter().position(|own| *own == element);
    position.map_or(&[], |position| &KNOWN[position])
}

struct Candidate<'a> {
    name: Cow<'a, str>,
    folded: Cow<'a, str>,
    known: Option<&'static Known>,
}

impl Suggestion {
    /// "did you mean …?", with the reason.
    pub fn question(&self, quoted: impl Fn(&str) -> String) -> String {
        let name = quoted(&self.name);
        let parent = self.name.rsplit_once('.').map(|(parent, _)| parent);
        match (&self.reason, parent) {
            (Reason::Unusable, _) => {
                format!("a field named {name} cannot be used between braces: rename it in the form")
            }
            (Reason::Characters(difference), _) => format!("did you mean {name}? {difference}"),
            (Reason::Spelling, _) | (Reason::Nested, None) => format!("did you mean {name}?"),
            (Reason::Meaning(meaning), None) => format!("did you mean {name} ({meaning})?"),
            (Reason::Meaning(meaning), Some(parent)) => {
                format!("did you mean {name} ({meaning})? It is nested under `{parent}`")
            }
            (Reason::Nested, Some(parent)) => format!("did you mean {name}? It is nested under `{parent}`"),
        }
    }

    /// The question, with the name between braces.
    pub fn as_variable(&self) -> String {
        self.question(|name| format!("`{{{{{name}}}}}`"))
    }
}

/// The documented name that was probably meant.
pub fn suggest(element: TriggerElement, name: &str) -> Option<Suggestion> {
    suggest_with(element, name, std::iter::empty())
}

/// The documented or other name that was probably meant.
pub(super) fn suggest_with<'a>(
    element: TriggerElement,
    name: &str,
    others: impl Iterator<Item = &'a str>,
) -> Option<Suggestion> {
    let known = known(element).iter().map(|known| Candidate {
        name: known.variable.name.into(),
        folded: known.folded.as_str().into(),
        known: Some(known),
    });
    let others = others.map(|name| Candidate { name: name.into(), folded: fold(name).into(), known: None });
    best(name, &known.chain(others).collect::<Vec<_>>())
}

/// The name that was probably meant, among those of one element.
pub fn suggest_among<'a>(
    element: TriggerElement,
    name: &str,
    names: impl IntoIterator<Item = Cow<'a, str>>,
) -> Option<Suggestion> {
    let own = names.into_iter().map(|name| {
        let variable = find(element, &name);
        let known = known(element).iter().find(|own| Some(own.variable) == variable);
        Candidate { folded: fold(&name).into(), name, known }
    });
    best(name, &own.collect::<Vec<_>>())
}

/// Whether an unknown name may be a new field of the platform: it is a valid name, does not begin with a known one, is not
/// a near miss (`suggested`), and no other element has it.
pub fn may_be_new(element: TriggerElement, name: &str, suggested: Option<&Suggestion>) -> bool {
    let top = name.split('.').next().unwrap_or(name);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !top.is_empty()
        && top.chars().all(is_name)
        && find(element, top).is_none()
        && other_owner(element, name).is_none()
        && !suggested.is_some_and(|own| own.is_near)
}

fn best(name: &str, candidates: &[Candidate<'_>]) -> Option<Suggestion> {
    const MAX_NAME_LENGTH: usize = 100;
    const SHORTEST_MEANING: usize = 4;
    let folded = fold(name);
    if folded.is_empty() || folded.chars().count() > MAX_NAME_LENGTH {
        return None;
    }
    let last = last_step(&folded);
    let found = |is_near: bool, reason: Reason, own: &Candidate<'_>| {
        Some(Suggestion { name: own.name.to_string(), is_near, reason })
    };
    let first = |test: &dyn Fn(&Candidate<'_>) -> bool| candidates.iter().find(|own| test(own));
    if let Some(own) = first(&|own| own.folded == folded) {
        let is_same = is_look_alike(name, &own.name);
        let reason = if name == own.name {
            Reason::Unusable
        } else if is_same {
            Reason::Characters(difference(name, &own.name))
        } else {
            Reason::Spelling
        };
        return found(true, reason, own);
    }
    if let Some(own) = first(&|own| last_step(&own.folded) == last && own.folded.contains('.')) {
        return found(true, Reason::Nested, own);
    }
    if let Some(own) = first(&|own| own.folded == last) {
        return found(true, Reason::Spelling, own);
    }
    let synonym = spelled_out(last);
    if let Some((own, meaning)) = documented(candidates, |known| known.synonyms.contains(&synonym)).next() {
        return found(true, Reason::Meaning(meaning), own);
    }
    if let Some(own) = by_spelling(&folded, candidates, |own| &own.folded) {
        return found(true, Reason::Spelling, own);
    }
    if let Some(own) = by_spelling(last, candidates, |own| last_step(&own.folded)) {
        return found(false, if own.folded.contains('.') { Reason::Nested } else { Reason::Spelling }, own);
    }
    // The only variable whose meaning contains the word.
    let is_long = last.chars().count() >= SHORTEST_MEANING;
    let mut explained =
        documented(candidates, |known| is_long && known.meaning.iter().any(|own| own == last));
    let (own, meaning) = explained.next().filter(|_| explained.next().is_none())?;
    found(false, Reason::Meaning(meaning), own)
}

fn last_step(folded: &str) -> &str {
    folded.rsplit('.').next().unwrap_or(folded)
}

/// The documented candidates that pass this test, with their meanings.
fn documented<'c, 'a>(
    candidates: &'c [Candidate<'a>],
    test: impl Fn(&Known) -> bool,
) -> impl Iterator<Item = (&'c Candidate<'a>, &'static str)> {
    let known = candidates.iter().filter_map(|own| Some((own, own.known?)));
    known.filter(move |(_, known)| test(known)).map(|(own, known)| (own, known.variable.meaning))
}

/// The closest one, if it is at most two edits away; one for short names.
fn by_spelling<'c, 'a>(
    word: &str,
    candidates: &'c [Candidate<'a>],
    spelling: impl for<'f> Fn(&'f Candidate<'a>) -> &'f str,
) -> Option<&'c Candidate<'a>> {
    let distance = |own: &'c Candidate<'a>| Some((within_edits(word, spelling(own))?, own));
    candidates.iter().filter_map(distance).min_by_key(|(edits, _)| *edits).map(|(_, own)| own)
}

fn spelled_out(text: &str) -> String {
    text.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss")
}

/// The difference between two names that look the same: the code points between their common prefix and suffix.
fn difference(name: &str, other: &str) -> String {
    let (name, other): (Vec<char>, Vec<char>) = (name.chars().collect(), other.chars().collect());
    let start = name.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (rest, other_rest) = (&name[start..], &other[start..]);
    let end = rest.iter().rev().zip(other_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let points = |part: &[char]| {
        let points: Vec<String> = part.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        if points.is_empty() { "nothing".to_owned() } else { points.join(" ") }
    };
    let (part, other_part) = (&rest[..rest.len() - end], &other_rest[..other_rest.len() - end]);
    let words = format!("They look alike: {} here is {} in the element", points(part), points(other_part));
    // Between braces, U+0020 is the only valid space.
    if other_part.iter().any(|c| *c != ' ' && (c.is_whitespace() || c.is_control())) {
        return format!("{words}, and cannot be written between braces: rename the field in the form");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::TriggerElement::{Event, EventGroup, RsvpAnswer};

    fn near(element: TriggerElement, name: &str) -> Option<String> {
        suggest(element, name).filter(|found| found.is_near).map(|found| found.name)
    }

    #[test]
    fn a_near_miss_is_found_by_spelling_synonym_and_nested_name() {
        for (element, name, expected) in [
            (RsvpAnswer, "emial", "email"),
            (RsvpAnswer, "dateCreated", "date_created"),
            (RsvpAnswer, "STATUS", "status"),
            (RsvpAnswer, "seats", "amount"),
            (RsvpAnswer, "Plätze", "amount"),
            (RsvpAnswer, "Plaetze", "amount"),
            (RsvpAnswer, "Pla\u{308}tze", "amount"),
            (RsvpAnswer, "first_name", "payload.first_name"),
            (RsvpAnswer, "Vorname", "payload.first_name"),
            (RsvpAnswer, "payload.seats", "amount"),
            (RsvpAnswer, "element_data.email", "email"),
            (Event, "location", "dates.0.location"),
            (Event, "Titel", "dates.0.name"),
            (Event, "dates.0.nam", "dates.0.name"),
            (EventGroup, "Gruppenname", "name"),
        ] {
            assert_eq!(near(element, name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn two_edits_are_near_and_three_are_not_one_for_short_names() {
        assert_eq!(near(RsvpAnswer, "amonnt").as_deref(), Some("amount"));
        assert_eq!(near(RsvpAnswer, "amonn").as_deref(), Some("amount"));
        assert_eq!(near(RsvpAnswer, "amon"), None);
        assert_eq!(near(Event, "rspv").as_deref(), Some("rsvp"));
        assert_eq!(near(Event, "rsxy"), None);
        assert_eq!(near(RsvpAnswer, "brand_new_vendor_field"), None);
    }

    #[test]
    fn a_word_in_one_meaning_only_is_suggested_but_not_near() {
        let found = suggest(RsvpAnswer, "checkbox").unwrap();
        assert_eq!((found.name.as_str(), found.is_near), ("payload.required_check", false));
        assert_eq!(suggest(RsvpAnswer, "asks"), None, "used for more than one");
    }

    #[test]
    fn a_question_has_a_reason() {
        let asked = |name: &str| suggest(RsvpAnswer, name).unwrap().as_variable();
        assert_eq!(asked("emial"), "did you mean `{{email}}`?");
        assert_eq!(asked("seats"), "did you mean `{{amount}}` (how many seats the answer is for)?");
        assert_eq!(
            asked("first_name"),
            "did you mean `{{payload.first_name}}`? It is nested under `payload`"
        );
        let own = [Cow::Borrowed("payload.Di\u{e4}t"), Cow::Borrowed("payload.shoe\u{a0}size")];
        let among = |name: &str| suggest_among(RsvpAnswer, name, own.clone()).unwrap().as_variable();
        assert_eq!(
            among("payload.Dia\u{308}t"),
            "did you mean `{{payload.Diät}}`? They look alike: U+0061 U+0308 here is U+00E4 in the element"
        );
        assert!(
            among("payload.shoe size").contains("U+0020 here is U+00A0"),
            "{}",
            among("payload.shoe size")
        );
    }
}
