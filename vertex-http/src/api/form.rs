//! Multipart forms that are read as they come, so that a large file never has to be in memory.

use std::{collections::HashMap, io, marker::PhantomData, sync::Arc, time::Duration};

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
    identity::Identity,
    ports::ByteStream,
    usecases::{App, collect, quotas},
};

use super::{Problem, spooled::Spooled};
use crate::{
    adapters::rate_limits::{Holder, Share},
    middleware::{
        body::{BodyLimits, BodyWatch},
        client::ClientAddress,
        facts::Facts,
    },
};

/// How much of a file is taken from the connection at once.
const PIECE: usize = 64 * 1024;
/// Longest text field.
const MAX_TEXT: u64 = 64 * 1024;
/// Bytes of all text fields together.
const MAX_TEXTS: u64 = 256 * 1024;
/// Bytes of what stands before a field: its head, and what belongs to no field.
const MAX_HEAD: u64 = 64 * 1024;
/// Most fields of a form.
const MAX_FIELDS: usize = 32;
/// How long a form waits for others of its sender to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a form with one file has beside it.
const FRAME: u64 = 16 * 1024;

/// A form documented by the `Multipart` type `M`, but not read yet.
pub struct StreamedForm<M> {
    parts: Multipart,
    texts: HashMap<String, Field<String>>,
    /// How many text fields have come, and their bytes.
    came: (usize, u64),
    length: Option<u64>,
    watch: BodyWatch,
    limits: Arc<BodyLimits>,
    holder: Holder,
    /// One of the forms that may be on their way in.
    _share: Share<Holder>,
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
        self.watch.expect_head(MAX_HEAD);
        while let Some(part) = self.parts.next_field().await.map_err(broken)? {
            // What is skipped counts on.
            let Some(name) = part.name().map(str::to_owned) else { continue };
            self.watch.expect_field();
            if let Some(file) = files.iter().find(|file| **file == name) {
                return Ok(Some((file, stream(part))));
            }
            if part.file_name().is_some() {
                let expected = files.join(", ");
                return Err(Error::Invalid(vec![vertex_core::error::FieldError::new(
                    name,
                    format!("is not a file this form takes; it takes {expected}"),
                )]));
            }
            let (fields, bytes) = &mut self.came;
            if *fields == MAX_FIELDS {
                return Err(Error::field("body", format!("has more than {MAX_FIELDS} fields")));
            }
            let most = MAX_TEXT.min(MAX_TEXTS - *bytes);
            let text = collect(stream(part), "a text field of the form", most).await?;
            *fields += 1;
            *bytes += text.len() as u64;
            let text = String::from_utf8(text.into());
            let text =
                text.map_or_else(|_| Field::Malformed("is not UTF-8".to_owned()), Field::Value);
            self.texts.insert(name, text);
            self.watch.expect_head(MAX_HEAD);
        }
        Ok(None)
    }

    /// Bytes of files that the length of the request promises at least.
    pub fn expected_bytes(&self) -> u64 {
        self.length.unwrap_or_default().saturating_sub(FRAME)
    }

    /// The picture, which is the only file of the form, once the caller's company has room for it. It is in memory
    /// only from when all of it is there.
    ///
    /// # Errors
    /// `QuotaExceeded`, as far as the length of the request tells; those of [`Self::next_file`]; `TooLarge`; a problem
    /// when others have all the memory that there is for pictures.
    pub async fn picture(&mut self, app: &App, who: &Identity) -> Result<Option<Bytes>, Problem> {
        quotas::expect(app, who, self.expected_bytes()).await?;
        let mut picture = None;
        while let Some((_, file)) = self.next_file(&["image"]).await? {
            if picture.is_some() {
                return Err(Error::field("image", "is there more than once").into());
            }
            let most = app.policy.max_image_bytes;
            picture = Some(Spooled::collect(file, "image", most, &self.limits.folder).await?);
        }
        match picture {
            Some(picture) => {
                Ok(Some(picture.into_memory(&self.limits.pictures, self.holder).await?))
            }
            None => Ok(None),
        }
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
        let limits = request.data::<Arc<BodyLimits>>().cloned().ok_or_else(|| {
            Problem::from(Error::internal("reading a form", "the service is not wired"))
        })?;
        let holder = match Facts::of(request).caller() {
            Some((user, _)) => Holder::User(user),
            None => Holder::at(ClientAddress::of(request)),
        };
        let share = limits.forms.take(holder, 1, PATIENCE).await;
        let share = share.map_err(|scarce| Problem::scarce(scarce, "forms on their way in"))?;
        let parts = <Multipart as FromRequest>::from_request(request, body).await?;
        Ok(Self {
            parts,
            texts: HashMap::new(),
            came: (0, 0),
            length,
            watch: request.data::<BodyWatch>().cloned().unwrap_or_default(),
            limits,
            holder,
            _share: share,
            documented: PhantomData,
        })
    }
}
