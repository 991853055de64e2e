//! Pure marker engine: pictures in, tracking markers, previews and QR codes out.
//!
//! Everything is a function from bytes and parameters to bytes: no I/O, no clock, no global state but what
//! the CPU can do. Keyframes and views are worked on in parallel on the current rayon pool, which the caller
//! chooses with `ThreadPool::install`; results depend neither on it nor on the CPU.
//!
//! ```
//! use vertex_markers::image::{ImageFormat, Rgb, RgbImage};
//! use vertex_markers::{CompileOptions, Limits, MindFile, Picture, compile, preview_webp};
//!
//! let rings = RgbImage::from_fn(480, 480, |x, y| {
//!     let distance = f64::from(x * x + y * y).sqrt() + f64::from(x ^ y) / 8.0;
//!     Rgb([(127.0 + 120.0 * (distance / 6.0).sin()) as u8; 3])
//! });
//! let mut png = Vec::new();
//! rings.write_to(&mut std::io::Cursor::new(&mut png), ImageFormat::Png).unwrap();
//!
//! let picture = Picture::decode(&png, &Limits::UPLOAD)?;
//! let marker = compile(&picture, &CompileOptions::default())?;
//! let bytes = marker.encode();
//! assert_eq!(MindFile::decode(&bytes)?.targets[0].width, 480);
//!
//! let preview = preview_webp(&picture, 300, 85.0)?;
//! assert!(preview.starts_with(b"RIFF"));
//! # Ok::<(), vertex_markers::Error>(())
//! ```
//!
//! - [`picture`]: decoding with limits, upright, 8-bit RGB;
//! - [`mind`]: MindAR image targets, compiled, written and read;
//! - [`nft`]: ARToolKit NFT markers for AR.js, the same;
//! - [`detector`], [`cluster`], [`tracking`], [`gray`]: what a target is made of;
//! - [`analysis`]: brightness and contrast;
//! - [`preview`], [`qr`]: what people look at and scan;
//! - [`simulate`], [`trackability`]: what the runtime will see, and a score of it;
//! - [`simd`]: vector instructions, which change the time that is taken and nothing else.

pub mod analysis;
mod cancellation;
pub mod cluster;
pub mod detector;
pub mod error;
pub mod gray;
mod lcg;
pub mod mind;
pub mod nft;
pub mod picture;
pub mod preview;
pub mod qr;
mod selection;
pub mod simd;
pub mod simulate;
pub mod trackability;
pub mod tracking;
mod working_copy;

pub use analysis::{Analysis, ContrastBand, analyze};
pub use cancellation::Cancellation;
pub use error::{Error, ErrorKind, Result};
/// The crate whose [`RgbImage`](image::RgbImage) a [`Picture`] wraps.
pub use image;
pub use mind::{
    CompileOptions, Layout, MindFile, compile, compile_cancellable, compile_many,
    compile_with_progress,
};
pub use picture::{Header, Limits, Picture, PictureFormat};
pub use preview::{poster_webp, preview_webp};
pub use qr::{ErrorCorrection, QrOptions, qr_png, qr_svg};

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
