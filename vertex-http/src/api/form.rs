//! Multipart forms that are read as they come, so that a large file never has to be in memory.

use std::{collections::HashMap, io, marker::PhantomData};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use poem::{
    FromRequest, Request, RequestBody,
    http::header,
    web::{Field as Part, Multipart},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    error::ContentTypeError,
    payload::Payload,
    registry::{MetaMediaType, MetaRequest, Registry},
};
use tokio_util::io::ReaderStream;
use vertex_core::{
    Error, Result,
    check::Field,
    ports::ByteStream,
    usecases::{App, auth::Identity, collect, quotas},
};

/// How much of a file is taken from the connection at once.
const PIECE: usize = 64 * 1024;
/// Longest text field.
const MAX_TEXT: u64 = 64 * 1024;
/// Most fields of a form.
const MAX_FIELDS: usize = 32;
/// What a form with one file has beside it.
const FRAME: u64 = 16 * 1024;

/// A form documented by the `Multipart` type `M`, but not read yet.
pub struct StreamedForm<M> {
    parts: Multipart,
    texts: HashMap<String, Field<String>>,
    length: Option<u64>,
    documented: PhantomData<fn() -> M>,
}

impl<M> StreamedForm<M> {
    /// The next field that is one of `files`, as a stream; text fields before it are remembered.
    ///
    /// # Errors
    /// `Invalid` for a broken form, one with too many fields, or a file that is none of `files`.
    pub async fn next_file(
        &mut self,
        files: &[&'static str],
    ) -> Result<Option<(&'static str, ByteStream)>> {
        while let Some(part) = self.parts.next_field().await.map_err(broken)? {
            let Some(name) = part.name().map(str::to_owned) else { continue };
            if let Some(file) = files.iter().find(|file| **file == name) {
                return Ok(Some((file, stream(part))));
            }
            if part.file_name().is_some() {
                let expected = files.join(", ");
                return Err(Error::Invalid(vec![vertex_core::check::FieldError::new(
                    name,
                    format!("is not a file this form takes; it takes {expected}"),
                )]));
            }
            if self.texts.len() == MAX_FIELDS {
                return Err(Error::field("body", format!("has more than {MAX_FIELDS} fields")));
            }
            let bytes = collect(stream(part), "a text field of the form", MAX_TEXT).await?;
            let text = String::from_utf8(bytes.into());
            let text =
                text.map_or_else(|_| Field::Malformed("is not UTF-8".to_owned()), Field::Value);
            self.texts.insert(name, text);
        }
        Ok(None)
    }

    /// The picture, which is the only file of the form, once the caller's company has room for it.
    ///
    /// # Errors
    /// `QuotaExceeded`, as far as the length of the request tells; those of [`Self::next_file`]; `TooLarge`.
    pub async fn picture(&mut self, app: &App, who: &Identity) -> Result<Option<Bytes>> {
        quotas::expect(app, who, self.length.unwrap_or_default().saturating_sub(FRAME)).await?;
        let mut picture = None;
        while let Some((_, file)) = self.next_file(&["image"]).await? {
            picture = Some(collect(file, "image", app.policy.max_image_bytes).await?);
        }
        Ok(picture)
    }

    /// A text field that has been read by now. An empty one counts as left out, as browsers send them.
    pub fn text(&mut self, name: &str) -> Field<String> {
        match self.texts.remove(name).unwrap_or_default() {
            Field::Value(text) if text.is_empty() => Field::Absent,
            field => field,
        }
    }
}

fn stream(part: Part) -> ByteStream {
    let pieces = ReaderStream::with_capacity(part.into_async_read(), PIECE);
    pieces.map_err(|error: io::Error| broken(error)).boxed()
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::field("body", format!("is not a whole multipart form: {error}"))
}

impl<'a, M: Payload> ApiExtractor<'a> for StreamedForm<M> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        M::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content =
            vec![MetaMediaType { content_type: M::CONTENT_TYPE, schema: M::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let content_type = request.content_type().ok_or(ContentTypeError::ExpectContentType)?;
        if !M::check_content_type(content_type) {
            let content_type = content_type.to_owned();
            return Err(ContentTypeError::NotSupported { content_type }.into());
        }
        let length = request.header(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let parts = <Multipart as FromRequest>::from_request(request, body).await?;
        Ok(Self { parts, texts: HashMap::new(), length, documented: PhantomData })
    }
}
