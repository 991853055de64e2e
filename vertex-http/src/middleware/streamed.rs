//! Bodies that are taken as they come.

use poem::{Request, http::header};

/// Bytes of an upload that comes in parts, as tus has it.
pub const OFFSET_STREAM: &str = "application/offset+octet-stream";

/// Whether the body of a request may be large: it is not read before the handler asks for it, and the answer
/// may take as long as it goes on arriving.
pub fn is_streamed(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|content_type| {
        ["multipart/form-data", OFFSET_STREAM]
            .iter()
            .any(|streamed| content_type.as_bytes().starts_with(streamed.as_bytes()))
    })
}
