//! What the CPU can do changes how long the engine takes, not what it writes.

use std::path::PathBuf;

use vertex_markers::simd::{Level, set_level};
use vertex_markers::{CompileOptions, Layout, Limits, Picture, compile};

#[test]
fn files_are_the_same_at_every_level() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    for (name, layout) in [("chelsea", Layout::Tuned), ("astronaut", Layout::Compat)] {
        let bytes = std::fs::read(data.join(format!("{name}.png"))).unwrap();
        let picture = Picture::decode(&bytes, &Limits::ENGINE).unwrap();
        let written = |level| {
            set_level(level);
            compile(&picture, &CompileOptions { layout }).unwrap().encode()
        };
        assert!(written(Level::Baseline) == written(Level::Avx2), "{name}");
    }
}
