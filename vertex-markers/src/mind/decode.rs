//! Reading `.mind` files, whoever wrote them.

use crate::cluster::{Content, Node};
use crate::detector::{Descriptor, Keypoint, WORDS};
use crate::gray::GrayBytes;
use crate::tracking::{TrackingImage, TrackingPoint};
use crate::{Error, Result};

use super::encode::VERSION;
use super::reader::{MAX_DEPTH, Reader};
use super::{Keyframe, MindFile, PointSet, Target};

/// Greatest width or height of anything in a file, in pixels.
const MAX_SIDE: u32 = 65_535;

impl MindFile {
    /// Reads a file of this crate or of the official compiler.
    ///
    /// Numbers may have any width, keys any order, unknown keys are passed over. Whatever this accepts the
    /// runtime can load: sizes agree with data, indices are in range, no point is in two leaves.
    ///
    /// # Errors
    /// `MalformedMarker` naming the first rule broken.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let (mut version, mut targets) = (None, None);
        reader.map(|key, value| {
            match key {
                "v" => version = Some(value.uint()?),
                "dataList" => targets = Some(value.array(target)?),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        match version {
            Some(VERSION) => {}
            Some(other) => {
                return Err(Error::malformed(format!("version {other} is not {VERSION}")));
            }
            None => return Err(missing("v")),
        }
        let targets = required(targets, "dataList")?;
        Ok(Self { targets })
    }
}

fn required<T>(value: Option<T>, key: &str) -> Result<T> {
    value.ok_or_else(|| missing(key))
}

fn missing(key: &str) -> Error {
    Error::malformed(format!("the key {key:?} is missing"))
}

fn side(reader: &mut Reader<'_>) -> Result<u32> {
    let side = reader.uint()?;
    if side > MAX_SIDE {
        return Err(Error::malformed(format!("a side of {side} pixels exceeds {MAX_SIDE}")));
    }
    Ok(side)
}

fn scale(reader: &mut Reader<'_>) -> Result<f64> {
    let scale = reader.number()?;
    if scale <= 0.0 {
        return Err(Error::malformed(format!("a scale of {scale} is not positive")));
    }
    Ok(scale)
}

fn target(reader: &mut Reader<'_>) -> Result<Target> {
    let (mut size, mut tracking, mut keyframes) = (None, None, None);
    reader.map(|key, value| {
        match key {
            "targetImage" => size = Some(target_size(value)?),
            "trackingData" => tracking = Some(value.array(tracking_image)?),
            "matchingData" => keyframes = Some(value.array(keyframe)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let (width, height) = required(size, "targetImage")?;
    Ok(Target {
        width,
        height,
        tracking: required(tracking, "trackingData")?,
        keyframes: required(keyframes, "matchingData")?,
    })
}

fn target_size(reader: &mut Reader<'_>) -> Result<(u32, u32)> {
    let (mut width, mut height) = (None, None);
    reader.map(|key, value| {
        match key {
            "width" => width = Some(side(value)?),
            "height" => height = Some(side(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    match (required(width, "width")?, required(height, "height")?) {
        (0, _) | (_, 0) => Err(Error::malformed("a target has no size")),
        size => Ok(size),
    }
}

fn tracking_image(reader: &mut Reader<'_>) -> Result<TrackingImage> {
    let (mut data, mut width, mut height) = (None, None, None);
    let (mut factor, mut points) = (None, None);
    reader.map(|key, value| {
        match key {
            "data" => data = Some(value.binary()?.to_vec()),
            "scale" => factor = Some(scale(value)?),
            "width" => width = Some(side(value)?),
            "height" => height = Some(side(value)?),
            "points" => points = Some(value.array(tracking_point)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let (width, height) = (required(width, "width")?, required(height, "height")?);
    let data = required(data, "data")?;
    let points = required(points, "points")?;
    if points.iter().any(|point| point.x >= width || point.y >= height) {
        return Err(Error::malformed("a tracking point lies outside its image"));
    }
    let count = data.len();
    let image = GrayBytes::new(width as usize, height as usize, data).ok_or_else(|| {
        Error::malformed(format!("a {width}x{height} tracking image has {count} bytes of data"))
    })?;
    Ok(TrackingImage { image, scale: required(factor, "scale")?, points })
}

fn tracking_point(reader: &mut Reader<'_>) -> Result<TrackingPoint> {
    let (mut x, mut y) = (None, None);
    reader.map(|key, value| {
        match key {
            "x" => x = Some(value.uint()?),
            "y" => y = Some(value.uint()?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(TrackingPoint { x: required(x, "x")?, y: required(y, "y")? })
}

fn keyframe(reader: &mut Reader<'_>) -> Result<Keyframe> {
    let (mut maxima, mut maxima_tree) = (None, None);
    let (mut minima, mut minima_tree) = (None, None);
    let (mut width, mut height, mut factor) = (None, None, None);
    reader.map(|key, value| {
        match key {
            "maximaPoints" => maxima = Some(value.array(|point| keypoint(point, true))?),
            "minimaPoints" => minima = Some(value.array(|point| keypoint(point, false))?),
            "maximaPointsCluster" => maxima_tree = cluster(value)?,
            "minimaPointsCluster" => minima_tree = cluster(value)?,
            "width" => width = Some(side(value)?),
            "height" => height = Some(side(value)?),
            "scale" => factor = Some(scale(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Keyframe {
        width: required(width, "width")?,
        height: required(height, "height")?,
        scale: required(factor, "scale")?,
        maxima: point_set(required(maxima, "maximaPoints")?, maxima_tree)?,
        minima: point_set(required(minima, "minimaPoints")?, minima_tree)?,
    })
}

fn keypoint(reader: &mut Reader<'_>, maxima: bool) -> Result<Keypoint> {
    let (mut x, mut y, mut scale, mut angle, mut descriptor) = (None, None, None, None, None);
    reader.map(|key, value| {
        match key {
            "x" => x = Some(value.single()?),
            "y" => y = Some(value.single()?),
            "scale" => scale = Some(value.single()?),
            "angle" => angle = Some(value.single()?),
            "descriptors" => descriptor = Some(descriptor_words(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Keypoint {
        x: required(x, "x")?,
        y: required(y, "y")?,
        scale: required(scale, "scale")?,
        angle: required(angle, "angle")?,
        maxima,
        descriptor: required(descriptor, "descriptors")?,
    })
}

fn descriptor_words(reader: &mut Reader<'_>) -> Result<Descriptor> {
    let count = reader.array_length()?;
    if count != WORDS {
        return Err(Error::malformed(format!("a descriptor has {count} words instead of {WORDS}")));
    }
    let mut words = [0; WORDS];
    for word in &mut words {
        *word = reader.uint()?;
    }
    Ok(Descriptor(words))
}

fn cluster(reader: &mut Reader<'_>) -> Result<Option<Node>> {
    let mut root = None;
    reader.map(|key, value| {
        if key == "rootNode" {
            root = Some(node(value, MAX_DEPTH)?);
        }
        Ok(key == "rootNode")
    })?;
    Ok(root)
}

fn node(reader: &mut Reader<'_>, depth: usize) -> Result<Node> {
    if depth == 0 {
        return Err(Error::malformed(format!(
            "a cluster tree is more than {MAX_DEPTH} levels deep"
        )));
    }
    let (mut center, mut leaf, mut points, mut children) = (None, None, None, None);
    reader.map(|key, value| {
        match key {
            "centerPointIndex" => center = value.optional_index()?,
            "leaf" => leaf = Some(value.boolean()?),
            "pointIndexes" => points = Some(value.array(Reader::uint)?),
            "children" => children = Some(value.array(|child| node(child, depth - 1))?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let content = if required(leaf, "leaf")? {
        Content::Leaf(required(points, "pointIndexes")?)
    } else {
        Content::Branch(required(children, "children")?)
    };
    Ok(Node { center, content })
}

fn point_set(points: Vec<Keypoint>, tree: Option<Node>) -> Result<PointSet> {
    let tree = match tree {
        Some(tree) => tree,
        None if points.is_empty() => Node::leaf(None, Vec::new()),
        None => return Err(missing("rootNode")),
    };
    let mut seen = vec![false; points.len()];
    check_children(&tree, points.len())?;
    let mut sound = true;
    tree.for_each_point(&mut |point| match seen.get_mut(point as usize) {
        Some(seen) if !*seen => *seen = true,
        _ => sound = false,
    });
    if !sound {
        return Err(Error::malformed(format!(
            "a cluster tree over {} points names one twice or one that does not exist",
            points.len()
        )));
    }
    Ok(PointSet { points, tree })
}

/// Every node below the root needs a centre among the points.
fn check_children(node: &Node, count: usize) -> Result<()> {
    let Content::Branch(children) = &node.content else {
        return Ok(());
    };
    if children.is_empty() {
        return Err(Error::malformed("a branch of a cluster tree is empty"));
    }
    for child in children {
        match child.center {
            Some(center) if (center as usize) < count => check_children(child, count)?,
            Some(center) => {
                return Err(Error::malformed(format!(
                    "a cluster's centre is point {center} of {count}"
                )));
            }
            None => return Err(missing("centerPointIndex")),
        }
    }
    Ok(())
}
