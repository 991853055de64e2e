//! The pictures that `reference/make.py` makes.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Small pictures or large ones in a folder of this name, which no other test has; `None` where Python has no Pillow, unless continuous integration demands it.
pub fn pictures(kind: &str, folder: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/make.py");
    // Debian's Python has Debian's Pillow; another one may come first on PATH.
    let mut pythons = ["/usr/bin/python3", "python3"].into_iter();
    let has_pillow = |python: &&str| {
        let asked = Command::new(python).args(["-c", "from PIL import ImageCms"]).output();
        asked.is_ok_and(|asked| asked.status.success())
    };
    let Some(python) = pythons.find(has_pillow) else {
        assert!(std::env::var_os("CI").is_none(), "there is no Pillow: run .ci/install");
        return None;
    };
    let run = Command::new(python).arg(script).arg(&folder).arg(kind).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(folder)
}
