//! The benches and fuzz targets, which are packages of their own, build with their lock files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read(path: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap().parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The dependencies of this package, by their names in a lock file.
fn dependencies() -> BTreeSet<String> {
    let manifest = read("Cargo.toml");
    let everywhere = manifest["dependencies"].as_table().unwrap();
    let targets = manifest["target"].as_table().unwrap().values();
    let somewhere = targets.filter_map(|target| target.get("dependencies")?.as_table()).flatten();
    let name = |(key, value): (&String, &toml::Value)| {
        value.get("package").and_then(toml::Value::as_str).unwrap_or(key).to_owned()
    };
    everywhere.iter().chain(somewhere).map(name).collect()
}

#[test]
fn lock_files_of_benches_and_fuzz_targets_list_every_dependency() {
    for lock_file in ["benches/bulk/Cargo.lock", "benches/render/Cargo.lock", "fuzz/Cargo.lock"] {
        let lock = read(lock_file);
        let packages = lock["package"].as_array().unwrap();
        let is_own = |package: &&toml::Value| package["name"].as_str() == Some(env!("CARGO_PKG_NAME"));
        let own = packages.iter().find(is_own).unwrap();
        let known = own["dependencies"].as_array().unwrap().iter().filter_map(toml::Value::as_str);
        // A name shared by several packages is followed by a version.
        let known: BTreeSet<String> =
            known.map(|name| name.split(' ').next().unwrap_or(name).to_owned()).collect();
        let folder = lock_file.trim_end_matches("/Cargo.lock");
        assert_eq!(
            known,
            dependencies(),
            "update it with `cargo generate-lockfile --manifest-path {folder}/Cargo.toml`"
        );
    }
}
