//! A picture cut into zones.

use std::ops::Range;

use super::finding::{FindingKind, Zone};

/// About as many rows times columns.
const CELLS: f64 = 16.0;
const MOST_ROWS: f64 = 16.0;

/// A grid of roughly square zones.
pub(super) struct ZoneGrid {
    columns: usize,
    rows: usize,
    width: usize,
    height: usize,
}

/// One zone, in pixels.
pub(super) struct Cell {
    pub(super) columns: Range<usize>,
    pub(super) rows: Range<usize>,
    /// Whether it touches the edge of the picture.
    pub(super) on_edge: bool,
}

impl ZoneGrid {
    /// Cuts an image of this size.
    pub(super) fn of(width: usize, height: usize) -> Self {
        let aspect = width.max(1) as f64 / height.max(1) as f64;
        let rows = (CELLS / aspect).sqrt().round().clamp(1.0, MOST_ROWS);
        let columns = (CELLS / rows).round().clamp(1.0, MOST_ROWS);
        Self { columns: columns as usize, rows: rows as usize, width, height }
    }

    /// All cells, row by row.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        let part = |index: usize, parts: usize, length: usize| {
            index * length / parts..(index + 1) * length / parts
        };
        (0..self.rows * self.columns).map(move |index| {
            let (row, column) = (index / self.columns, index % self.columns);
            let edge = |index: usize, parts: usize| index == 0 || index + 1 == parts;
            Cell {
                columns: part(column, self.columns, self.width),
                rows: part(row, self.rows, self.height),
                on_edge: edge(row, self.rows) || edge(column, self.columns),
            }
        })
    }

    /// Number of the cell that holds this place, or is nearest to it.
    pub(super) fn index_at(&self, x: f64, y: f64) -> usize {
        let part = |place: f64, parts: usize, length: usize| {
            ((place / length.max(1) as f64 * parts as f64).max(0.0) as usize).min(parts - 1)
        };
        part(y, self.rows, self.height) * self.columns + part(x, self.columns, self.width)
    }
}

/// Adjacent cells of one kind made one zone: first along the rows, then equal runs of successive rows.
pub(super) fn merged(grid: &ZoneGrid, kinds: &[Option<FindingKind>]) -> Vec<(FindingKind, Zone)> {
    let mut blocks: Vec<Block> = Vec::new();
    for (row, kinds) in kinds.chunks(grid.columns).enumerate() {
        for run in runs(kinds, row) {
            match blocks.iter_mut().find(|block| block.continues_in(&run)) {
                Some(block) => block.rows.end = run.rows.end,
                None => blocks.push(run),
            }
        }
    }
    blocks.into_iter().map(|block| (block.kind, block.zone(grid))).collect()
}

/// A rectangle of cells of one kind.
struct Block {
    kind: FindingKind,
    columns: Range<usize>,
    rows: Range<usize>,
}

impl Block {
    fn continues_in(&self, run: &Self) -> bool {
        self.kind == run.kind && self.columns == run.columns && self.rows.end == run.rows.start
    }

    fn zone(&self, grid: &ZoneGrid) -> Zone {
        let (across, down) = (1.0 / grid.columns as f64, 1.0 / grid.rows as f64);
        Zone {
            x: self.columns.start as f64 * across,
            y: self.rows.start as f64 * down,
            width: self.columns.len() as f64 * across,
            height: self.rows.len() as f64 * down,
        }
    }
}

/// The runs of one kind in a row of cells.
fn runs(kinds: &[Option<FindingKind>], row: usize) -> Vec<Block> {
    let mut runs: Vec<Block> = Vec::new();
    for (column, kind) in kinds.iter().enumerate() {
        let Some(kind) = *kind else { continue };
        match runs.last_mut() {
            Some(last) if last.kind == kind && last.columns.end == column => last.columns.end += 1,
            _ => runs.push(Block { kind, columns: column..column + 1, rows: row..row + 1 }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cover_the_picture_and_are_roughly_square() {
        for (width, height, cells) in [(400, 400, 16), (800, 200, 16), (3, 900, 16), (1, 1, 16)] {
            let grid = ZoneGrid::of(width, height);
            assert_eq!(grid.cells().count(), cells);
            let area: usize = grid.cells().map(|cell| cell.columns.len() * cell.rows.len()).sum();
            assert_eq!(area, width * height);
        }
        assert_eq!((ZoneGrid::of(800, 200).columns, ZoneGrid::of(800, 200).rows), (8, 2));
    }

    #[test]
    fn a_place_belongs_to_the_cell_that_holds_it() {
        let grid = ZoneGrid::of(400, 400);
        assert_eq!(grid.index_at(0.0, 0.0), 0);
        assert_eq!(grid.index_at(399.9, 399.9), 15);
        assert_eq!(grid.index_at(150.0, 250.0), 9);
        assert_eq!(grid.index_at(-5.0, f64::NAN), 0);
        assert_eq!(grid.index_at(1e9, 0.0), 3);
    }

    #[test]
    fn adjacent_zones_become_one() {
        let grid = ZoneGrid::of(400, 400);
        let mut kinds = vec![None; 16];
        for index in [0, 1, 4, 5, 10] {
            kinds[index] = Some(FindingKind::EmptyEdge);
        }
        kinds[2] = Some(FindingKind::LowContrast);
        let zone = |x, y, side| Zone { x, y, width: side, height: side };
        let expected = [
            (FindingKind::EmptyEdge, zone(0.0, 0.0, 0.5)),
            (FindingKind::LowContrast, zone(0.5, 0.0, 0.25)),
            (FindingKind::EmptyEdge, zone(0.5, 0.5, 0.25)),
        ];
        assert_eq!(merged(&grid, &kinds), expected);
    }
}
