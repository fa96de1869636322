//! The files for packages agree with `Cargo.toml`. `scripts/package.sh` builds the packages.

use std::fs;
use std::path::Path;

use regex::Regex;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn every_file_that_names_the_version_names_the_same_one() {
    let changelog = read("CHANGELOG.md");
    let newest = changelog.lines().find_map(|line| line.strip_prefix("## [")).unwrap();
    assert!(newest.starts_with(&format!("{VERSION}] - ")), "{newest}");

    let action = read("action.yml");
    assert!(action.contains(&format!("\n    default: {VERSION}\n")), "{action}");
    let component = read("templates/check.yml");
    assert!(component.contains(&format!("\n      default: \"{VERSION}\"\n")), "{component}");

    let named = Regex::new(
        r"(?:add-to-calendar-hooks(?:==|_)|example/hooks(?:/check)?@v?|hooks-|[Vv]ersion |hooks [(]?|\| )(\d+\.\d+\.\d+)\b",
    )
    .unwrap();
    for (page, at_least) in [("docs/install.md", 3), ("docs/ci.md", 5), ("README.md", 1)] {
        let text = read(page);
        let versions: Vec<&str> =
            named.captures_iter(&text).map(|found| found.get(1).unwrap().as_str()).collect();
        assert!(versions.len() >= at_least, "{page}: {versions:?}");
        assert!(versions.iter().all(|version| *version == VERSION), "{page}: {versions:?}");
    }
}

#[test]
fn the_repository_has_one_address() {
    let address = env!("CARGO_PKG_REPOSITORY");
    let host = address.split('/').nth(2).unwrap();
    for path in [
        "CONTRIBUTING.md",
        "Cargo.toml",
        "Containerfile",
        "action.yml",
        "docs/install.md",
        "packaging/debian-copyright",
        "pyproject.toml",
    ] {
        let text = read(path);
        let elsewhere =
            text.replace(address, "").replace(&format!("@{host}"), "").replace(r"'git\.example\.com", "");
        assert!(text.contains(address), "{path} does not name {address}");
        assert!(!elsewhere.contains(host), "{path} names another address of {host}");
    }
}

#[test]
fn the_wheel_describes_the_package_as_cargo_does() {
    let wheel: toml::Table = read("pyproject.toml").parse().unwrap();
    let project = wheel["project"].as_table().unwrap();
    for (key, value) in [
        ("name", env!("CARGO_PKG_NAME")),
        ("description", env!("CARGO_PKG_DESCRIPTION")),
        ("license", env!("CARGO_PKG_LICENSE")),
        ("readme", env!("CARGO_PKG_README")),
    ] {
        assert_eq!(project[key].as_str(), Some(value), "{key}");
    }
    assert!(read("Containerfile").contains(env!("CARGO_PKG_DESCRIPTION")));
}

/// Only one of the branches is compiled here, so a comment must explain the other.
#[test]
fn every_branch_for_a_platform_has_a_reason() {
    let platform = Regex::new(r"cfg!?\(.*(unix|windows|target_os|target_vendor)").unwrap();
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut branches = 0;
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            if path.extension().is_none_or(|end| end != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
            let lines: Vec<&str> = code.lines().collect();
            // A reason is above a branch, or above the line or two that begin its item.
            let has_reason = |index: usize| {
                lines[index.saturating_sub(3)..index].iter().any(|line| line.trim_start().starts_with("//"))
            };
            let is_branch = |(_, line): &(usize, &&str)| platform.is_match(line);
            let found: Vec<usize> =
                lines.iter().enumerate().filter(is_branch).map(|(index, _)| index).collect();
            for (place, &index) in found.iter().enumerate() {
                branches += 1;
                // The other one of a pair can have it.
                let is_near = |other: &&usize| other.abs_diff(index) < 30 && has_reason(**other);
                let pair = [place.checked_sub(1), place.checked_add(1)];
                let pair = pair.into_iter().flatten().filter_map(|place| found.get(place));
                let is_import = lines[index + 1].starts_with("use ");
                assert!(
                    is_import || has_reason(index) || pair.into_iter().any(|other| is_near(&other)),
                    "{}:{}: {}",
                    path.display(),
                    index + 1,
                    lines[index]
                );
            }
        }
    }
    assert!(branches > 20, "{branches}");
}
