//! `.env`: a line a setting, each value as it stands.
//!
//! - `NAME=value`, also `export NAME=value`; spaces around the name and the value do not count.
//! - A value between two quotes of one kind, `'...'` or `"..."`, is what stands between the first and the last.
//! - Nothing else has a meaning inside a value: no `$`, no backslash, no `#`. Every text of one line can be written.
//! - Empty lines, and lines that begin with `#`, are skipped. Lines end with LF or CRLF; a byte order mark is skipped.
//!
//! The libraries for such files expand variables, unescape, or cut a value at `#`, and some repeat it in their errors.

/// A line that sets something.
#[derive(Debug, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// Which line of the file it is; the first is 1.
    pub line: usize,
    /// The name.
    pub name: &'a str,
    /// The value.
    pub value: &'a str,
}

/// A file that cannot be read. Its text names lines and settings, never what else they hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// A line is not valid UTF-8.
    #[error("line {0} of .env is not UTF-8")]
    Encoding(usize),
    /// A line sets nothing.
    #[error("line {0} of .env sets nothing: takes NAME=value, or a comment that begins with #")]
    NoName(usize),
    /// The text before `=` is no name.
    #[error(
        "line {0} of .env has no name before =: takes letters, digits and _, such as SMTP_HOST=mail.example.org"
    )]
    BadName(usize),
    /// A name is set twice.
    #[error("line {line} of .env sets {name} again, after line {first}: remove one of them")]
    Twice {
        /// Of the second.
        line: usize,
        /// Of the first.
        first: usize,
        /// The name.
        name: String,
    },
}

/// Everything that a file sets.
///
/// # Errors
/// Names the first line that is not understood.
pub fn parse(file: &[u8]) -> Result<Vec<Assignment<'_>>, BadFile> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut found: Vec<Assignment<'_>> = Vec::new();
    for (index, bytes) in file.split(|&byte| byte == b'\n').enumerate() {
        let line = index + 1;
        let text = std::str::from_utf8(bytes).map_err(|_| BadFile::Encoding(line))?.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (name, value) = text.split_once('=').ok_or(BadFile::NoName(line))?;
        let name = name
            .strip_prefix("export")
            .filter(|rest| rest.starts_with(char::is_whitespace))
            .unwrap_or(name);
        let assignment = Assignment { line, name: name.trim(), value: unquoted(value.trim()) };
        if !is_name(assignment.name) {
            return Err(BadFile::BadName(line));
        }
        if let Some(Assignment { line: first, name, .. }) =
            found.iter().find(|known| known.name == assignment.name)
        {
            return Err(BadFile::Twice { line, first: *first, name: (*name).to_owned() });
        }
        found.push(assignment);
    }
    Ok(found)
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn unquoted(value: &str) -> &str {
    let between = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    between('\'').or_else(|| between('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(line: &str) -> String {
        let file = format!("{line}\n");
        let found = parse(file.as_bytes()).unwrap();
        assert_eq!((found.len(), found[0].name), (1, "NAME"), "{line}");
        found[0].value.to_owned()
    }

    #[test]
    fn values_stand_as_they_are() {
        for (line, expected) in [
            ("NAME=pa$sword1234", "pa$sword1234"),
            ("NAME=a$b#c d", "a$b#c d"),
            ("NAME=a #b", "a #b"),
            ("NAME=\"pa${word}\"", "pa${word}"),
            (r"NAME=back\slash\n", r"back\slash\n"),
            (r#"NAME="back\slash\n""#, r"back\slash\n"),
            ("NAME=a=b==", "a=b=="),
            ("NAME=Vertex AR <ar@example.org>", "Vertex AR <ar@example.org>"),
            ("NAME='  spaces  '", "  spaces  "),
            ("NAME='it's'", "it's"),
            ("NAME=it's", "it's"),
            ("NAME=\"half", "\"half"),
            ("NAME='", "'"),
            ("NAME=''", ""),
            ("NAME=", ""),
            ("  export\tNAME = x  ", "x"),
            ("NAME=x\r", "x"),
        ] {
            assert_eq!(value(line), expected, "{line}");
        }
    }

    #[test]
    fn comments_empty_lines_and_marks_are_skipped() {
        let file = b"\xef\xbb\xbf# first\r\n\r\nA=1\r\n  # second\nexport_b=2\nexport=3";
        let found = parse(file).unwrap();
        let found: Vec<_> = found.iter().map(|a| (a.line, a.name, a.value)).collect();
        assert_eq!(found, [(3, "A", "1"), (5, "export_b", "2"), (6, "export", "3")]);
    }

    #[test]
    fn errors_name_lines_and_no_contents() {
        for (file, error) in [
            (&b"A=1\nhunter2"[..], BadFile::NoName(2)),
            (b"hunter 2=x", BadFile::BadName(1)),
            (b"=hunter2", BadFile::BadName(1)),
            (b"A=1\nB=\xff", BadFile::Encoding(2)),
            (b"A=1\n\nA=hunter2", BadFile::Twice { line: 3, first: 1, name: "A".to_owned() }),
        ] {
            let found = parse(file).unwrap_err();
            assert_eq!(found, error);
            assert!(!found.to_string().contains("hunter"), "{found}");
        }
    }

    proptest! {
        #[test]
        fn every_line_can_be_quoted(text in "[^\\n]{0,40}", quote in "['\"]") {
            prop_assert_eq!(value(&format!("NAME={quote}{text}{quote}")), text);
        }

        #[test]
        fn a_plain_password_needs_no_quotes(text in "[!-~]([ -~]{0,30}[!-~])?") {
            let quoted = text.len() > 1 && ["'", "\""].iter().any(|q| text.starts_with(q) && text.ends_with(q));
            prop_assume!(!quoted);
            prop_assert_eq!(value(&format!("NAME={text}")), text);
        }

        #[test]
        fn nothing_panics(file in any::<Vec<u8>>()) {
            let _ = parse(&file);
        }
    }
}
