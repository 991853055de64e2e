//! Searching without case, the same on both databases.
//!
//! SQLite folds ASCII only and PostgreSQL what its locale knows, so the folded text is made here
//! and kept in a column beside the original.

use vertex_core::page::ListQuery;

/// The text without case: through upper case, so that `ß` meets `SS` and `ς` meets `σ`.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// A `LIKE ... ESCAPE '!'` pattern that finds `search` anywhere in a folded text;
/// everything, when nothing is searched for.
pub(super) fn pattern(search: Option<&str>) -> String {
    let mut pattern = String::from("%");
    for c in fold(search.unwrap_or_default().trim()).chars() {
        match c {
            '%' | '_' | '!' => pattern.extend(['!', c]),
            // No stored text has one, and PostgreSQL does not even look.
            '\0' => pattern.push('\u{fffd}'),
            _ => pattern.push(c),
        }
    }
    pattern.push('%');
    pattern
}

/// The pattern of a list's search, if something is searched for.
pub(super) fn searched(query: &ListQuery) -> Option<String> {
    let search = query.search.as_deref().filter(|search| !search.trim().is_empty());
    search.map(|search| pattern(Some(search)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `LIKE ... ESCAPE '!'` does, for texts without line breaks.
    fn like(text: &[char], pattern: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['%', rest @ ..] => (0..=text.len()).any(|start| like(&text[start..], rest)),
            ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
            ['!', c, rest @ ..] | [c, rest @ ..] => {
                text.first() == Some(c) && like(&text[1..], rest)
            }
        }
    }

    proptest! {
        #[test]
        fn a_search_finds_what_contains_it_and_nothing_else(
            before in "[a-zÄ%_!ß ]{0,4}", search in "[a-cÄ%_!ß]{0,4}", text in "[a-cä%_!SΣ]{0,8}",
        ) {
            let chars = |text: &str| fold(text).chars().collect::<Vec<_>>();
            let pattern: Vec<char> = pattern(Some(&search)).chars().collect();
            let around = format!("{before}{}{before}", search.to_uppercase());
            prop_assert!(like(&chars(&around), &pattern));
            prop_assert_eq!(like(&chars(&text), &pattern), fold(&text).contains(&fold(&search)));
        }
    }

    #[test]
    fn case_is_folded_in_every_alphabet() {
        assert_eq!(fold("АННА Straße ΟΔΟΣ"), fold("анна STRASSE οδος"));
        assert_ne!(fold("Anna"), fold("Änna"));
    }

    #[test]
    fn wildcards_are_taken_literally() {
        assert_eq!(pattern(Some(" 100%_A! ")), "%100!%!_a!!%");
        assert_eq!(pattern(None), "%%");
    }
}
