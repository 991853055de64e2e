use std::{
    fs::{self, Permissions},
    io,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    sync::Arc,
};

use bytes::Bytes;
use tempfile::tempdir;
use tokio::{io::AsyncReadExt, net::unix::pipe};
use vertex_core::{
    ErrorKind,
    ids::{CompanyId, VideoId},
    video::Container,
};
use vertex_storage::OpenDalObjects;

use super::*;

const COMPANY: CompanyId = CompanyId(uuid::Uuid::from_u128(1));
const VIDEO: VideoId = VideoId(uuid::Uuid::from_u128(2));

/// An ffmpeg with a video, and a folder for what it does.
struct Trial {
    ffmpeg: Ffmpeg,
    from: VideoFile,
    folder: TempDir,
}

impl Trial {
    /// The machine's own, on a video of these bytes; `None` where there is none and none is demanded.
    async fn real(video: Vec<u8>, limits: FfmpegLimits) -> Option<Self> {
        let found = limited::on_path(&["ffmpeg"]);
        assert!(found.is_some() || std::env::var_os("CI").is_none(), "there is no ffmpeg");
        found?;
        // ffmpeg gives some characters a meaning, also in names of folders.
        let folder = tempfile::Builder::new().prefix("100% a%20b?c#d %d").tempdir().unwrap();
        Some(Self::new(None, folder, video, limits).await)
    }

    /// A shell script in the place of ffmpeg. `$TRIAL` in it is the folder of the trial.
    async fn script(script: &str, limits: FfmpegLimits) -> Self {
        let folder = tempdir().unwrap();
        let program = folder.path().join("ffmpeg");
        let folder_name = folder.path().display();
        fs::write(&program, format!("#!/bin/sh\nTRIAL='{folder_name}'\n{script}")).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        Self::new(Some(&program), folder, clip(), limits).await
    }

    async fn new(
        program: Option<&Path>,
        folder: TempDir,
        video: Vec<u8>,
        limits: FfmpegLimits,
    ) -> Self {
        let ffmpeg = Ffmpeg::find(program, folder.path().join("conversions"), limits).unwrap();
        let files = CompanyFiles::new(COMPANY, Arc::new(OpenDalObjects::memory()));
        let path = ObjectPath::video(COMPANY, VIDEO, Container::Mp4);
        let bytes = video.len() as u64;
        files.put(&path, Bytes::from(video)).await.unwrap();
        Self { ffmpeg, from: VideoFile { files, path, bytes }, folder }
    }

    /// Why no copy is made of the video; nothing of it is left.
    async fn refusal(&self) -> String {
        let to = ObjectPath::web_video(COMPANY, VIDEO);
        let made = self.ffmpeg.web_copy(&self.from, &to).await;
        let error = made.expect_err("no copy can be made");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert_eq!(self.from.files.stat(&to).await.unwrap(), None);
        assert_eq!(fs::read_dir(&self.ffmpeg.folder).unwrap().count(), 0, "its files are gone");
        let Error::Invalid(fields) = error else { unreachable!() };
        fields[0].message.clone()
    }
}

fn clip() -> Vec<u8> {
    fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/clip.mp4")).unwrap()
}

const ROOMY: FfmpegLimits = FfmpegLimits { memory: 2 << 30, time: Duration::from_secs(60) };

/// A server that must not be asked, and its address.
fn trap() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}/secret.ts", listener.local_addr().unwrap());
    (listener, address)
}

fn was_asked(trap: &TcpListener) -> bool {
    !matches!(trap.accept(), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

#[tokio::test]
async fn a_file_that_names_others_is_not_read_as_a_list() {
    let (trap, address) = trap();
    let other = tempfile::NamedTempFile::new().unwrap();
    fs::write(other.path(), clip()).unwrap();
    let other = other.path().display();
    for list in [
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{address}\n#EXT-X-ENDLIST\n"),
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile://{other}\n#EXT-X-ENDLIST\n"),
        format!("#EXTM3U\n#EXTINF:4,\nconcat:{other}|{other}\n#EXT-X-ENDLIST\n"),
        format!("ffconcat version 1.0\nfile {address}\n"),
        format!("ffconcat version 1.0\nfile {other}\n"),
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n".to_owned(),
        format!(
            "<MPD><Period><AdaptationSet><BaseURL>{address}</BaseURL></AdaptationSet></Period></MPD>"
        ),
    ] {
        let Some(trial) = Trial::real(list.clone().into_bytes(), ROOMY).await else { return };
        let why = trial.refusal().await;
        assert!(why.starts_with("cannot be converted"), "{list}: {why}");
    }
    assert!(!was_asked(&trap), "a list had its way");
}

#[tokio::test]
async fn not_even_a_list_reaches_the_network() {
    let (trap, address) = trap();
    let list = format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{address}\n#EXT-X-ENDLIST\n");
    let Some(trial) = Trial::real(list.into_bytes(), ROOMY).await else { return };
    let run = trial.ffmpeg.begin(&trial.from).await.unwrap();
    // As if the format could be talked out of us.
    let run = Run { format: "hls", ..run };
    let out = run.folder.path().join("out.mp4");
    assert!(run.convert(&[], &["-map", "0"], &out).await.is_err());
    assert!(!was_asked(&trap), "the list of protocols did not hold");
}

#[tokio::test]
async fn a_poster_has_the_colours_that_browsers_show() {
    let video = tempfile::Builder::new().suffix(".mp4").tempfile().unwrap();
    let tags = "-colorspace bt709 -color_primaries bt709 -color_trc bt709";
    let filters = "-vf scale=out_color_matrix=bt709 -pix_fmt yuv444p -c:v libx264 -crf 4";
    let mut ffmpeg = std::process::Command::new("ffmpeg");
    ffmpeg.args(words("-v error -y -f lavfi -i color=0xe0ac8c:s=320x240:d=1", &[]));
    ffmpeg.args(words(filters, &words(tags, &[]))).arg(video.path());
    let made = ffmpeg.status().is_ok_and(|status| status.success());
    assert!(made || std::env::var_os("CI").is_none(), "ffmpeg makes no video");
    let video = fs::read(video.path()).unwrap();
    let Some(trial) = Trial::real(video, ROOMY).await.filter(|_| made) else { return };
    let frame = trial.ffmpeg.middle_frame(&trial.from).await.unwrap();
    let MiddleFrame::Decoded(frame) = frame else { panic!("it is not decoded: {frame:?}") };
    let shown = frame.rgb().get_pixel(160, 120).0;
    let far = shown.iter().zip([224, 172, 140]).map(|(a, b)| a.abs_diff(b)).max();
    assert!(far <= Some(3), "{shown:?}");
}

#[tokio::test]
async fn a_conversion_that_takes_too_long_is_killed() {
    let limits = FfmpegLimits { time: Duration::from_secs(3), ..ROOMY };
    // The pipe is open as long as the process lives.
    let script = "exec 9> \"$TRIAL/pipe\"\necho began >&9\nexec /bin/sleep 1000\n";
    let trial = Trial::script(script, limits).await;
    let pipe = trial.folder.path().join("pipe");
    assert!(tokio::process::Command::new("mkfifo").arg(&pipe).status().await.unwrap().success());
    let mut pipe = pipe::OpenOptions::new().open_receiver(pipe).unwrap();
    assert!(trial.refusal().await.starts_with("takes longer than"));
    let mut said = String::new();
    pipe.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "began\n", "it was under way, and is no more");
}

#[tokio::test]
async fn a_conversion_that_takes_too_much_memory_is_ended() {
    let limits = FfmpegLimits { memory: 96 << 20, ..ROOMY };
    let Some(trial) = Trial::real(clip(), limits).await else { return };
    assert!(trial.refusal().await.starts_with("cannot be converted"));
    let trial = Trial::real(clip(), ROOMY).await.expect("it was there a moment ago");
    let to = ObjectPath::web_video(COMPANY, VIDEO);
    trial.ffmpeg.web_copy(&trial.from, &to).await.expect("with more it is");
}

#[tokio::test]
async fn the_limits_are_set_before_ffmpeg_begins() {
    let limits = FfmpegLimits { memory: 96 << 20, time: Duration::from_secs(7) };
    let script =
        "ulimit -v >&2\nulimit -t > \"$TRIAL/time\"\nulimit -f > \"$TRIAL/file\"\nexit 1\n";
    let trial = Trial::script(script, limits).await;
    assert_eq!(trial.refusal().await, format!("cannot be converted: {}", 96 << 10));
    let said = |name| fs::read_to_string(trial.folder.path().join(name)).unwrap();
    assert_eq!(said("time").trim(), (7 * THREADS).to_string());
    assert_eq!(said("file").trim(), (MAX_OUTPUT / 512).to_string());
}

#[tokio::test]
async fn what_ffmpeg_complains_of_is_kept_up_to_a_line() {
    let script = "echo 'the picture is upside down' >&2\n\
        i=0; while [ $i -lt 20000 ]; do echo 'and again' >&2; i=$((i+1)); done\nexit 1\n";
    let trial = Trial::script(script, ROOMY).await;
    assert_eq!(trial.refusal().await, "cannot be converted: the picture is upside down");
}

#[tokio::test]
async fn a_video_is_fetched_at_the_length_of_its_row_or_not_at_all() {
    let trial = Trial::script("exit 1\n", ROOMY).await;
    for bytes in [trial.from.bytes - 1, trial.from.bytes + 1, 0, 600 << 20] {
        let from = VideoFile { bytes, ..trial.from.clone() };
        let to = ObjectPath::web_video(COMPANY, VIDEO);
        let error = trial.ffmpeg.web_copy(&from, &to).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{bytes}: {error}");
        assert_eq!(fs::read_dir(&trial.ffmpeg.folder).unwrap().count(), 0);
    }
}
