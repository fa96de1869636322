//! What a finding is known by from run to run: not its line, which moves with every edit above it.

use std::collections::HashMap;

use crate::core::check::Finding;

/// Gives each finding of a run a name of its own.
#[derive(Default)]
pub(super) struct Fingerprints {
    seen: HashMap<u64, usize>,
}

impl Fingerprints {
    /// The fingerprint of a finding: a hash of path, rule, message and the number of equal findings before it.
    pub(super) fn next(&mut self, path: &str, finding: &Finding) -> String {
        let diagnostic = &finding.diagnostic;
        let hash = fnv([path, diagnostic.code, &diagnostic.message]);
        let before = self.seen.entry(hash).or_insert(0);
        *before += 1;
        format!("{hash:016x}{:08x}", *before - 1)
    }
}

/// FNV-1a with 64 bits: the same in every version and on every machine.
fn fnv<'a>(parts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}
