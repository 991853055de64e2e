//! CSV files as answers.

use poem::{IntoResponse, Response};
use poem_openapi::{
    ApiResponse,
    registry::{MetaResponses, Registry},
};

use super::problem::binary_response;

/// A CSV file on its way out.
pub struct CsvFile(pub Response);

impl IntoResponse for CsvFile {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for CsvFile {
    fn meta() -> MetaResponses {
        let file = binary_response("The file.", 200, &["text/csv; charset=utf-8"]);
        MetaResponses { responses: vec![file] }
    }

    fn register(_: &mut Registry) {}
}

/// One line. What a spreadsheet would take for a formula becomes a text: anybody may have sent it.
pub fn csv_line<const N: usize>(fields: [String; N]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(fields.map(harmless));
    writer.into_inner().unwrap_or_default()
}

fn harmless(field: String) -> String {
    let is_number = field.parse::<f64>().is_ok();
    match field.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        true => format!("'{field}"),
        false => field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_quoted_and_holds_no_formula() {
        let line = csv_line(["=1+1", "a,\"b\"", "-2.5", "@x"].map(str::to_owned));
        assert_eq!(String::from_utf8(line).unwrap(), "'=1+1,\"a,\"\"b\"\"\",-2.5,'@x\r\n");
    }
}
