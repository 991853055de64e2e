//! Writing `.mind` files: MessagePack, the smallest form of every value the runtime accepts.

use std::convert::Infallible;

use rmp::encode::{self, ByteBuf, ValueWriteError};

use crate::cluster::{Content, Node};
use crate::detector::Keypoint;
use crate::tracking::TrackingImage;

use super::{Keyframe, MindFile, PointSet, Target};

/// The format's version.
pub(super) const VERSION: u32 = 2;

impl MindFile {
    /// Writes the file.
    ///
    /// Positions and angles are written as 32-bit floats and centres of clusters as integers, which the
    /// runtime reads as well as the wider forms of the official compiler.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer(ByteBuf::new());
        writer.map(2);
        writer.key("v").uint(VERSION);
        writer.key("dataList").array(self.targets.len());
        for target in &self.targets {
            writer.target(target);
        }
        writer.0.into_vec()
    }
}

struct Writer(ByteBuf);

/// Writing to memory cannot fail.
fn written<T>(result: Result<T, ValueWriteError<Infallible>>) {
    match result {
        Ok(_) => {}
        Err(
            ValueWriteError::InvalidMarkerWrite(never) | ValueWriteError::InvalidDataWrite(never),
        ) => match never {},
    }
}

/// Lengths beyond 32 bits cannot be written; nothing in memory comes near.
fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Writer {
    fn map(&mut self, entries: u32) {
        written(encode::write_map_len(&mut self.0, entries));
    }

    fn key(&mut self, name: &str) -> &mut Self {
        written(encode::write_str(&mut self.0, name));
        self
    }

    fn array(&mut self, count: usize) {
        written(encode::write_array_len(&mut self.0, length(count)));
    }

    fn uint(&mut self, value: u32) {
        written(encode::write_uint(&mut self.0, u64::from(value)));
    }

    fn float(&mut self, value: f32) {
        written(encode::write_f32(&mut self.0, value));
    }

    fn double(&mut self, value: f64) {
        written(encode::write_f64(&mut self.0, value));
    }

    fn boolean(&mut self, value: bool) {
        let Ok(()) = encode::write_bool(&mut self.0, value);
    }

    fn nil(&mut self) {
        let Ok(()) = encode::write_nil(&mut self.0);
    }

    fn target(&mut self, target: &Target) {
        self.map(3);
        self.key("targetImage").map(2);
        self.key("width").uint(target.width);
        self.key("height").uint(target.height);
        self.key("trackingData").array(target.tracking.len());
        for tracking in &target.tracking {
            self.tracking_image(tracking);
        }
        self.key("matchingData").array(target.keyframes.len());
        for keyframe in &target.keyframes {
            self.keyframe(keyframe);
        }
    }

    fn tracking_image(&mut self, tracking: &TrackingImage) {
        self.map(5);
        self.key("data");
        written(encode::write_bin(&mut self.0, tracking.image.data()));
        self.key("scale").double(tracking.scale);
        self.key("width").uint(length(tracking.image.width()));
        self.key("height").uint(length(tracking.image.height()));
        self.key("points").array(tracking.points.len());
        for point in &tracking.points {
            self.map(2);
            self.key("x").uint(point.x);
            self.key("y").uint(point.y);
        }
    }

    fn keyframe(&mut self, keyframe: &Keyframe) {
        self.map(7);
        self.points("maximaPoints", &keyframe.maxima);
        self.points("minimaPoints", &keyframe.minima);
        self.tree("maximaPointsCluster", &keyframe.maxima);
        self.tree("minimaPointsCluster", &keyframe.minima);
        self.key("width").uint(keyframe.width);
        self.key("height").uint(keyframe.height);
        self.key("scale").double(keyframe.scale);
    }

    fn points(&mut self, name: &str, set: &PointSet) {
        self.key(name).array(set.points.len());
        for point in &set.points {
            self.point(point);
        }
    }

    fn tree(&mut self, name: &str, set: &PointSet) {
        self.key(name).map(1);
        self.key("rootNode").node(&set.tree);
    }

    fn point(&mut self, point: &Keypoint) {
        self.map(6);
        self.key("maxima").boolean(point.maxima);
        self.key("x").float(point.x);
        self.key("y").float(point.y);
        self.key("scale").float_or_uint(point.scale);
        self.key("angle").float(point.angle);
        self.key("descriptors").array(point.descriptor.0.len());
        for &word in &point.descriptor.0 {
            self.uint(word);
        }
    }

    fn float_or_uint(&mut self, value: f32) {
        if value.fract() == 0.0 && (0.0..128.0).contains(&value) {
            self.uint(value as u32);
        } else {
            self.float(value);
        }
    }

    fn node(&mut self, node: &Node) {
        self.map(3);
        self.key("centerPointIndex");
        match node.center {
            Some(center) => self.uint(center),
            None => self.nil(),
        }
        match &node.content {
            Content::Leaf(points) => {
                self.key("leaf").boolean(true);
                self.key("pointIndexes").array(points.len());
                for &point in points {
                    self.uint(point);
                }
            }
            Content::Branch(children) => {
                self.key("leaf").boolean(false);
                self.key("children").array(children.len());
                for child in children {
                    self.node(child);
                }
            }
        }
    }
}
