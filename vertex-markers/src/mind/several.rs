//! Several targets in one file: joined, parted and exchanged without compiling anything again.

use std::borrow::Borrow;

use crate::{Error, Picture, Result};

use super::padding::{pad, unpad};
use super::{CompileOptions, MindFile, Target, compile};

/// Compiles pictures into one file with a target for each, in order.
///
/// Takes references or, to hold no more than one picture in memory at a time, pictures as they come.
///
/// ```
/// use vertex_markers::image::{Rgb, RgbImage};
/// use vertex_markers::{CompileOptions, Picture, compile_many};
///
/// let pictures = [(300, 200), (200, 320)].map(|(width, height)| {
///     let pixel = |x: u32, y: u32| Rgb([(x * y / 50) as u8, (x ^ y) as u8, y as u8]);
///     Picture::from_rgb(RgbImage::from_fn(width, height, pixel))
/// });
/// let file = compile_many(&pictures, &CompileOptions::default())?;
/// assert_eq!(file.targets.len(), 2);
/// # Ok::<(), vertex_markers::Error>(())
/// ```
///
/// # Errors
/// As [`compile`], of the first picture that is refused.
pub fn compile_many(
    pictures: impl IntoIterator<Item: Borrow<Picture>>,
    options: &CompileOptions,
) -> Result<MindFile> {
    let files: Result<Vec<_>> =
        pictures.into_iter().map(|picture| compile(picture.borrow(), options)).collect();
    files.map(MindFile::merge)
}

/// Targets of several files in one.
///
/// The runtime takes the size of the first target's tracking image for all of them. All that is done here
/// therefore pads the tracking images of a file to one common size, to the right and below, and takes off
/// what a file of other targets needed. A file that holds one target has no padding.
impl MindFile {
    /// Joins the targets of several files, in order.
    ///
    /// ```
    /// # use vertex_markers::image::{Rgb, RgbImage};
    /// use vertex_markers::{CompileOptions, MindFile, Picture, compile};
    ///
    /// # let [first, second] = [300, 200].map(|width| {
    /// #     let pixel = |x: u32, y: u32| Rgb([(x * y / 50) as u8, (x ^ y) as u8, y as u8]);
    /// #     Picture::from_rgb(RgbImage::from_fn(width, 200, pixel))
    /// # });
    /// let first = compile(&first, &CompileOptions::default())?;
    /// let second = compile(&second, &CompileOptions::default())?;
    /// let both = MindFile::merge([first.clone(), second.clone()]);
    /// assert_eq!(both.split(), [first, second]);
    /// # Ok::<(), vertex_markers::Error>(())
    /// ```
    #[must_use]
    pub fn merge(files: impl IntoIterator<Item = Self>) -> Self {
        let mut merged =
            Self { targets: files.into_iter().flat_map(|file| file.targets).collect() };
        pad(&mut merged.targets);
        merged
    }

    /// Parts a file into files of one target each, in order: what [`merge`](Self::merge) joined.
    #[must_use]
    pub fn split(self) -> Vec<Self> {
        self.targets.into_iter().map(Self::single).collect()
    }

    /// Adds the targets of another file after those of this one.
    pub fn push(&mut self, other: Self) {
        self.targets.extend(other.targets);
        pad(&mut self.targets);
    }

    /// Puts the target of another file in the place of one of this file, which is returned.
    ///
    /// # Errors
    /// `NoSuchTarget` when the file has no target `index`, `NotOneTarget` when the other file does not have
    /// exactly one. This file then stays as it was.
    pub fn replace(&mut self, index: usize, other: Self) -> Result<Self> {
        let count = self.targets.len();
        let place = self.targets.get_mut(index).ok_or(Error::NoSuchTarget { index, count })?;
        let [target] = <[Target; 1]>::try_from(other.targets)
            .map_err(|targets| Error::NotOneTarget { count: targets.len() })?;
        let replaced = std::mem::replace(place, target);
        pad(&mut self.targets);
        Ok(Self::single(replaced))
    }

    /// Takes a target out of the file; those after it move up by one.
    ///
    /// # Errors
    /// `NoSuchTarget` when the file has no target `index`.
    pub fn remove(&mut self, index: usize) -> Result<Self> {
        let count = self.targets.len();
        if index >= count {
            return Err(Error::NoSuchTarget { index, count });
        }
        let removed = self.targets.remove(index);
        pad(&mut self.targets);
        Ok(Self::single(removed))
    }

    fn single(mut target: Target) -> Self {
        unpad(&mut target);
        Self { targets: vec![target] }
    }
}
