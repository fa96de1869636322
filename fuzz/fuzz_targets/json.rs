//! Element data: from text to document and back.
#![no_main]

use hooks::core::json::{check, pretty};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Ok(document) = check(text) else { return };
    let root = document.root(text);
    let compact = root.to_compact();
    check(&compact).expect("what is written can be read");
    // `serde_json` rejects numbers beyond the range of floats; everything else has the same value.
    if let Ok(theirs) = serde_json::from_str::<Value>(text) {
        assert_eq!(serde_json::from_str::<Value>(&compact).expect("the same"), theirs);
        assert_eq!(serde_json::from_str::<Value>(&pretty(root)).expect("the same"), theirs);
    }
});
