//! Characters that nobody sees: they turn the order of what is read, hide what is there, or make two names of one look.
//!
//! They come by copying from chats, address books and web pages as often as by ill will, so they are taken out and not
//! complained of; where they have a visible effect (joiners in Persian and Indic words and in emoji, variants of
//! characters, flags of regions) they stay. The sets follow Unicode's `Default_Ignorable_Code_Point` and `Bidi_Control`
//! (UAX #44, UTS #39).

/// The text without what is not seen.
pub fn visible(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    // The character before, and the one that a variant or a skin colour belongs to.
    let (mut last, mut base) = (' ', ' ');
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let stays = match c {
            '\u{200d}' => joins(last) || (is_pictograph(base) && is_pictograph(next)),
            '\u{200c}' | '\u{180e}' => joins(last) && joins(next),
            '\u{e0020}'..='\u{e007f}' => is_in_flag(last),
            _ if is_variant(c) => !last.is_whitespace() && !is_hidden(last),
            _ => !is_hidden(c),
        };
        if stays {
            kept.push(c);
            last = c;
            if !is_variant(c) && !matches!(c, '\u{1f3fb}'..='\u{1f3ff}') {
                base = c;
            }
        }
    }
    kept
}

/// Whether a character is not seen by itself.
pub fn is_hidden(c: char) -> bool {
    is_variant(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Whether no text may have it on one line: controls, line breaks, and what is no character at all.
pub fn is_control(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fdd0}'..='\u{fdef}')
        || code & 0xfffe == 0xfffe
}

/// Says which variant of the character before is meant.
fn is_variant(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
        | '\u{180b}'..='\u{180d}' | '\u{180f}')
}

/// Whether a character is of a script that joiners change: from Arabic to Sinhala, from Tibetan to Myanmar, Khmer and
/// Mongolian, and the forms of Arabic.
fn joins(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{dff}' | '\u{f00}'..='\u{109f}' | '\u{1780}'..='\u{17b3}'
        | '\u{17b6}'..='\u{17ff}' | '\u{1810}'..='\u{18af}' | '\u{fb50}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Whether emoji are made of it.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}'
        | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}'
        | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether a tag may follow: behind the black flag, or within the name of its region.
fn is_in_flag(last: char) -> bool {
    matches!(last, '\u{1f3f4}' | '\u{e0020}'..='\u{e007e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_or_hides_text_is_taken_out() {
        for (typed, seen) in [
            ("invoice\u{202e}gpj.exe", "invoicegpj.exe"),
            ("\u{2066}Anna\u{2069}", "Anna"),
            ("An\u{200b}na\u{feff}", "Anna"),
            ("An\u{200d}na\u{200c}", "Anna"),
            ("so\u{ad}ft", "soft"),
            ("\u{3164}\u{115f}", ""),
            ("a\u{e0041}\u{e007f}b", "ab"),
            ("\u{fe0f}x", "x"),
        ] {
            assert_eq!(visible(typed), seen, "{typed:?}");
        }
    }

    #[test]
    fn what_shows_stays() {
        for text in [
            "می\u{200c}خواهم",
            "کتاب\u{200c}ها",
            "ക\u{d4d}\u{200d}",
            "क\u{94d}\u{200d}ष",
            "👨\u{200d}👩\u{200d}👧",
            "👩🏽\u{200d}🚀",
            "🏳\u{fe0f}\u{200d}🌈",
            "❤\u{fe0f}",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}",
            "Анна Ковалёва",
            "عليّ",
            "Zoë ﬁ ½",
        ] {
            assert_eq!(visible(text), text, "{text:?}");
        }
    }

    #[test]
    fn doing_it_twice_is_doing_it_once() {
        let odd = [
            'a',
            'ب',
            '👩',
            '\u{200d}',
            '\u{200c}',
            '\u{202e}',
            '\u{fe0f}',
            '\u{e0061}',
            '\u{1f3f4}',
        ];
        for n in 0..odd.len().pow(4) {
            let pick = |power| odd[n / odd.len().pow(power) % odd.len()];
            let text: String = (0..4).map(pick).collect();
            let once = visible(&text);
            assert_eq!(visible(&once), once, "{text:?}");
            assert!(!once.contains('\u{202e}'), "{text:?}");
        }
    }
}
