//! `hooks sample`

use hooks::core::catalog;
use hooks::core::model::TriggerElement;
use snapbox::str;

use crate::harness::{Project, hooks};

#[test]
fn a_sample_is_json_that_the_other_commands_take() {
    for kind in TriggerElement::ALL {
        let outcome = hooks(["sample", &kind.as_str().to_uppercase()]).run();
        let _ = outcome.success().stdout_is(catalog::sample(kind)).no_stderr();
        let project = Project::new().file("element.json", catalog::sample(kind));
        let vars = hooks(["vars", kind.as_str(), "element.json", "--json"]).in_project(&project).run();
        let _ = vars.success().stdout_json(|all| assert_eq!(all["version"], 1)).no_stderr();
    }
}

#[test]
fn without_an_element_it_names_all_seven() {
    let _ = hooks(["sample"]).run().code(2).no_stdout().stderr(str![[r#"
error: which trigger element? Name one as `ELEMENT`
  = help: there are `rsvp_answer`, `event`, `event_group`, `style`, `rsvp_template`, `cta_template` and `landingpage_template`

"#]]);
    let _ = hooks(["sample", "evnt"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value 'evnt' for '[ELEMENT]': did you mean `event`?

For more information, try '--help'.

"#]]);
}
