//! How long the marker engine takes, by size of the picture. See `README.md`.

use std::hint::black_box;
use std::io::Cursor;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use image::imageops::FilterType;
use image::{ImageFormat, RgbImage};
use vertex_markers::detector::{Descriptor, WORDS, detect};
use vertex_markers::gray::{Sampling, Weights, luma_image, resample_rgb};
use vertex_markers::preview::{PREVIEW_QUALITY, PREVIEW_SIDE};
use vertex_markers::{
    CompileOptions, Limits, MindFile, Picture, QrOptions, analyze, compile, preview_webp, qr_png,
};

/// Sides of the square pictures with the names of their sizes.
const SIDES: [(u32, &str); 3] = [(512, "0.26 MP"), (1024, "1 MP"), (2048, "4 MP")];

const PORTRAIT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../vertex-markers/tests/data/astronaut.png");

struct Sized {
    name: &'static str,
    pixels: u64,
    picture: Picture,
}

fn main() {
    let pictures = pictures();
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    decoding(&mut criterion, &pictures);
    by_size(&mut criterion, "analyze", &pictures, |picture| {
        black_box(analyze(picture));
    });
    detection(&mut criterion, &pictures);
    resampling(&mut criterion, &pictures);
    distances(&mut criterion);
    by_size(&mut criterion, "mind compile", &pictures, |picture| {
        black_box(compile(picture, &CompileOptions::default())).expect("the picture compiles");
    });
    marker_files(&mut criterion, &pictures);
    by_size(&mut criterion, "preview", &pictures, |picture| {
        black_box(preview_webp(picture, PREVIEW_SIDE, PREVIEW_QUALITY)).expect("it is encoded");
    });
    qr_codes(&mut criterion);
    criterion.final_summary();
}

fn pictures() -> Vec<Sized> {
    let bytes = std::fs::read(PORTRAIT).expect("the test picture is there");
    let portrait = Picture::decode(&bytes, &Limits::ENGINE).expect("the test picture is sound");
    let scaled = |side| image::imageops::resize(portrait.rgb(), side, side, FilterType::CatmullRom);
    SIDES
        .map(|(side, name)| Sized {
            name,
            pixels: u64::from(side) * u64::from(side),
            picture: Picture::from_rgb(scaled(side)),
        })
        .into()
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    group
}

fn by_size(criterion: &mut Criterion, name: &str, pictures: &[Sized], work: impl Fn(&Picture)) {
    let mut group = group(criterion, name);
    for sized in pictures {
        group.throughput(Throughput::Elements(sized.pixels));
        group.bench_function(sized.name, |bencher| bencher.iter(|| work(&sized.picture)));
    }
}

fn decoding(criterion: &mut Criterion, pictures: &[Sized]) {
    let mut group = group(criterion, "decode");
    for sized in pictures {
        group.throughput(Throughput::Elements(sized.pixels));
        for (name, format) in [("JPEG", ImageFormat::Jpeg), ("PNG", ImageFormat::Png)] {
            let bytes = encoded(sized.picture.rgb(), format);
            group.bench_function(BenchmarkId::new(name, sized.name), |bencher| {
                bencher.iter(|| Picture::decode(black_box(&bytes), &Limits::ENGINE));
            });
        }
    }
}

fn encoded(rgb: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    rgb.write_to(&mut bytes, format).expect("the picture is encoded");
    bytes.into_inner()
}

fn detection(criterion: &mut Criterion, pictures: &[Sized]) {
    let mut group = group(criterion, "detect");
    for sized in pictures {
        let grey = luma_image(sized.picture.rgb());
        group.throughput(Throughput::Elements(sized.pixels));
        group.bench_function(sized.name, |bencher| bencher.iter(|| detect(black_box(&grey))));
    }
}

fn resampling(criterion: &mut Criterion, pictures: &[Sized]) {
    let sampling = Sampling { scale: 1.0 / 3.0, origin: 0.0 };
    by_size(criterion, "resample", pictures, |picture| {
        let (width, height) = (picture.width() as usize / 3, picture.height() as usize / 3);
        black_box(resample_rgb(picture.rgb(), &Weights::LUMA, width, height, sampling));
    });
}

fn distances(criterion: &mut Criterion) {
    let (a, b) = (Descriptor([0x5555_5555; WORDS]), Descriptor([0x3333_3333; WORDS]));
    criterion
        .bench_function("hamming", |bencher| bencher.iter(|| black_box(&a).hamming(black_box(&b))));
}

fn marker_files(criterion: &mut Criterion, pictures: &[Sized]) {
    let mut group = group(criterion, "mind file");
    for sized in pictures.iter().filter(|sized| sized.name == "1 MP") {
        let options = CompileOptions::default();
        let file = compile(&sized.picture, &options).expect("the picture compiles");
        let bytes = file.encode();
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("encode", |bencher| bencher.iter(|| black_box(&file).encode()));
        group.bench_function("decode", |bencher| {
            bencher.iter(|| MindFile::decode(black_box(&bytes)));
        });
    }
}

fn qr_codes(criterion: &mut Criterion) {
    let link = "https://vertex.example.org/view/019a9f5e-7c3d-7d55-9d8e-2f6f0c6e2b11";
    let options = QrOptions::default();
    criterion.bench_function("qr", |bencher| bencher.iter(|| qr_png(black_box(link), &options)));
}
