//! Runs `vertex marker` on files.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;
use vertex_markers::{CompileOptions, Limits, MindFile, Picture, compile};

/// A folder with `card.png`, `moon.png` and `page.png`, in which commands run.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["card.png", "moon.png", "page.png"] {
            fs::copy(fixture(name), folder.path().join(name)).unwrap();
        }
        Self(folder)
    }

    /// A desk on which `all.mind` holds the card and the moon and `page.mind` the page.
    fn with_markers() -> Self {
        let desk = Self::new();
        desk.done("compile card.png moon.png --together -o all.mind");
        desk.done("compile page.png");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str) -> MindFile {
        MindFile::decode(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    fn run(&self, command: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_vertex"))
            .arg("marker")
            .args(command.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    /// What a command that succeeds prints.
    fn done(&self, command: &str) -> String {
        let output = self.run(command);
        assert!(output.status.success(), "{command}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that fails says.
    fn refused(&self, command: &str) -> String {
        let output = self.run(command);
        assert!(!output.status.success(), "{command}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vertex-markers/tests/data").join(name)
}

fn compiled(name: &str) -> MindFile {
    let picture = Picture::decode(&fs::read(fixture(name)).unwrap(), &Limits::ENGINE).unwrap();
    compile(&picture, &CompileOptions::default()).unwrap()
}

#[test]
fn each_picture_becomes_a_file_of_its_own() {
    let desk = Desk::new();
    let table = desk.done("compile card.png page.png -o markers");
    assert!(table.contains("674x372") && table.contains("384x191"), "{table}");
    assert!(desk.file("markers/card.mind") == compiled("card.png"));
    assert!(desk.file("markers/page.mind") == compiled("page.png"));
}

#[test]
fn pictures_compiled_together_are_the_files_merged() {
    let desk = Desk::new();
    let said = desk.done("compile card.png page.png --together -o all.mind");
    assert!(said.contains("674x372") && said.contains("all.mind: "), "{said}");
    desk.done("compile card.png page.png");
    desk.done("merge card.mind page.mind -o merged.mind");
    assert!(desk.file("all.mind") == desk.file("merged.mind"));
}

#[test]
fn pictures_that_look_alike_are_told_when_they_share_a_file() {
    let desk = Desk::new();
    let different = desk.done("compile card.png moon.png --together --no-score -o all.mind");
    assert!(!different.contains("may be taken"), "{different}");
    let alike = desk.done("compile card.png card.png --together --no-score -o all.mind");
    assert!(alike.contains("card.png may be taken for"), "{alike}");
}

#[test]
fn a_picture_that_is_refused_leaves_no_common_file() {
    let desk = Desk::new();
    fs::write(desk.path("note.png"), "not a picture").unwrap();
    let complaint = desk.refused("compile card.png note.png --together -o all.mind");
    assert!(complaint.contains("1 of 2 pictures could not be compiled"), "{complaint}");
    assert!(!desk.path("all.mind").exists());
}

#[test]
fn pictures_together_need_a_file_to_go_to() {
    let complaint = Desk::new().refused("compile card.png page.png --together");
    assert!(complaint.contains("--output"), "{complaint}");
}

#[test]
fn every_target_is_inspected() {
    let desk = Desk::with_markers();
    let said = desk.done("inspect all.mind");
    assert!(said.contains("2 target(s)"), "{said}");
    assert!(said.contains("target 0: 674x372 pixels"), "{said}");
    assert!(said.contains("target 1: 512x512 pixels"), "{said}");
    assert_eq!(said.matches("tracking   140x105").count(), 2, "{said}");
}

#[test]
fn a_split_file_merges_to_what_it_was() {
    let desk = Desk::with_markers();
    let said = desk.done("split all.mind -o parts");
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(desk.file("parts/all-1.mind") == compiled("moon.png"));
    desk.done("merge parts/all-0.mind parts/all-1.mind -o again.mind");
    assert_eq!(
        fs::read(desk.path("again.mind")).unwrap(),
        fs::read(desk.path("all.mind")).unwrap()
    );
}

#[test]
fn the_parts_of_many_targets_sort_by_name() {
    let desk = Desk::with_markers();
    desk.done(&format!("merge {}-o many.mind", "page.mind ".repeat(11)));
    desk.done("split many.mind -o parts");
    assert!(desk.path("parts/many-00.mind").exists() && desk.path("parts/many-10.mind").exists());
}

#[test]
fn a_target_is_replaced_in_the_file_or_beside_it() {
    let desk = Desk::with_markers();
    let before = desk.file("all.mind");
    desk.done("replace all.mind 1 page.mind -o other.mind");
    assert!(desk.file("all.mind") == before);
    desk.done("replace all.mind 1 page.mind");
    assert!(desk.file("all.mind") == desk.file("other.mind"));
    assert!(desk.file("all.mind").split() == [compiled("card.png"), compiled("page.png")]);
}

#[test]
fn what_cannot_be_replaced_is_said_and_nothing_is_written() {
    let desk = Desk::with_markers();
    let before = fs::read(desk.path("all.mind")).unwrap();
    for (command, reason) in [
        ("replace all.mind 2 page.mind", "all.mind: there is no target 2: the marker file has 2"),
        ("replace all.mind 0 all.mind", "all.mind: the marker file has 2 targets"),
        ("replace all.mind -1 page.mind", "unexpected argument"),
        ("replace all.mind first page.mind", "invalid value 'first'"),
        ("replace all.mind 0 gone.mind", "cannot read gone.mind"),
        ("replace all.mind 0 page.png", "page.png: the marker file is malformed"),
    ] {
        let complaint = desk.refused(command);
        assert!(complaint.contains(reason), "{command}: {complaint}");
    }
    assert_eq!(fs::read(desk.path("all.mind")).unwrap(), before);
}

#[test]
fn files_that_are_not_there_are_named() {
    let desk = Desk::with_markers();
    for command in ["merge page.mind gone.mind -o all.mind", "split gone.mind", "inspect gone.mind"]
    {
        let complaint = desk.refused(command);
        assert!(complaint.starts_with("error: cannot read gone.mind"), "{command}: {complaint}");
    }
    let complaint = desk.refused("merge page.mind -o nowhere/all.mind");
    assert!(complaint.contains("cannot write nowhere/all.mind"), "{complaint}");
}

#[test]
fn a_file_without_targets_has_no_parts() {
    let desk = Desk::new();
    fs::write(desk.path("none.mind"), MindFile::default().encode()).unwrap();
    assert!(desk.refused("split none.mind").contains("none.mind has no targets"));
}

#[test]
fn both_formats_are_written_and_said() {
    let desk = Desk::new();
    let table = desk.done("compile card.png -o out --format mind,nft --width 297 --density low");
    assert!(table.contains(" mind ") && table.contains(" nft "), "{table}");
    assert_eq!(table.matches("trackability").count(), 2, "{table}");
    assert!(desk.file("out/card.mind") == compiled("card.png"));
    let inspected = desk.done("inspect out/card.iset");
    assert!(inspected.contains("550 keypoints"), "{inspected}");
    assert!(inspected.contains("a print of 29"), "{inspected}");
    assert!(inspected.contains("places to track"), "{inspected}");
}

#[test]
fn nft_refusals_say_what_to_do() {
    let desk = Desk::new();
    let together = desk.refused("compile card.png --together -o all.mind --format mind,nft");
    assert!(together.contains("without it"), "{together}");
    let levels = desk.refused("compile card.png --format nft --levels 4 --no-score");
    assert!(levels.contains("failed") || levels.contains("1 of 1"), "{levels}");
    fs::write(desk.path("card.iset"), b"nonsense").unwrap();
    let missing = desk.refused("inspect card.iset");
    assert!(missing.contains("cannot read card.fset"), "{missing}");
}
