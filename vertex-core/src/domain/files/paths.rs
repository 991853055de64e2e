//! Where a company's files live in its storage.
//!
//! No path comes from a client: each is built here from ids.

use std::fmt;

use uuid::Uuid;
use vertex_markers::PictureFormat;

use crate::domain::{
    content::ArContent,
    ids::{CompanyId, ContentId, VideoId},
    video::{Container, LADDER, Video},
};

/// The media type of a list of HLS.
const PLAYLIST: &str = "application/vnd.apple.mpegurl";

/// What a company's folder is divided into.
const FOLDERS: [&str; 9] = [
    "portraits",
    "previews",
    "markers",
    "overlays",
    "videos",
    "originals",
    "copies",
    "ladders",
    "qr_codes",
];

/// One of the three files of an NFT marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NftFile {
    /// The picture.
    Iset,
    /// Places to track.
    Fset,
    /// Keypoints to find it by.
    Fset3,
}

impl NftFile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Iset, Self::Fset, Self::Fset3];

    /// How the file's name ends, which is how the viewers ask for it.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Iset => "iset",
            Self::Fset => "fset",
            Self::Fset3 => "fset3",
        }
    }
}

/// The path of one object, relative to the storage's root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectPath {
    company: CompanyId,
    text: String,
}

impl ObjectPath {
    fn new(company: CompanyId, rest: fmt::Arguments<'_>) -> Self {
        Self { company, text: format!("{}{rest}", Self::folder_of(company)) }
    }

    /// The original picture of a content, as uploaded.
    pub fn portrait(content: &ArContent) -> Self {
        let (id, image) = (content.id, &content.image);
        Self::picture(content.company_id, id, image.revision, image.format)
    }

    /// A picture that took the place of others has a name of its own: nobody reads half of each.
    fn picture(
        company: CompanyId,
        content: ContentId,
        revision: u32,
        format: PictureFormat,
    ) -> Self {
        let extension = format.extension();
        match revision {
            0 => Self::new(company, format_args!("portraits/{content}.{extension}")),
            _ => Self::new(company, format_args!("portraits/{content}.{revision}.{extension}")),
        }
    }

    /// The preview of a content.
    pub fn content_preview(company: CompanyId, content: ContentId) -> Self {
        Self::new(company, format_args!("previews/{content}.webp"))
    }

    /// The MindAR marker of a content.
    pub fn mind_marker(company: CompanyId, content: ContentId) -> Self {
        Self::new(company, format_args!("markers/{content}.mind"))
    }

    /// A file of the NFT marker of a content.
    pub fn nft_marker(company: CompanyId, content: ContentId, file: NftFile) -> Self {
        Self::new(company, format_args!("markers/{content}.{}", file.extension()))
    }

    /// The picture of a content with the points it is found by and its weak zones.
    pub fn quality_overlay(company: CompanyId, content: ContentId) -> Self {
        Self::new(company, format_args!("overlays/{content}.webp"))
    }

    /// The QR code of a content.
    pub fn qr_code(company: CompanyId, content: ContentId) -> Self {
        Self::new(company, format_args!("qr_codes/{content}.png"))
    }

    /// A video.
    pub fn video(company: CompanyId, video: VideoId, container: Container) -> Self {
        Self::new(company, format_args!("videos/{video}.{}", container.extension()))
    }

    /// A video as it came, where the one that everybody gets is another.
    pub fn original_video(company: CompanyId, video: VideoId, container: Container) -> Self {
        Self::new(company, format_args!("originals/{video}.{}", container.extension()))
    }

    /// A video as every browser plays it.
    pub fn web_video(company: CompanyId, video: VideoId) -> Self {
        Self::new(company, format_args!("copies/{video}.mp4"))
    }

    /// What there is of a video for lines of any width.
    pub fn ladder(company: CompanyId, video: VideoId) -> Self {
        Self::new(company, format_args!("ladders/{video}.m3u8"))
    }

    /// The list of what a video has for one width of line.
    pub fn rung_list(company: CompanyId, video: VideoId, height: u32) -> Self {
        Self::new(company, format_args!("ladders/{video}.p{height}"))
    }

    /// What it lists.
    pub fn rung(company: CompanyId, video: VideoId, height: u32) -> Self {
        Self::new(company, format_args!("ladders/{video}.v{height}"))
    }

    /// The preview of a video.
    pub fn video_preview(company: CompanyId, video: VideoId) -> Self {
        Self::new(company, format_args!("previews/{video}.webp"))
    }

    /// An object that is written only to see whether a storage works.
    pub fn probe(company: CompanyId, number: Uuid) -> Self {
        Self::new(company, format_args!("probes/{number}.bin"))
    }

    /// The folder of everything a company has.
    pub fn folder_of(company: CompanyId) -> String {
        format!("content/{company}/")
    }

    /// Every object of a content, its videos apart.
    pub fn all_of_content(content: &ArContent) -> Vec<Self> {
        let (company, id) = (content.company_id, content.id);
        vec![
            Self::portrait(content),
            Self::content_preview(company, id),
            Self::mind_marker(company, id),
            Self::nft_marker(company, id, NftFile::Iset),
            Self::nft_marker(company, id, NftFile::Fset),
            Self::nft_marker(company, id, NftFile::Fset3),
            Self::quality_overlay(company, id),
            Self::qr_code(company, id),
        ]
    }

    /// Every object of a video, those included that it may not have yet.
    pub fn all_of_video(video: &Video) -> Vec<Self> {
        let (company, id) = (video.company_id, video.id);
        let mut paths = vec![
            Self::video(company, id, video.facts.container),
            Self::video_preview(company, id),
            Self::original_video(company, id, video.facts.container),
            Self::web_video(company, id),
            Self::ladder(company, id),
        ];
        for height in LADDER {
            paths.push(Self::rung_list(company, id, height));
            paths.push(Self::rung(company, id, height));
        }
        paths
    }

    /// Whether it lists other objects by their file names.
    pub fn is_list(&self) -> bool {
        self.media_type() == PLAYLIST
    }

    /// The object of this file name beside this one.
    pub fn beside(&self, file: &str) -> Option<Self> {
        let (folder, _) = self.text.rsplit_once('/')?;
        Self::parse(&format!("{folder}/{file}"))
    }

    /// Takes back a path that this module once built and somebody else carried: a signed link, a job, a listing.
    ///
    /// `None` for anything that is not spelled `content/{uuid}/{folder}/{uuid}.{extension}`, ids as we write them, a
    /// picture's revision before the extension.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("content/")?.split('/');
        let company = CompanyId(canonical(parts.next()?)?);
        let folder = parts.next()?;
        let (stem, rest) = parts.next()?.split_once('.')?;
        canonical(stem)?;
        let extension = match rest.split_once('.') {
            Some((number, extension)) if folder == "portraits" => {
                let revision: u32 = number.parse().ok().filter(|revision| *revision > 0)?;
                (revision.to_string() == number).then_some(extension)?
            }
            _ => rest,
        };
        let plain = (1..=5).contains(&extension.len())
            && extension.chars().all(|c| c.is_ascii_alphanumeric());
        let whole = FOLDERS.contains(&folder) && plain && parts.next().is_none();
        whole.then(|| Self { company, text: text.to_owned() })
    }

    /// Whose object it is.
    pub fn company(&self) -> CompanyId {
        self.company
    }

    /// The path's text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The content or video it belongs to.
    pub fn id(&self) -> Option<Uuid> {
        let (stem, _) = self.text.rsplit('/').next()?.split_once('.')?;
        stem.parse().ok()
    }

    /// Whether a marker lies there.
    pub fn is_marker(&self) -> bool {
        self.is_in("markers")
    }

    /// Whether it is the file that a row was made of: the picture of a content, or a video.
    pub fn is_original(&self) -> bool {
        self.is_in("portraits") || self.is_in("videos")
    }

    fn is_in(&self, folder: &str) -> bool {
        self.text.split('/').nth(2) == Some(folder)
    }

    /// What HTTP calls a file at this path.
    pub fn media_type(&self) -> &'static str {
        match self.text.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "jpg" => "image/jpeg",
            "png" => "image/png",
            "webp" => "image/webp",
            "mp4" => Container::Mp4.media_type(),
            "mov" => Container::Mov.media_type(),
            "webm" => Container::WebM.media_type(),
            "m3u8" => PLAYLIST,
            rung if rung.starts_with('p') && self.is_in("ladders") => PLAYLIST,
            rung if rung.starts_with('v') && self.is_in("ladders") => Container::Mp4.media_type(),
            _ => "application/octet-stream",
        }
    }
}

/// A UUID that is spelled the way we spell them.
fn canonical(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    (id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text).then_some(id)
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_where_the_design_puts_them() {
        let (company, content) = (CompanyId(Uuid::from_u128(1)), ContentId(Uuid::from_u128(2)));
        let path = ObjectPath::picture(company, content, 0, PictureFormat::Jpeg);
        assert_eq!(
            path.as_str(),
            "content/00000000-0000-0000-0000-000000000001/portraits/00000000-0000-0000-0000-000000000002.jpg"
        );
        assert_eq!(path.media_type(), "image/jpeg");
        assert_eq!(ObjectPath::parse(path.as_str()), Some(path));
    }

    #[test]
    fn the_picture_in_place_of_another_has_its_own_name_and_the_same_owner() {
        let (company, content) = (CompanyId(Uuid::from_u128(1)), ContentId(Uuid::from_u128(2)));
        let path = ObjectPath::picture(company, content, 12, PictureFormat::WebP);
        assert!(path.as_str().ends_with("/portraits/00000000-0000-0000-0000-000000000002.12.webp"));
        assert_eq!((path.media_type(), path.id()), ("image/webp", Some(content.0)));
        assert!(path.is_original());
        for other in [".0.", ".012.", ".x.", ".1.2."] {
            let other = path.as_str().replace(".12.", other);
            assert_eq!(ObjectPath::parse(&other), None, "{other}");
        }
        assert_eq!(ObjectPath::parse(&path.as_str().replace("portraits", "markers")), None);
        assert_eq!(ObjectPath::parse(path.as_str()), Some(path));
    }

    #[test]
    fn an_object_has_one_spelling() {
        let id = Uuid::from_u128(0xabc);
        let path = ObjectPath::qr_code(CompanyId(id), ContentId(id));
        assert_eq!(path.company(), CompanyId(id));
        for other in [
            path.as_str().to_uppercase(),
            path.as_str().replace('-', ""),
            path.as_str().replace("content/", "content/urn:uuid:"),
            path.as_str().replace("qr_codes/", "qr_codes/urn:uuid:"),
            path.as_str().replace("qr_codes", "probes"),
            format!("{path}/"),
            format!("/{path}"),
            path.as_str().replace(".png", ".tar.gz"),
        ] {
            assert_eq!(ObjectPath::parse(&other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_carried_path_climbs_out(text in "content/[0-9a-f/.-]{0,60}|.{0,60}") {
            if let Some(path) = ObjectPath::parse(&text) {
                prop_assert!(!path.as_str().contains(".."));
                prop_assert!(path.as_str().starts_with("content/"));
            }
        }
    }
}
