//! The data of a run before its first element is sent: looked through, where it is a file, and opened.

use crate::commands::args::{DataArgs, EachArgs, OnBadLine};
use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::fire::FireArgs;
use crate::core::diagnostic::Diagnostic;
use crate::core::request::OTHER_FORMAT;
use crate::core::run::Tally;
use crate::core::text::{count, one_line};
use crate::io::files::{self, Elements, InputFormat, Survey};
use crate::output::text;

/// Why nothing is sent of empty data.
pub(super) const NO_ELEMENT: &str = "there is no element in it";

/// Reads a file to its end before anything of it is sent.
pub(super) fn survey(data: &DataArgs, on_bad_line: OnBadLine) -> Result<Option<Survey>> {
    let Some(path) = data.path() else { return Ok(None) };
    let survey = files::survey(path, InputFormat::Json).map_err(|error| files::finding(&error))?;
    if let Some(survey) =
        survey.as_ref().filter(|survey| !survey.bad.is_empty() && on_bad_line == OnBadLine::Refuse)
    {
        let mut findings = survey.bad.clone();
        let all = survey.bad.len() + usize::try_from(survey.more).unwrap_or(usize::MAX);
        let of = if survey.is_whole { format!(" of {}", survey.elements) } else { String::new() };
        // If a list is truncated there is no next line, so `--on-bad-line` does not help.
        findings.push(if survey.is_whole {
            let message = format!("nothing was sent: {}{of} cannot be used", count(all, "line"));
            let others = u64::try_from(all).is_ok_and(|all| all < survey.elements);
            let help = others.then(|| "use `--on-bad-line fail` to send the others".to_owned());
            Diagnostic::error("bad-lines", message).maybe_help(help)
        } else if survey.bad.iter().any(|finding| finding.code == OTHER_FORMAT) {
            return Err(findings.into());
        } else {
            let message = "nothing was sent: the data cannot be read to the end";
            Diagnostic::error("bad-data", message).help("fix it and run the same command again")
        });
        return Err(findings.into());
    }
    Ok(survey)
}

/// Whether a file has nothing to send. Says so.
pub(super) fn is_nothing_to_send(args: &FireArgs, cx: &mut Context, survey: Option<&Survey>) -> bool {
    let EachArgs { skip, limit, resume, .. } = args.each;
    let Some(survey) = survey.filter(|survey| survey.is_whole && resume.is_none()) else { return false };
    let why = match survey.elements {
        0 => NO_ELEMENT.to_owned(),
        all if all <= skip => format!("`--skip {skip}` leaves out all of {all}"),
        _ if limit == Some(0) => "`--limit 0` lets none through".to_owned(),
        _ => return false,
    };
    let data = args.data.typed().unwrap_or_default();
    warn_of_nothing(cx, &data, &why);
    if args.format.is_json() {
        cx.printer.data(&text::run_end_json("done", None, &Tally::default(), Some(0), 0));
    }
    true
}

/// Says that nothing of the data is sent, and why.
pub(super) fn warn_of_nothing(cx: &mut Context, data: &str, why: &str) {
    cx.printer.warning(&format!("nothing of {} is sent: {why}", one_line(data)));
}

/// Opens it to be read.
pub(super) fn open(data: &DataArgs) -> Result<Elements> {
    match data.path() {
        Some(path) => Ok(Elements::open(path, InputFormat::Json).map_err(|error| files::finding(&error))?),
        None => Ok(Elements::stdin(InputFormat::Json)),
    }
}
