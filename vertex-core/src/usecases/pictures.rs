//! Taking pictures in: each is decoded once, so that what cannot become a marker is refused at the door, and what
//! browsers do not show is made such that they do.

use bytes::Bytes;
use vertex_markers::{
    Header, Limits, Picture, analyze,
    picture::{ConvertibleFormat, SourceFormat, png_copy, polyglot},
};

use super::App;
use crate::{
    domain::{
        content::ContentImage,
        error::{Error, Result},
        ids::CompanyId,
    },
    ports::ComputeExt,
};

/// A picture as it is kept.
pub(super) struct Accepted {
    /// The file.
    pub(super) bytes: Bytes,
    /// What is known of it.
    pub(super) image: ContentImage,
}

/// Looks at a picture that is being uploaded.
///
/// # Errors
/// `UnsupportedMedia` for files that are no pictures, or of formats that are not read; `Invalid` for damaged ones, those
/// beyond the limits, and those that are files of another kind, too.
pub(super) async fn accept(app: &App, company: CompanyId, picture: Bytes) -> Result<Accepted> {
    let picture = match ConvertibleFormat::of(&picture) {
        Some(format) => app.pictures.convert(picture, format).await?,
        None => picture,
    };
    let header = header_of(app, &picture).await?;
    let (picture, header) = match header.format {
        SourceFormat::Web(_) => (picture, header),
        _ => {
            // The copy is held beside the pixels it is made of.
            let pixels = u64::from(header.width) * u64::from(header.height);
            let held = app.memory.hold(company, header.memory + 3 * pixels).await;
            let made = app.checks.compute(move |_| {
                let copy = png_copy(&picture, &Limits::UPLOAD);
                drop((picture, held));
                copy
            });
            let copy = Bytes::from(made.await?.map_err(refuse)?);
            let header = header_of(app, &copy).await?;
            (copy, header)
        }
    };
    let SourceFormat::Web(format) = header.format else {
        return Err(Error::internal("a copy of a picture", "it is no PNG"));
    };
    let held = app.memory.hold(company, header.memory).await;
    let file = picture.clone();
    let examined = app.checks.compute(move |_| {
        let analysis = Picture::decode(&file, &Limits::UPLOAD).map(|picture| analyze(&picture));
        drop(held);
        (analysis, polyglot(&file))
    });
    let (analysis, other) = examined.await?;
    let analysis = analysis.map_err(refuse)?;
    if let Some(what) = other {
        return Err(Error::field("image", format!("is {what} besides a picture")));
    }
    let (width, height, bytes) = (header.width, header.height, picture.len() as u64);
    let image = ContentImage { format, width, height, bytes, analysis, revision: 0 };
    Ok(Accepted { bytes: picture, image })
}

async fn header_of(app: &App, picture: &Bytes) -> Result<Header> {
    let file = picture.clone();
    let header = app.checks.compute(move |_| Header::read(&file, &Limits::UPLOAD)).await?;
    header.map_err(refuse)
}

/// Puts the engine's complaint about a picture into the words of a request.
pub(super) fn refuse(error: vertex_markers::Error) -> Error {
    match error.kind() {
        vertex_markers::ErrorKind::UnsupportedFormat => {
            Error::unsupported("image", error.to_string())
        }
        _ => Error::field("image", error.to_string()),
    }
}
