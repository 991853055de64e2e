//! What was done to a picture that its owner should know of.

/// Something about a file that shows in the picture made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Remark {
    /// Transparent parts were laid over white.
    LaidOverWhite,
    /// Transparent parts were laid over black, since white would have swallowed the picture.
    LaidOverBlack,
    /// The colour profile is broken, or of another kind of colours than the picture's.
    ProfileIgnored,
    /// Amounts of ink without a profile that says how they look.
    InksWithoutProfile,
    /// Of an animation the first frame was taken.
    FirstFrame,
    /// Of several pages the first was taken.
    FirstPage,
}

impl Remark {
    pub(super) const ALL: [Self; 6] = [
        Self::LaidOverWhite,
        Self::LaidOverBlack,
        Self::ProfileIgnored,
        Self::InksWithoutProfile,
        Self::FirstFrame,
        Self::FirstPage,
    ];

    /// A stable name in snake case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LaidOverWhite => "laid_over_white",
            Self::LaidOverBlack => "laid_over_black",
            Self::ProfileIgnored => "profile_ignored",
            Self::InksWithoutProfile => "inks_without_profile",
            Self::FirstFrame => "first_frame",
            Self::FirstPage => "first_page",
        }
    }

    /// What it means for the print, in plain English.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::LaidOverWhite => {
                "The picture is transparent in places and was laid over white, as on paper. If it is printed on \
                 another colour, put that colour behind it and upload it again."
            }
            Self::LaidOverBlack => {
                "The picture is transparent in places and so light that it would vanish on white, so it was laid \
                 over black. Put the colour that it is printed on behind it and upload it again."
            }
            Self::ProfileIgnored => {
                "The file's colour profile cannot be used, so its colours may look different here. Save the \
                 picture as sRGB."
            }
            Self::InksWithoutProfile => {
                "The picture is made of inks (CMYK) without a colour profile, so its colours are a guess. Save it \
                 as sRGB, or with its profile."
            }
            Self::FirstFrame => "The file is an animation; its first frame was taken.",
            Self::FirstPage => "The file has several pages or pictures; the first was taken.",
        }
    }
}

/// Keyword of the text in which a PNG keeps the remarks on the file that it is a copy of.
pub(super) const KEYWORD: &str = "vertex-remarks";

/// The text.
pub(super) fn text(remarks: &[Remark]) -> String {
    let names: Vec<&str> = remarks.iter().map(|remark| remark.name()).collect();
    names.join(" ")
}

/// The remarks in a text with its keyword; none when it is another one.
pub(super) fn of_text(text: &[u8]) -> Vec<Remark> {
    let rest = text.strip_prefix(KEYWORD.as_bytes()).and_then(|rest| rest.strip_prefix(b"\0"));
    let named = |name: &[u8]| Remark::ALL.into_iter().find(|r| r.name().as_bytes() == name);
    rest.unwrap_or_default().split(|&byte| byte == b' ').filter_map(named).collect()
}
