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
