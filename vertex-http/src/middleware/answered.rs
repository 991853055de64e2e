//! Errors as answers that still say which operation they came from.

use poem::{IntoResponse, PathPattern, Response, Result, error::ResponseError};
use poem_openapi::OperationId;

use crate::api::Problem;

/// An answer, whatever became of it.
pub fn response(answer: Result<impl IntoResponse>) -> Response {
    match answer {
        Ok(answer) => answer.into_response(),
        Err(error) => {
            let route = error.data::<PathPattern>().cloned();
            let operation = error.data::<OperationId>().copied();
            let mut response = problem(Problem::from_poem(error));
            if let Some(route) = route {
                response.set_data(route);
            }
            if let Some(operation) = operation {
                response.set_data(operation);
            }
            response
        }
    }
}

/// A problem as an answer.
pub fn problem(problem: Problem) -> Response {
    problem.as_response()
}
