//! The bytes of a part, as they come.

use futures::{StreamExt, TryStreamExt};
use poem::{Body, Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    payload::{Binary, Payload},
    registry::{MetaMediaType, MetaRequest, Registry},
};
use vertex_core::{Error, Result, ports::ByteStream};

use super::turns::Turn;
use crate::middleware::streamed::OFFSET_STREAM;

/// A body that is not read yet. One that is not `REQUIRED` may be none.
pub struct Part<const REQUIRED: bool> {
    has_type: bool,
    body: Body,
}

impl<const REQUIRED: bool> Part<REQUIRED> {
    /// Whether there are bytes of an upload in the body.
    pub fn comes_along(&self) -> bool {
        self.has_type
    }

    /// Refuses bytes that do not call themselves those of an upload.
    pub fn check_type(&self) -> Result<()> {
        match self.has_type {
            true => Ok(()),
            false => Err(Error::unsupported("body", format!("must be {OFFSET_STREAM}"))),
        }
    }

    /// The bytes, until they end or somebody else's turn begins.
    pub fn into_stream(self, turn: &Turn) -> ByteStream {
        let pieces = self.body.into_bytes_stream().take_until(turn.end());
        pieces.map_err(|error| Error::field("body", error.to_string())).boxed()
    }
}

impl<'a, const REQUIRED: bool> ApiExtractor<'a> for Part<REQUIRED> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let schema = Binary::<Vec<u8>>::schema_ref();
        let content = vec![MetaMediaType { content_type: OFFSET_STREAM, schema }];
        Some(MetaRequest { description: None, content, required: REQUIRED })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let has_type = request.content_type().is_some_and(|name| name.starts_with(OFFSET_STREAM));
        Ok(Self { has_type, body: body.take()? })
    }
}
