//! What every backfill starts from: the webhook, the environment and the data.

use std::path::PathBuf;

use crate::commands::context::Context;
use crate::commands::error::{Result, refused};
use crate::core::backfill::fingerprint;
use crate::core::model::Webhook;
use crate::core::request::{
    CompiledWebhook, Destination, Environment, Override, PermissiveEnvironment, environment_names,
    is_this_machine,
};
use crate::core::text::one_line;
use crate::io::files::{InputFormat, Survey};

use super::args::RequestsArgs;
use super::input::{Recipe, data_name, prescan};

/// What a setup is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Send,
    Resume,
    /// A dry run: a variable that is not set is no error.
    Preview,
}

/// A backfill that is about to begin.
pub(super) struct Setup {
    pub(super) recipe: Recipe,
    /// The definitions file, as an absolute path.
    pub(super) file: String,
    /// Whether the requests stay on this machine.
    pub(super) is_here: bool,
    /// What the prescan of a file found; none for standard input and pipes.
    pub(super) survey: Option<Survey>,
    pub(super) format: InputFormat,
}

impl Setup {
    /// Reads definitions and environment, and the data to its end if it is a file.
    pub(super) fn new(
        cx: &mut Context,
        args: &RequestsArgs,
        to: Option<&Override>,
        purpose: Purpose,
    ) -> Result<Self> {
        let definitions = cx.definitions()?;
        let (webhook, _) = cx.webhook(&definitions, args.webhook.as_deref())?;
        if !webhook.active.value && !args.force {
            let handle = &webhook.handle.value;
            let help = match purpose {
                Purpose::Resume => format!("`hooks enable {handle}`, then resume again"),
                Purpose::Send | Purpose::Preview => "use `--force` to send anyway".to_owned(),
            };
            return Err(refused(format!("`{handle}` would not fire: inactive")).help(help));
        }
        let destination = to.cloned().map_or(Destination::Defined, Destination::from);
        let names = environment_names(webhook, &destination);
        let environment = cx.environment(&definitions, &args.environment, &names)?;
        let shown = PermissiveEnvironment::for_display(&environment);
        let environment: &dyn Environment = if purpose == Purpose::Preview { &shown } else { &environment };
        let (compiled, warnings) =
            CompiledWebhook::compile(webhook, environment, &destination, args.data.allow_missing)?;
        cx.printer.hide(compiled.redactor());
        cx.printer.findings(&warnings);
        args.data.hint_types(cx, webhook.trigger_element.value);
        let file = definitions.source.name();
        let file = std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file));
        let recipe = Recipe {
            webhook: webhook.clone(),
            compiled,
            destination,
            data: args.data.clone(),
            force: args.force,
            warnings: std::collections::BTreeMap::new(),
        };
        let is_here = recipe.compiled.url().is_some_and(is_this_machine);
        let format = args.input.format(args.data.path(), webhook.trigger_element.value)?;
        let survey = prescan(&args.data, format, args.selection.on_bad_line)?;
        cx.printer.findings(survey.as_ref().and_then(|survey| survey.note.clone()).as_slice());
        Ok(Self { format, recipe, file: file.to_string_lossy().into_owned(), is_here, survey })
    }

    /// How many elements a file has, if all of it can be read.
    pub(super) fn elements(&self) -> Option<u64> {
        self.survey.as_ref().filter(|survey| survey.is_whole).map(|survey| survey.elements)
    }

    /// The SHA-256 of a file, if all of it can be read.
    pub(super) fn input(&self) -> Option<String> {
        // A truncated list may be completed: then it is compared element by element.
        let whole = self.survey.as_ref().filter(|survey| survey.is_whole)?;
        Some(whole.sha256.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The SHA-256 of what makes a request other than the element and the environment.
    pub(super) fn definition(&self) -> String {
        fingerprint(definition(&self.recipe.webhook).as_bytes())
    }

    /// Whether a file has no element to send. If so, says why.
    pub(super) fn is_nothing_to_send(&self, cx: &mut Context, args: &RequestsArgs) -> bool {
        let selection = args.selection.selection();
        let why = match self.elements() {
            Some(0) => "it contains no elements",
            Some(elements) if selection.count(elements) == 0 => "no element is selected",
            _ => return false,
        };
        let data = data_name(args.data.path());
        cx.printer.warning(&format!("{}: {why}; nothing was sent", one_line(&data)));
        true
    }
}

fn definition(webhook: &Webhook) -> String {
    let mut text = format!(
        "{} {} {} {}\n",
        webhook.trigger.value, webhook.trigger_element.value, webhook.method.value, webhook.payload_url.value,
    );
    for (kind, fields) in [("header", &webhook.header), ("body", &webhook.body)] {
        for field in fields {
            text.push_str(&format!("{kind} {:?} {:?}\n", field.key.value, field.value.value));
        }
    }
    text
}
