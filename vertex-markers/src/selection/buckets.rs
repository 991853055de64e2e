//! Points bucketed by place, for neighbour queries.

/// Points by the square bucket they lie in.
pub(super) struct BucketGrid {
    columns: usize,
    rows: usize,
    /// Where each square's points begin in `order`.
    starts: Vec<usize>,
    order: Vec<usize>,
}

impl BucketGrid {
    /// Side of the squares in pixels.
    pub(super) const SIDE: f32 = 6.0;

    pub(super) fn of(places: impl ExactSizeIterator<Item = (f32, f32)>, size: (f32, f32)) -> Self {
        let count = |length: f32| (length / Self::SIDE).ceil().max(1.0) as usize;
        let (columns, rows) = (count(size.0), count(size.1));
        let mut buckets = Self {
            columns,
            rows,
            starts: vec![0; columns * rows + 1],
            order: vec![0; places.len()],
        };
        let squares: Vec<usize> = places.map(|(x, y)| buckets.square(x, y)).collect();
        for &square in &squares {
            buckets.starts[square + 1] += 1;
        }
        for square in 0..columns * rows {
            buckets.starts[square + 1] += buckets.starts[square];
        }
        let mut next = buckets.starts.clone();
        for (index, &square) in squares.iter().enumerate() {
            buckets.order[next[square]] = index;
            next[square] += 1;
        }
        buckets
    }

    fn square(&self, x: f32, y: f32) -> usize {
        let (column, row) = self.position(x, y);
        row * self.columns + column
    }

    fn position(&self, x: f32, y: f32) -> (usize, usize) {
        let index =
            |place: f32, count: usize| ((place / Self::SIDE).max(0.0) as usize).min(count - 1);
        (index(x, self.columns), index(y, self.rows))
    }

    /// Indices of the points in the square of a place and in those round it: of all that lie within a side.
    pub(super) fn near(&self, x: f32, y: f32) -> impl Iterator<Item = usize> {
        let (column, row) = self.position(x, y);
        let columns = column.saturating_sub(1)..(column + 2).min(self.columns);
        let rows = row.saturating_sub(1)..(row + 2).min(self.rows);
        rows.flat_map(move |row| {
            let first = self.starts[row * self.columns + columns.start];
            let end = self.starts[row * self.columns + columns.end];
            self.order[first..end].iter().copied()
        })
    }
}
