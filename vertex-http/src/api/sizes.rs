//! File sizes as people read them.

/// The language of the units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// B, KB, MB.
    English,
    /// Б, КБ, МБ.
    Russian,
}

impl Words {
    /// What `Accept-Language` asks for first; English when it is neither.
    pub fn of(header: Option<&str>) -> Self {
        let first = header.unwrap_or_default().split([',', ';']).next().unwrap_or_default();
        let language = first.trim().split('-').next().unwrap_or_default();
        if language.eq_ignore_ascii_case("ru") { Self::Russian } else { Self::English }
    }
}

/// A size in the largest unit of which there is at least one.
pub fn human_size(bytes: u64, words: Words) -> String {
    let units = match words {
        Words::English => ["B", "KB", "MB", "GB"],
        Words::Russian => ["Б", "КБ", "МБ", "ГБ"],
    };
    let power = (1..units.len()).take_while(|power| bytes >= 1 << (10 * power)).count();
    match power {
        0 => format!("{bytes} {}", units[0]),
        _ => format!("{:.1} {}", bytes as f64 / (1u64 << (10 * power)) as f64, units[power]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!(human_size(500, Words::Russian), "500 Б");
        assert_eq!(human_size(1_258_291, Words::Russian), "1.2 МБ");
        assert_eq!(human_size(1024, Words::English), "1.0 KB");
        assert_eq!(human_size(0, Words::English), "0 B");
        assert!(human_size(u64::MAX, Words::English).ends_with(" GB"));
        assert_eq!(Words::of(Some("ru-RU,ru;q=0.9,en;q=0.8")), Words::Russian);
        assert_eq!(Words::of(Some("de")), Words::English);
    }
}
