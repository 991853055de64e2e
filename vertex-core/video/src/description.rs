//! What a file says of its pictures: the facts that people see, and what a decoder beside this crate has to be told.

use crate::{
    codec::names,
    colour::{Colour, HighDynamicRange, Matrix},
    container::Container,
    facts::VideoFacts,
    geometry::Geometry,
    mp4::movie::Movie,
    webm::WebM,
};

/// The facts of a video, and how its pictures become what a viewer sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// What people see.
    pub facts: VideoFacts,
    /// Which track is shown.
    pub track: TrackChoice,
    /// Sizes, shapes and turns; `None` where the file does not tell a size.
    pub geometry: Option<Geometry>,
    /// Colours as far as they are told.
    pub colour: Colour,
    /// Whether pictures may be made of two fields.
    pub is_interlaced: bool,
    /// Whether the headers of its codec have been read. Where they have not, its decoder may know of other colours.
    pub has_codec_header: bool,
    /// When the picture half-way is on screen, in seconds from the beginning.
    pub middle_seconds: Option<f64>,
}

/// A track of pictures, as ffmpeg's stream specifiers name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackChoice {
    /// By the id of the track.
    Id(u32),
    /// By its place among the tracks of pictures, from 0 on.
    Index(usize),
}

impl Description {
    /// Which matrix makes brightness and colours of its samples; `None` where only their decoder knows.
    #[must_use]
    pub fn matrix(&self) -> Option<Matrix> {
        let is_told = self.colour.matrix.is_some() || self.has_codec_header;
        let height = self.geometry.map_or(0, |geometry| geometry.height);
        is_told.then(|| self.colour.matrix_or_default(height))
    }

    pub(crate) fn of_movie(container: Container, movie: &Movie) -> Self {
        let picture = &movie.picture;
        let codec = picture.codec();
        let geometry = picture.geometry();
        let is_known = geometry.width > 0 && geometry.height > 0;
        let displayed = is_known.then(|| geometry.displayed_size());
        let audio = movie.sound.as_ref().map(|sound| sound.codec.clone().unwrap_or_default());
        let colour = picture.colour();
        let kind = decoding_obstacle(movie, &codec);
        let cuts = movie.timeline.stretches();
        let web_obstacle = kind
            .clone()
            .or_else(|| high_dynamic_range(&colour))
            .map(|kind| format!("pictures in {kind}"))
            .or_else(|| audio.as_deref().and_then(names::sound_obstacle))
            .or_else(|| (cuts > 1).then(|| format!("an edit list of {cuts} parts")));
        let facts = VideoFacts {
            width: displayed.map(|(width, _)| width),
            height: displayed.map(|(_, height)| height),
            duration_seconds: movie.duration_seconds(),
            codec: Some(codec),
            audio_codec: audio,
            web_obstacle,
            decoding_obstacle: kind.or_else(|| high_dynamic_range(&colour)),
            ..VideoFacts::of(container)
        };
        Self {
            facts,
            track: TrackChoice::Id(picture.header.id),
            geometry: is_known.then_some(geometry),
            colour,
            is_interlaced: picture.is_interlaced(),
            has_codec_header: picture.stream.is_some(),
            middle_seconds: movie.middle_seconds(),
        }
    }

    pub(crate) fn of_webm(webm: WebM) -> Self {
        let WebM { picture, sound, duration_seconds } = webm;
        let codec = picture.codec();
        let geometry = picture.geometry();
        let displayed = geometry.map(|geometry| geometry.displayed_size());
        let kind = names::of_pictures(&codec).to_owned();
        let facts = VideoFacts {
            width: displayed.map(|(width, _)| width),
            height: displayed.map(|(_, height)| height),
            duration_seconds,
            audio_codec: sound,
            web_obstacle: Some(format!("pictures in {kind}")),
            decoding_obstacle: Some(kind),
            codec: Some(codec),
            ..VideoFacts::of(Container::WebM)
        };
        Self {
            facts,
            track: TrackChoice::Index(picture.index),
            geometry,
            colour: picture.colour(),
            is_interlaced: picture.is_interlaced(),
            has_codec_header: picture.stream.is_some(),
            middle_seconds: duration_seconds.map(|seconds| seconds / 2.0),
        }
    }
}

/// What pictures are in, if that is not H.264 of the kind that every decoder shows.
fn decoding_obstacle(movie: &Movie, codec: &str) -> Option<String> {
    match movie.picture.entry().is_h264() {
        true => movie.picture.h264_obstacle(),
        false => Some(names::of_pictures(codec).to_owned()),
    }
}

fn high_dynamic_range(colour: &Colour) -> Option<String> {
    let kind = match colour.high_dynamic_range()? {
        HighDynamicRange::Pq => "PQ",
        HighDynamicRange::Hlg => "HLG",
    };
    Some(format!("H.264 with a high dynamic range ({kind})"))
}
