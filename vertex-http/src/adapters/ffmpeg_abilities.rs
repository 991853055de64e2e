use std::{collections::HashSet, path::Path, process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};

/// Longest time that it is waited for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Beginnings of codec strings, and the names of ffmpeg's decoders for them.
const DECODERS: [(&str, &[&str]); 13] = [
    ("avc", &["h264"]),
    ("hvc", &["hevc"]),
    ("hev", &["hevc"]),
    ("dvh", &["hevc"]),
    ("vp8", &["vp8", "libvpx"]),
    ("vp08", &["vp8", "libvpx"]),
    ("vp9", &["vp9", "libvpx-vp9"]),
    ("vp09", &["vp9", "libvpx-vp9"]),
    ("av01", &["libdav1d", "libaom-av1", "libgav1"]),
    ("ap", &["prores"]),
    ("mp4v", &["mpeg4"]),
    ("jpeg", &["mjpeg"]),
    ("mjp", &["mjpeg"]),
];
/// What copies are encoded with.
const ENCODERS: [&str; 2] = ["libx264", "aac"];

/// What an ffmpeg was built with. One that does not tell is believed to have everything, until an attempt fails.
#[derive(Clone, Debug, Default)]
pub(super) struct Abilities {
    decoders: Option<HashSet<String>>,
    encoders: Option<HashSet<String>>,
}

impl Abilities {
    /// Asks the program.
    pub(super) async fn of(program: &Path) -> Self {
        let (decoders, encoders) =
            tokio::join!(listed(program, "-decoders"), listed(program, "-encoders"));
        Self { decoders, encoders }
    }

    /// What keeps it from decoding pictures with this codec string, in words.
    pub(super) fn decoding_obstacle(&self, codec: &str) -> Option<String> {
        let (_, names) = DECODERS.iter().find(|(beginning, _)| codec.starts_with(beginning))?;
        let there = self.decoders.as_ref()?;
        let has = names.iter().any(|name| there.contains(*name));
        (!has).then(|| format!("the ffmpeg here has no decoder for {codec}"))
    }

    /// What keeps it from making copies, in words.
    pub(super) fn encoding_obstacle(&self) -> Option<String> {
        let there = self.encoders.as_ref()?;
        let missing = ENCODERS.iter().find(|name| !there.contains(**name))?;
        Some(format!("the ffmpeg here has no encoder {missing}"))
    }
}

/// The names in one of its lists: the second word of each line behind the ruler.
async fn listed(program: &Path, what: &str) -> Option<HashSet<String>> {
    let mut command = Command::new(program);
    command.args(["-hide_banner", what]).env_clear().stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let names = names(&String::from_utf8_lossy(&output.stdout));
    (output.status.success() && !names.is_empty()).then_some(names)
}

fn names(list: &str) -> HashSet<String> {
    let lines = list.lines().skip_while(|line| line.trim() != "------").skip(1);
    lines.filter_map(|line| line.split_whitespace().nth(1)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "Decoders:\n V..... = Video\n .F.... = Frame-level multithreading\n ------\n \
        VFS..D h264                 H.264 / AVC\n V....D libaom-av1           libaom AV1 (codec av1)\n";

    #[test]
    fn what_is_not_listed_is_an_obstacle() {
        let abilities = Abilities { decoders: Some(names(LIST)), encoders: Some(names(LIST)) };
        assert_eq!(abilities.decoding_obstacle("avc1.6e001e"), None);
        assert_eq!(abilities.decoding_obstacle("av01.0.08M.08"), None);
        assert!(abilities.decoding_obstacle("hvc1.1.6.L60.90").unwrap().contains("no decoder"));
        assert_eq!(abilities.decoding_obstacle("zzzz"), None, "what is not known may be tried");
        assert!(abilities.encoding_obstacle().unwrap().contains("libx264"));
        let unknown = Abilities::default();
        assert_eq!(unknown.decoding_obstacle("hvc1"), None);
        assert_eq!(unknown.encoding_obstacle(), None);
    }
}
