//! One spelling of each path, before anything looks at it.

use poem::{
    Endpoint, Request, Response, Result,
    http::{Uri, uri::PathAndQuery},
};

use super::{Next, area::Area, path::canonical};

/// Gives a request the one spelling of its path, and says which area of the service it is in.
pub async fn canonicalize(next: Next, mut request: Request) -> Result<Response> {
    let area = match canonical(request.uri().path()) {
        Ok(path) => {
            let area = Area::of_path(&path);
            if path != request.uri().path() {
                replace_path(request.uri_mut(), path);
            }
            area
        }
        Err(error) => Area::Refused(error),
    };
    request.set_data(area);
    next.call(request).await
}

fn replace_path(uri: &mut Uri, mut path: String) {
    let mut parts = std::mem::take(uri).into_parts();
    if let Some(query) = parts.path_and_query.as_ref().and_then(PathAndQuery::query) {
        path.push('?');
        path.push_str(query);
    }
    parts.path_and_query = path.parse().ok();
    *uri = Uri::from_parts(parts).unwrap_or_default();
}
