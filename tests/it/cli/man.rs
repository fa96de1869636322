//! `hooks man`

use crate::harness::{Project, hooks};

#[test]
fn a_page_has_the_sections_of_a_manual_page() {
    hooks(["man", "backfill", "resume"]).run().success().no_stderr().stdout_with(|text| {
        assert!(text.contains(".TH hooks-backfill-resume 1 \"\" \"hooks "), "{text}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "DELIVERY", "GLOBAL", "\"EXIT STATUS\""] {
            assert!(text.contains(&format!("\n.SH {section}\n")), "{section}: {text}");
        }
    });
    hooks(["man", "backfil"]).run().code(2).no_stdout().stderr_with(|text| {
        assert!(text.contains("did you mean `hooks backfill`?"), "{text}");
    });
}

#[test]
fn every_command_gets_a_file() {
    let project = Project::new().file("man/hooks.1", "old");
    let outcome = hooks(["man", "--output", "man"]).in_project(&project).run().success().no_stderr();
    outcome
        .stdout_with(|text| assert!(text.starts_with("wrote ") && text.ends_with(" to `man`\n"), "{text}"));
    for page in ["hooks.1", "hooks-fire.1", "hooks-backfill-list.1"] {
        assert!(project.read(&format!("man/{page}")).windows(3).any(|three| three == b".TH"), "{page}");
    }
    let outcome = hooks(["man", "--output", "nope"]).in_project(&project).run();
    outcome.code(3).no_stdout().stderr_with(|text| assert!(text.contains("= help: "), "{text}"));
}
