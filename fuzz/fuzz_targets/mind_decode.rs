//! Marker files: whatever decodes must survive being encoded and decoded again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vertex_markers::MindFile;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = MindFile::decode(bytes) {
        let again = MindFile::decode(&file.encode());
        assert_eq!(again.as_ref(), Ok(&file));
    }
});
