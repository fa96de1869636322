//! Shows the request and the change, and asks for confirmation before anything is written.

use crate::commands::args::EnvironmentArgs;
use crate::commands::change;
use crate::commands::context::Context;
use crate::commands::error::{Result, refused};
use crate::commands::secrets::DotEnvAdditions;
use crate::core::definitions::Definitions;
use crate::core::definitions::edit::Change;
use crate::core::request::{
    Destination, Element, PermissiveEnvironment, Rendering, environment_names, prepare,
};
use crate::core::text::{list, one_line};
use crate::output::json::Changed;
use crate::output::text;

pub fn confirm(
    cx: &mut Context,
    before: &Definitions,
    handle: &str,
    changes: &[Change],
    moves: &DotEnvAdditions,
    command: &str,
) -> Result<()> {
    let after = change::apply_in_memory(cx, changes)?;
    let changed = Changed { file: before.source.name(), before, after: &after, done: &[], is_written: false };
    let style = cx.printer.style_err();
    let request = request_text(cx, &after, handle, moves)?;
    // The diff comes last, next to the question: a request may be longer than the screen.
    cx.printer.preformatted(&format!("{request}\n{}\n", text::diff_text(&changed, style)));
    let question = format!("Write it to `{}`?", one_line(before.source.name()));
    if cx.prompt().confirm(&question, true)? {
        return Ok(());
    }
    let names: Vec<String> = moves.added.iter().map(|(name, _)| name.clone()).collect();
    let values = match names.as_slice() {
        [] => String::new(),
        names => format!("; set {} in the environment or in `.env` first", list(names, "and")),
    };
    Err(refused("nothing was written").help(format!("to write it, run `{command}`{values}")))
}

fn request_text(
    cx: &mut Context,
    after: &Definitions,
    handle: &str,
    moves: &DotEnvAdditions,
) -> Result<String> {
    let Some(webhook) = after.get(handle) else { return Ok(String::new()) };
    let names = environment_names(webhook, &Destination::Defined);
    let mut environment = cx.environment(after, &EnvironmentArgs::default(), &names)?;
    for (name, value) in &moves.added {
        environment.set(name, value.clone());
    }
    let element = Element::sample(webhook.trigger_element.value, webhook.trigger.value);
    let rendering = Rendering {
        element: &element,
        environment: &PermissiveEnvironment::for_display(&environment),
        allow_missing: true,
        destination: &Destination::Defined,
    };
    match prepare(webhook, rendering) {
        Ok((request, warnings)) => {
            cx.printer.hide(&request.redactor);
            cx.printer.findings(&warnings);
            Ok(format!(
                "\n{}",
                text::preview_text(&request, false, cx.printer.width(), cx.printer.style_err())
            ))
        }
        Err(findings) => {
            cx.printer.findings(&findings);
            Ok(String::new())
        }
    }
}
