//! What a change does to a file, line by line, in the form that `diff -u` made known.

use crate::core::text::one_line;
use crate::face::paint::Paint;
use crate::face::report::may_hold_secret;

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;
/// How far ahead the two texts are searched for lines that are the same again.
const AHEAD: usize = 64;

/// A line of the old or the new text, by its index.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Both(usize, usize),
    Old(usize),
    New(usize),
}

/// The differences between two texts; nothing when they are the same. Lines that may hold a credential are
/// shown without their values.
pub fn diff(name: &str, old: &str, new: &str, paint: Paint) -> String {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (split(old), split(new));
    let steps = steps(&old_lines, &new_lines);
    let hunks = hunks(&steps);
    if hunks.is_empty() {
        return String::new();
    }
    let name = one_line(name);
    let mut text =
        format!("{}\n{}\n", paint.strong(&format!("--- {name}")), paint.strong(&format!("+++ {name}")));
    for hunk in hunks {
        let hunk = &steps[hunk];
        text.push_str(&format!("{}\n", paint.name(&head(hunk))));
        for step in hunk {
            text.push_str(&match *step {
                Step::Both(at, _) => format!(" {}\n", shown(old, &old_lines, at)),
                Step::Old(at) => format!("{}\n", paint.bad(&format!("-{}", shown(old, &old_lines, at)))),
                Step::New(at) => format!("{}\n", paint.good(&format!("+{}", shown(new, &new_lines, at)))),
            });
        }
    }
    text
}

fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn shown(text: &str, lines: &[&str], at: usize) -> String {
    let line = lines[at].trim_end_matches(['\n', '\r']);
    let start = lines[at].as_ptr() as usize - text.as_ptr() as usize;
    if may_hold_secret(text, start..start + line.len()) {
        let key = line.split_once('=').map_or("", |(key, _)| key);
        return format!("{}= \"***\"", one_line(key));
    }
    one_line(line).into_owned()
}

/// Walks both texts; where they differ, looks ahead for the nearest line that they share.
fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
    let (mut i, mut j) = (0, 0);
    let mut steps = Vec::with_capacity(old.len());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            steps.push(Step::Both(i, j));
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let (skip_old, skip_new) = resume(&old[i..], &new[j..]);
        steps.extend((i..i + skip_old).map(Step::Old));
        steps.extend((j..j + skip_new).map(Step::New));
        (i, j) = (i + skip_old, j + skip_new);
    }
    steps
}

fn resume(old: &[&str], new: &[&str]) -> (usize, usize) {
    for total in 1..AHEAD {
        for skip_old in 0..=total {
            let skip_new = total - skip_old;
            match (old.get(skip_old), new.get(skip_new)) {
                (Some(a), Some(b)) if a == b => return (skip_old, skip_new),
                _ => {}
            }
        }
    }
    (old.len().min(AHEAD), new.len().min(AHEAD))
}

/// The runs of steps that show every change with its context.
fn hunks(steps: &[Step]) -> Vec<std::ops::Range<usize>> {
    let mut hunks: Vec<std::ops::Range<usize>> = Vec::new();
    let changed = steps.iter().enumerate().filter(|(_, step)| !matches!(step, Step::Both(..)));
    for (at, _) in changed {
        let (start, end) = (at.saturating_sub(CONTEXT), (at + 1 + CONTEXT).min(steps.len()));
        match hunks.last_mut().filter(|last| start <= last.end) {
            Some(last) => last.end = end,
            None => hunks.push(start..end),
        }
    }
    hunks
}

fn head(hunk: &[Step]) -> String {
    let range = |at: &dyn Fn(&Step) -> Option<usize>| {
        let count = hunk.iter().filter_map(at).count();
        let first = hunk.iter().find_map(at).map_or(0, |first| first + 1);
        format!("{first},{count}")
    };
    let old = range(&|step| match step {
        Step::Both(at, _) | Step::Old(at) => Some(*at),
        Step::New(_) => None,
    });
    let new = range(&|step| match step {
        Step::Both(_, at) | Step::New(at) => Some(*at),
        Step::Old(_) => None,
    });
    format!("@@ -{old} +{new} @@")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(old: &str, new: &str) -> String {
        diff("w.toml", old, new, Paint::OFF)
    }

    #[test]
    fn a_changed_line_stands_between_its_neighbours() {
        let old = "a\nb\nc\nd\ne\nf\ng\n";
        let expected = "--- w.toml\n+++ w.toml\n@@ -2,6 +2,5 @@\n b\n c\n d\n-e\n f\n g\n";
        assert_eq!(plain(old, "a\nb\nc\nd\nf\ng\n"), expected);
        assert!(plain(old, "a\nb\nc\nX\ne\nf\ng\n").contains(" c\n-d\n+X\n e\n"));
        assert_eq!(plain(old, old), "");
    }

    #[test]
    fn credentials_are_not_shown() {
        let old = "[webhooks.a.header]\nAuthorization = \"Bearer hunter2\"\nB = 1\n";
        let shown = plain(old, &old.replace("B = 1", "B = \"1\""));
        assert!(shown.contains(" Authorization = \"***\"") && !shown.contains("hunter2"), "{shown}");
    }
}
