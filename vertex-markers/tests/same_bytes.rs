//! What the CPU can do and the number of threads change how long the engine takes, not what it writes.

use std::path::Path;

use vertex_markers::simd::{SimdLevel, set_level};
use vertex_markers::trackability::{ScoreOptions, trackability};
use vertex_markers::{CompileOptions, Layout, Limits, Picture, compile};

fn fixture(name: &str) -> Picture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let bytes = std::fs::read(path).expect("the fixture is there");
    Picture::decode(&bytes, &Limits::ENGINE).expect("the fixture is a picture")
}

#[test]
fn files_are_the_same_at_every_level() {
    for (name, layout) in [("chelsea.png", Layout::Tuned), ("astronaut.png", Layout::Compat)] {
        let picture = fixture(name);
        let written = |level| {
            set_level(level);
            compile(&picture, &CompileOptions { layout }).unwrap().encode()
        };
        assert!(written(SimdLevel::Baseline) == written(SimdLevel::Avx2), "{name}");
    }
}

#[test]
fn files_and_scores_are_the_same_on_any_number_of_threads() {
    let picture = fixture("page.png");
    let made = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let file = compile(&picture, &CompileOptions::default()).unwrap();
            let score = trackability(&picture, &file.targets[0], &ScoreOptions::default());
            (file.encode(), score)
        })
    };
    let alone = made(1);
    assert!(made(2) == alone && made(5) == alone);
}
