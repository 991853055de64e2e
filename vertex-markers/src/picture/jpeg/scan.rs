//! Walking through the entropy-coded data of a scan (ITU-T T.81, annexes F and G): which of its units are there, and
//! where it ends.

use std::ops::Range;

use super::huffman::{Bits, Stop, Table};
use super::marker::next_marker;

/// The greatest number of components of a frame that is read.
pub(super) const MAX_COMPONENTS: usize = 4;

/// A component of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks of a unit across and down: the sampling factors.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Number of its quantization table.
    pub(super) quantization: u8,
}

/// What the frame header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// The marker of its kind, 0xc0 to 0xc2.
    pub(super) marker: u8,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: Vec<Component>,
}

impl Frame {
    pub(super) fn is_progressive(&self) -> bool {
        self.marker == 0xc2
    }

    /// The greatest sampling factors.
    pub(super) fn sampling(&self) -> (usize, usize) {
        let greatest = |factor: fn(&Component) -> usize| self.components.iter().map(factor).max();
        (greatest(|c| c.across).unwrap_or(1), greatest(|c| c.down).unwrap_or(1))
    }

    /// Units of an interleaved scan across and down.
    pub(super) fn units(&self) -> (usize, usize) {
        let (across, down) = self.sampling();
        (usize::from(self.width).div_ceil(8 * across), usize::from(self.height).div_ceil(8 * down))
    }

    /// Blocks of a component across and down, as a scan of its own has them.
    fn blocks(&self, component: &Component) -> (usize, usize) {
        let (across, down) = self.sampling();
        let blocks = |length: u16, own: usize, most: usize| {
            (usize::from(length) * own).div_ceil(most).div_ceil(8)
        };
        (blocks(self.width, component.across, across), blocks(self.height, component.down, down))
    }
}

/// What a scan header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan {
    /// Which components, by their place in the frame, and the numbers of their tables for DC and AC.
    pub(super) components: Vec<(usize, usize, usize)>,
    /// First and last coefficient.
    pub(super) band: (u8, u8),
    /// Bit of the coefficients that the scan before gave, or 0, and the one it gives.
    pub(super) approximation: (u8, u8),
}

/// The tables that are in force.
#[derive(Clone, Default)]
pub(super) struct Tables {
    pub(super) dc: [Option<Table>; 4],
    pub(super) ac: [Option<Table>; 4],
}

/// How far a scan goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Walk {
    /// Its data between restart markers.
    pub(super) pieces: Vec<Range<usize>>,
    /// Share of its units that are there, 0 to 1.
    pub(super) share: f32,
    /// Whether all are.
    pub(super) is_whole: bool,
    /// Where the data ends.
    pub(super) end: usize,
}

/// Which coefficients of each block are other than zero, which later scans of a progressive picture are read by.
pub(super) struct History {
    blocks: Vec<Vec<u64>>,
    stride: Vec<usize>,
}

impl History {
    pub(super) fn new(frame: &Frame) -> Self {
        let (across, down) = frame.units();
        let of = |component: &Component| match frame.is_progressive() {
            true => vec![0; across * component.across * down * component.down],
            false => Vec::new(),
        };
        Self {
            blocks: frame.components.iter().map(of).collect(),
            stride: frame.components.iter().map(|component| across * component.across).collect(),
        }
    }
}

/// Walks through the data of a scan that begins at `start`.
pub(super) fn walk(
    bytes: &[u8],
    start: usize,
    frame: &Frame,
    scan: &Scan,
    tables: &Tables,
    restart_interval: usize,
    history: &mut History,
) -> Walk {
    let (units_across, units_down) = match scan.components[..] {
        [(place, ..)] => frame.blocks(&frame.components[place]),
        _ => frame.units(),
    };
    let units = units_across * units_down;
    let mut walker = Walker { frame, scan, tables, history, units_across, end_of_band_run: 0 };
    let interval = if restart_interval == 0 { units } else { restart_interval };
    let mut pieces = Vec::with_capacity(units.div_ceil(interval.max(1)).min(1 << 16));
    let (mut position, mut done) = (start, 0);
    while done < units {
        let mut bits = Bits::new(bytes, position);
        walker.end_of_band_run = 0;
        let last = (done + interval).min(units);
        let stopped = (done..last).find(|&unit| walker.unit(unit, &mut bits).is_err());
        let end = bits.position();
        done = stopped.unwrap_or(last);
        pieces.push(position..end);
        position = end;
        if stopped.is_some() {
            break;
        }
        if done < units {
            match restart(bytes, end) {
                Some(next) => position = next,
                None => break,
            }
        }
    }
    let share = done as f32 / units.max(1) as f32;
    Walk { pieces, share, is_whole: done == units, end: position }
}

/// What follows the next marker, if that is a restart marker of whatever number.
fn restart(bytes: &[u8], end: usize) -> Option<usize> {
    let (marker, next) = next_marker(bytes, end)?;
    matches!(marker, 0xd0..=0xd7).then_some(next)
}

struct Walker<'a> {
    frame: &'a Frame,
    scan: &'a Scan,
    tables: &'a Tables,
    history: &'a mut History,
    units_across: usize,
    end_of_band_run: u32,
}

impl Walker<'_> {
    /// Walks through one unit.
    fn unit(&mut self, unit: usize, bits: &mut Bits<'_>) -> Result<(), Stop> {
        let (x, y) = (unit % self.units_across, unit / self.units_across);
        if let [alone] = self.scan.components[..] {
            return self.block(alone, x, y, bits);
        }
        for index in 0..self.scan.components.len() {
            let (place, dc, ac) = self.scan.components[index];
            let Component { across, down, .. } = self.frame.components[place];
            for row in 0..down {
                for column in 0..across {
                    self.block((place, dc, ac), x * across + column, y * down + row, bits)?;
                }
            }
        }
        Ok(())
    }

    fn block(
        &mut self,
        (place, dc, ac): (usize, usize, usize),
        x: usize,
        y: usize,
        bits: &mut Bits<'_>,
    ) -> Result<(), Stop> {
        let (first, last) = (u32::from(self.scan.band.0), u32::from(self.scan.band.1));
        let dc = self.tables.dc[dc].as_ref();
        let ac = self.tables.ac[ac].as_ref();
        if !self.frame.is_progressive() {
            difference(bits, dc.ok_or(Stop::BadCode)?)?;
            return coefficients(bits, ac.ok_or(Stop::BadCode)?);
        }
        let is_first = self.scan.approximation.0 == 0;
        if first == 0 {
            return if is_first {
                difference(bits, dc.ok_or(Stop::BadCode)?)
            } else {
                bits.skip(1)
            };
        }
        let ac = ac.ok_or(Stop::BadCode)?;
        let index = y * self.history.stride[place] + x;
        let known = self.history.blocks[place].get_mut(index).ok_or(Stop::BadCode)?;
        let run = &mut self.end_of_band_run;
        match is_first {
            true => first_band(bits, ac, first..=last, known, run),
            false => refined_band(bits, ac, first..=last, known, run),
        }
    }
}

/// A DC coefficient.
fn difference(bits: &mut Bits<'_>, table: &Table) -> Result<(), Stop> {
    match bits.code(table)? {
        length @ 0..=16 => bits.skip(u32::from(length)),
        _ => Err(Stop::BadCode),
    }
}

/// The AC coefficients of a block of a sequential picture.
fn coefficients(bits: &mut Bits<'_>, table: &Table) -> Result<(), Stop> {
    let mut next = 1;
    while next < 64 {
        let code = bits.code(table)?;
        let (run, length) = (u32::from(code >> 4), u32::from(code & 15));
        match (run, length) {
            (15, 0) => next += 16,
            (_, 0) => return Ok(()),
            _ => {
                bits.skip(length)?;
                next += run + 1;
            }
        }
    }
    Ok(())
}

/// The number of blocks whose band has ended, this one included.
fn end_of_band(bits: &mut Bits<'_>, length: u32) -> Result<u32, Stop> {
    Ok((1 << length) + bits.take(length)?)
}

/// The first bits of a band of coefficients.
fn first_band(
    bits: &mut Bits<'_>,
    table: &Table,
    band: std::ops::RangeInclusive<u32>,
    known: &mut u64,
    ended: &mut u32,
) -> Result<(), Stop> {
    if *ended > 0 {
        *ended -= 1;
        return Ok(());
    }
    let (mut next, last) = band.into_inner();
    while next <= last {
        let code = bits.code(table)?;
        let (run, length) = (u32::from(code >> 4), u32::from(code & 15));
        match (run, length) {
            (15, 0) => next += 16,
            (_, 0) => {
                *ended = end_of_band(bits, run)? - 1;
                return Ok(());
            }
            _ => {
                bits.skip(length)?;
                next += run;
                *known |= 1_u64.checked_shl(next).unwrap_or_default();
                next += 1;
            }
        }
    }
    Ok(())
}

/// One more bit of a band of coefficients.
fn refined_band(
    bits: &mut Bits<'_>,
    table: &Table,
    band: std::ops::RangeInclusive<u32>,
    known: &mut u64,
    ended: &mut u32,
) -> Result<(), Stop> {
    let (mut next, last) = band.into_inner();
    while *ended == 0 && next <= last {
        let code = bits.code(table)?;
        let (mut run, length) = (u32::from(code >> 4), u32::from(code & 15));
        if length == 0 && run < 15 {
            *ended = end_of_band(bits, run)?;
            break;
        }
        if length > 0 {
            bits.skip(1)?;
        }
        while next <= last {
            if *known >> next & 1 == 1 {
                bits.skip(1)?;
            } else if run == 0 {
                break;
            } else {
                run -= 1;
            }
            next += 1;
        }
        if length > 0 && next <= last {
            *known |= 1 << next;
        }
        next += 1;
    }
    if *ended > 0 {
        if next <= last {
            let rest = *known >> next & (u64::MAX >> (63 - (last - next)));
            bits.skip(rest.count_ones())?;
        }
        *ended -= 1;
    }
    Ok(())
}
