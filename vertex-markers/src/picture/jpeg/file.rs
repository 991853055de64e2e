//! The segments of a JPEG file (ITU-T T.81, annex B), taken as leniently as the usual decoders take them, and written
//! again as the strictest one wants them.

use std::borrow::Cow;

use super::huffman::Table;
use super::marker::next_marker;
use super::scan::{Component, Frame, History, MAX_COMPONENTS, Scan, Tables, Walk, walk};
use crate::picture::Limits;
use crate::{Error, Result};

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;

/// Most scans of a picture: each walks over all its blocks, however few bytes it has.
const MAX_SCANS: usize = 100;
/// Most bytes of a colour profile.
const MAX_PROFILE: usize = 8 << 20;

/// How the components of a frame make a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    Grey,
    YCbCr,
    Rgb,
    Cmyk,
    Ycck,
}

/// What the headers say, up to the first scan.
#[derive(Debug, Clone)]
pub(super) struct Headers<'a> {
    pub(super) frame: Frame,
    pub(super) model: Model,
    /// Whether the first scan has every component.
    pub(super) is_interleaved: bool,
    /// TIFF structure of the EXIF data.
    pub(super) exif: Option<&'a [u8]>,
    profile: Vec<ProfilePart<'a>>,
    comments: Vec<&'a [u8]>,
}

/// A segment of a colour profile: its number, how many there are, and its bytes.
type ProfilePart<'a> = (u8, u8, &'a [u8]);

impl<'a> Headers<'a> {
    /// The colour profile; an empty one when its segments do not fit together.
    pub(super) fn profile(&self) -> Option<Cow<'a, [u8]>> {
        if let [(1, 1, whole)] = self.profile[..] {
            return Some(Cow::Borrowed(whole));
        }
        let mut parts = self.profile.clone();
        parts.sort_by_key(|(number, ..)| *number);
        let fit = parts.iter().zip(1..).all(|((number, count, _), expected)| {
            *number == expected && usize::from(*count) == parts.len()
        });
        let length: usize = parts.iter().map(|(.., part)| part.len()).sum();
        match (parts.is_empty(), fit && length <= MAX_PROFILE) {
            (true, _) => None,
            (_, false) => Some(Cow::Borrowed(&[])),
            _ => Some(parts.iter().flat_map(|(.., part)| part.iter().copied()).collect()),
        }
    }

    /// Comments and the segments of applications.
    pub(super) fn comments(&self) -> &[&'a [u8]] {
        &self.comments
    }
}

/// A scan that is there as a whole, with what it is read by.
struct WholeScan {
    scan: Scan,
    walk: Walk,
    restart_interval: usize,
    tables: Tables,
}

/// A whole picture.
pub(super) struct Whole<'a> {
    pub(super) headers: Headers<'a>,
    scans: Vec<WholeScan>,
    quantization: [Option<&'a [u8]>; 4],
    /// Bytes up to the end of the picture; more may follow.
    pub(super) end: usize,
}

/// Reads the headers and checks the size.
pub(super) fn headers<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Headers<'a>> {
    let mut reader = Reader::new(bytes);
    match reader.next(limits)? {
        Step::Scan(scan) => reader.headers(&scan),
        Step::End => Err(Error::corrupt("the file ends before the picture begins")),
    }
}

/// Reads the headers and walks through the data.
pub(super) fn whole<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Whole<'a>> {
    let mut reader = Reader::new(bytes);
    let mut headers = None;
    let mut scans: Vec<WholeScan> = Vec::new();
    let mut coverage = Coverage::default();
    let mut history = None;
    let end = loop {
        let at = reader.position;
        let scan = match reader.next(limits) {
            Ok(Step::Scan(scan)) => scan,
            Ok(Step::End) => break reader.position,
            // What follows a picture that is there may look like anything.
            Err(_) if coverage.is_full() => break at,
            Err(error) => return Err(error),
        };
        if headers.is_none() {
            headers = Some(reader.headers(&scan)?);
            coverage = Coverage::of(reader.frame()?);
        }
        if scans.len() == MAX_SCANS {
            return Err(Error::corrupt(format!("it has more than {MAX_SCANS} scans")));
        }
        let frame = reader.frame()?.clone();
        let tables = reader.tables_for(&frame, &scan);
        let history = history.get_or_insert_with(|| History::new(&frame));
        let start = reader.position;
        let interval = reader.restart_interval;
        let walk = walk(bytes, start, &frame, &scan, &tables, interval, history);
        reader.position = walk.end;
        if !walk.is_whole {
            if coverage.is_full() {
                break walk.end;
            }
            return Err(incomplete(bytes, &frame, &walk, &coverage));
        }
        coverage.add(&scan, frame.is_progressive());
        scans.push(WholeScan { scan, walk, restart_interval: interval, tables });
        if coverage.is_final() || (coverage.is_full() && !reader.is_at_marker()) {
            break reader.end();
        }
    };
    match headers {
        Some(headers) if coverage.is_full() || (coverage.is_begun() && reader.is_ended) => {
            Ok(Whole { headers, scans, quantization: reader.quantization, end })
        }
        Some(_) if coverage.is_begun() => Err(coarse()),
        Some(_) => {
            Err(Error::corrupt("the file ends before the picture does: colours are missing"))
        }
        None => Err(Error::corrupt("the file ends before the picture begins")),
    }
}

fn coarse() -> Error {
    Error::corrupt("the file ends before the picture does: only a coarse version of it is there")
}

fn incomplete(bytes: &[u8], frame: &Frame, walk: &Walk, coverage: &Coverage) -> Error {
    if frame.is_progressive() && coverage.is_begun() {
        return coarse();
    }
    let percent = (walk.share * 100.0).floor();
    let what = match walk.end + 2 >= bytes.len() {
        true => "the file ends before the picture does",
        false => "its data breaks off",
    };
    Error::corrupt(format!("{what}: about {percent} % of the picture is there"))
}

/// Which coefficients of each component are there.
#[derive(Debug, Default)]
struct Coverage {
    components: Vec<Covered>,
}

/// Which coefficients of a component are there, a bit for each; and which to the last bit.
#[derive(Debug, Clone, Copy, Default)]
struct Covered {
    begun: u64,
    done: u64,
}

impl Coverage {
    fn of(frame: &Frame) -> Self {
        Self { components: vec![Covered::default(); frame.components.len()] }
    }

    fn add(&mut self, scan: &Scan, is_progressive: bool) {
        let (first, last) = if is_progressive { scan.band } else { (0, 63) };
        let band = u64::MAX >> (63 - (last - first).min(63)) << first;
        for &(place, ..) in &scan.components {
            let covered = &mut self.components[place];
            covered.begun |= band;
            if !is_progressive || scan.approximation.1 == 0 {
                covered.done |= band;
            }
        }
    }

    fn all(&self, test: impl Fn(&Covered) -> bool) -> bool {
        !self.components.is_empty() && self.components.iter().all(test)
    }

    /// Whether something of every component is there.
    fn is_begun(&self) -> bool {
        self.all(|covered| covered.begun & 1 == 1)
    }

    /// Whether every coefficient is there, if not to its last bit.
    fn is_full(&self) -> bool {
        self.all(|covered| covered.begun == u64::MAX)
    }

    /// Whether nothing can follow.
    fn is_final(&self) -> bool {
        self.all(|covered| covered.done == u64::MAX)
    }
}

enum Step {
    Scan(Scan),
    End,
}

/// Reads segment after segment.
struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    frame: Option<Frame>,
    tables: Tables,
    quantization: [Option<&'a [u8]>; 4],
    restart_interval: usize,
    is_jfif: bool,
    /// The colour transform that an Adobe segment names.
    adobe: Option<u8>,
    exif: Option<&'a [u8]>,
    profile: Vec<ProfilePart<'a>>,
    comments: Vec<&'a [u8]>,
    /// Whether the end marker has come.
    is_ended: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            position: 2,
            frame: None,
            tables: Tables::default(),
            quantization: [None; 4],
            restart_interval: 0,
            is_jfif: false,
            adobe: None,
            exif: None,
            profile: Vec::new(),
            comments: Vec::new(),
            is_ended: false,
        }
    }

    fn frame(&self) -> Result<&Frame> {
        self.frame.as_ref().ok_or_else(|| Error::corrupt("it does not say how large it is"))
    }

    /// Reads up to the data of the next scan.
    fn next(&mut self, limits: &Limits) -> Result<Step> {
        loop {
            let Some((marker, after)) = next_marker(self.bytes, self.position) else {
                self.position = self.bytes.len();
                return Ok(Step::End);
            };
            self.position = after;
            match marker {
                END if self.frame.is_some() => {
                    self.is_ended = true;
                    return Ok(Step::End);
                }
                END | START | 0x01 | 0xd0..=0xd7 => continue,
                _ => {}
            }
            let segment = self.segment()?;
            if matches!(marker, 0xe0..=0xef | 0xfe) {
                self.comments.push(segment);
            }
            match marker {
                START_OF_SCAN => return self.scan(segment).map(Step::Scan),
                0xc4 => self.huffman_tables(segment)?,
                0xdb => self.quantization_tables(segment),
                0xdd => {
                    let interval = segment.first_chunk().map(|&bytes| u16::from_be_bytes(bytes));
                    self.restart_interval = usize::from(interval.unwrap_or_default());
                }
                0xcc => return Err(arithmetic()),
                0xc0..=0xcf => self.frame_header(marker, segment, limits)?,
                0xe0 => self.is_jfif |= segment.starts_with(b"JFIF\0"),
                0xe1 => match segment.strip_prefix(b"Exif\0") {
                    Some([_, exif @ ..]) if self.exif.is_none() => self.exif = Some(exif),
                    _ => {}
                },
                0xe2 => {
                    if let Some([number, count, part @ ..]) = segment.strip_prefix(b"ICC_PROFILE\0")
                    {
                        self.profile.push((*number, *count, part));
                    }
                }
                0xee => {
                    if let Some([.., transform]) =
                        segment.get(..12).filter(|s| s.starts_with(b"Adobe"))
                    {
                        self.adobe = Some(*transform);
                    }
                }
                _ => {}
            }
        }
    }

    fn segment(&mut self) -> Result<&'a [u8]> {
        let rest = &self.bytes[self.position..];
        let length = rest.first_chunk().map_or(0, |&bytes| usize::from(u16::from_be_bytes(bytes)));
        let segment = rest.get(2..length);
        let segment = segment.ok_or_else(|| match self.frame {
            None => Error::corrupt("the file ends before the picture begins"),
            Some(_) => Error::corrupt("the file ends before the picture does"),
        })?;
        self.position += length;
        Ok(segment)
    }

    fn frame_header(&mut self, marker: u8, segment: &[u8], limits: &Limits) -> Result<()> {
        match marker {
            0xc3 | 0xc5..=0xc7 => {
                return Err(variant("a lossless or hierarchical JPEG"));
            }
            0xc9..=0xcf => return Err(arithmetic()),
            _ => {}
        }
        let &[depth, a, b, c, d, count, ref rest @ ..] = segment else {
            return Err(Error::corrupt("it does not say how large it is"));
        };
        let (height, width) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        if self.frame.is_some() {
            return Err(Error::corrupt("it has two pictures in one"));
        }
        if depth != 8 {
            return Err(variant("a JPEG of more than 8 bits a channel"));
        }
        if height == 0 {
            return Err(variant("a JPEG that does not say how high it is"));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(variant("a JPEG of two, or more than four, colour channels"));
        }
        limits.check(u32::from(width), u32::from(height))?;
        let entries = rest.chunks_exact(3).take(usize::from(count));
        let component = |entry: &[u8]| Component {
            id: entry[0],
            across: usize::from(entry[1] >> 4),
            down: usize::from(entry[1] & 15),
            quantization: entry[2],
        };
        let components: Vec<Component> = entries.map(component).collect();
        let is_sound = |c: &Component| (1..=4).contains(&c.across) && (1..=4).contains(&c.down);
        if components.len() != usize::from(count) || !components.iter().all(is_sound) {
            return Err(Error::corrupt("its colour channels contradict each other"));
        }
        self.frame = Some(Frame { marker, width, height, components });
        // One component alone has one block a unit, whatever its factors say.
        if let Some(Frame { components, .. }) = &mut self.frame
            && let [alone] = &mut components[..]
        {
            (alone.across, alone.down) = (1, 1);
        }
        Ok(())
    }

    fn huffman_tables(&mut self, segment: &[u8]) -> Result<()> {
        let mut rest = segment;
        while let Some((&[class, ref counts @ ..], values)) = rest.split_first_chunk::<17>() {
            let broken = || Error::corrupt("a table that its data is read by is broken");
            let table = Table::new(*counts, values).ok_or_else(broken)?;
            let tables = if class >> 4 == 0 { &mut self.tables.dc } else { &mut self.tables.ac };
            *tables.get_mut(usize::from(class & 15)).ok_or_else(broken)? = Some(table);
            let length: usize = counts.iter().map(|&count| usize::from(count)).sum();
            rest = &values[length..];
        }
        Ok(())
    }

    fn quantization_tables(&mut self, segment: &'a [u8]) {
        let mut rest = segment;
        while let Some(&first) = rest.first() {
            let length = if first >> 4 == 0 { 65 } else { 129 };
            let Some((table, after)) = rest.split_at_checked(length) else { return };
            if let Some(place) = self.quantization.get_mut(usize::from(first & 15)) {
                *place = Some(table);
            }
            rest = after;
        }
    }

    fn scan(&self, segment: &[u8]) -> Result<Scan> {
        let frame = self.frame()?;
        let broken = || Error::corrupt("its scans contradict its colour channels");
        let (&count, rest) = segment.split_first().ok_or_else(broken)?;
        let count = usize::from(count);
        let (named, parameters) = rest.split_at_checked(2 * count).ok_or_else(broken)?;
        if !(1..=frame.components.len().min(MAX_COMPONENTS)).contains(&count) {
            return Err(broken());
        }
        let mut components: Vec<(usize, usize, usize)> = Vec::with_capacity(count);
        for (index, entry) in named.chunks_exact(2).enumerate() {
            let taken = |place: usize| components.iter().any(|&(other, ..)| other == place);
            let by_id = |place: &usize| frame.components[*place].id == entry[0] && !taken(*place);
            let place = (0..frame.components.len()).find(by_id);
            // Some writers number the components otherwise here than in the frame.
            let place = place.or((count == frame.components.len()).then_some(index));
            let place = place.filter(|place| !taken(*place)).ok_or_else(broken)?;
            components.push((place, usize::from(entry[1] >> 4 & 3), usize::from(entry[1] & 3)));
        }
        let &[first, last, approximation, ..] = parameters else {
            return Err(Error::corrupt("a scan of it is broken"));
        };
        let is_sound = first <= last
            && last < 64
            && (first > 0 || last == 0)
            && (first == 0 || count == 1)
            && approximation & 15 < 14;
        if frame.is_progressive() && !is_sound {
            return Err(Error::corrupt("a scan of it is broken"));
        }
        let approximation = (approximation >> 4, approximation & 15);
        Ok(Scan { components, band: (first, last), approximation })
    }

    fn headers(&self, scan: &Scan) -> Result<Headers<'a>> {
        let frame = self.frame()?.clone();
        let ids: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
        let model = match (frame.components.len(), self.adobe) {
            (1, _) => Model::Grey,
            (4, Some(2)) => Model::Ycck,
            (4, _) => Model::Cmyk,
            _ if self.is_jfif => Model::YCbCr,
            (_, Some(0)) => Model::Rgb,
            (_, Some(_)) => Model::YCbCr,
            _ if ids == *b"RGB" => Model::Rgb,
            _ => Model::YCbCr,
        };
        Ok(Headers {
            model,
            is_interleaved: scan.components.len() == frame.components.len(),
            frame,
            exif: self.exif,
            profile: self.profile.clone(),
            comments: self.comments.clone(),
        })
    }

    /// The tables in force, those of the standard in the place of missing ones: films of webcams leave them out.
    fn tables_for(&self, frame: &Frame, scan: &Scan) -> Tables {
        let mut tables = self.tables.clone();
        for &(_, dc, ac) in &scan.components {
            let needed = !frame.is_progressive();
            if tables.dc[dc].is_none() && (needed || scan.band.0 == 0) {
                tables.dc[dc] = Table::standard(false, dc);
            }
            if tables.ac[ac].is_none() && (needed || scan.band.0 > 0) {
                tables.ac[ac] = Table::standard(true, ac);
            }
        }
        tables
    }

    fn is_at_marker(&self) -> bool {
        self.bytes[self.position..].first() == Some(&0xff)
    }

    /// Where a picture ends whose data ends here: behind the end marker, if there is one.
    fn end(&mut self) -> usize {
        match next_marker(self.bytes, self.position) {
            Some((END, after)) if after <= self.position + MAX_PADDING => after,
            _ => self.position,
        }
    }
}

/// Bytes between the data of a picture and its end marker.
const MAX_PADDING: usize = 1024;

fn arithmetic() -> Error {
    variant("a JPEG with arithmetic coding")
}

fn variant(what: &'static str) -> Error {
    Error::UnsupportedVariant { what, advice: "save it again as a usual JPEG or as a PNG" }
}

impl Whole<'_> {
    /// The same picture as the strictest decoder wants it: nothing but what it is decoded by, in the usual order.
    pub(super) fn written_again(&self, bytes: &[u8]) -> Vec<u8> {
        let Headers { frame, model, .. } = &self.headers;
        let data =
            self.scans.iter().flat_map(|scan| &scan.walk.pieces).map(|piece| piece.len() + 2);
        let mut out = Vec::with_capacity(data.sum::<usize>() + self.scans.len() * 2048 + 2048);
        out.extend([0xff, START]);
        if *model != Model::Grey {
            let transform = match model {
                Model::Ycck => 2,
                Model::YCbCr => 1,
                _ => 0,
            };
            segment(&mut out, 0xee, [b"Adobe\0\x64\0\0\0\0", &[transform][..]].concat());
        }
        for (number, table) in (0..).zip(&self.quantization) {
            if let Some([first, rest @ ..]) = table {
                segment(&mut out, 0xdb, [&[first & 0xf0 | number], rest].concat());
            }
        }
        let [a, b] = frame.height.to_be_bytes();
        let [c, d] = frame.width.to_be_bytes();
        let mut header = vec![8, a, b, c, d, frame.components.len() as u8];
        for (id, component) in (1..).zip(&frame.components) {
            let sampling = component.across << 4 | component.down;
            header.extend([id, sampling as u8, component.quantization & 3]);
        }
        segment(&mut out, frame.marker, header);
        let mut restart_interval = 0;
        for scan in &self.scans {
            if scan.restart_interval != restart_interval {
                restart_interval = scan.restart_interval;
                segment(&mut out, 0xdd, (restart_interval as u16).to_be_bytes().to_vec());
            }
            scan.write(&mut out, bytes);
        }
        out.extend([0xff, END]);
        out
    }
}

impl WholeScan {
    fn write(&self, out: &mut Vec<u8>, bytes: &[u8]) {
        for (class, tables) in [(0, &self.tables.dc), (0x10, &self.tables.ac)] {
            for (number, table) in (0..).zip(tables) {
                if let Some(table) = table {
                    let head = std::iter::once(class | number);
                    segment(out, 0xc4, head.chain(table.definition()).collect());
                }
            }
        }
        let mut header = vec![self.scan.components.len() as u8];
        for &(place, dc, ac) in &self.scan.components {
            header.extend([place as u8 + 1, (dc << 4 | ac) as u8]);
        }
        let (high, low) = self.scan.approximation;
        header.extend([self.scan.band.0, self.scan.band.1, high << 4 | low]);
        segment(out, START_OF_SCAN, header);
        for (number, piece) in self.walk.pieces.iter().enumerate() {
            if number > 0 {
                out.extend([0xff, 0xd0 | (number - 1) as u8 & 7]);
            }
            out.extend(&bytes[piece.clone()]);
        }
    }
}

fn segment(out: &mut Vec<u8>, marker: u8, content: Vec<u8>) {
    out.extend([0xff, marker]);
    out.extend((content.len() as u16 + 2).to_be_bytes());
    out.extend(content);
}
