//! Work that nobody waits for any more is left.

use std::path::PathBuf;

use vertex_markers::nft::{self, NftOptions};
use vertex_markers::trackability::{ReferenceImage, ScoreOptions};
use vertex_markers::{
    Cancellation, CompileOptions, Error, Limits, Picture, compile, compile_cancellable,
};

#[test]
fn every_long_computation_can_be_cancelled() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/chelsea.png");
    let picture = &Picture::decode(&std::fs::read(path).unwrap(), &Limits::ENGINE).unwrap();
    let target = &compile(picture, &CompileOptions::default()).unwrap().targets[0];
    let marker = &nft::compile(picture, &NftOptions::default()).unwrap();
    let score = &ScoreOptions::default();
    let cancelled = &Cancellation::default();
    cancelled.clone().cancel();

    let mind = compile_cancellable(picture, &CompileOptions::default(), cancelled);
    assert_eq!(mind.unwrap_err(), Error::Cancelled);
    let nft = nft::compile_cancellable(picture, &NftOptions::default(), cancelled);
    assert_eq!(nft.unwrap_err(), Error::Cancelled);
    let reference = ReferenceImage::of(picture);
    let seen = reference.trackability(target, score, cancelled);
    assert_eq!(seen.unwrap_err(), Error::Cancelled);
    let seen = reference.nft_trackability(marker, score, cancelled);
    assert_eq!(seen.unwrap_err(), Error::Cancelled);
}
