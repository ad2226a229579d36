//! Exploring: a cursor on the attention grid, moved by arrow keys or by the pointer, and what is to be said of the cell
//! that it came to.
//!
//! What is said waits a moment for the cursor to rest, so that a quick movement over many cells says only the last; and
//! the same words are not said again from one cell to the next.

use std::time::{Duration, Instant};

/// How long the cursor must rest before its cell is spoken.
pub const REST: Duration = Duration::from_millis(160);

/// A cell of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// From the top, from 0.
    pub row: usize,
    /// From the left, from 0.
    pub column: usize,
}

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Up,
    Down,
    Left,
    Right,
}

/// The cursor; none while nobody explores.
#[derive(Debug, Default)]
pub struct Explore {
    on: Option<Grid>,
    /// Waits to be said: the words and since when.
    waiting: Option<(Vec<usize>, Instant)>,
    /// The words that were said last, until the cursor left them.
    said: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Grid {
    rows: usize,
    columns: usize,
    cursor: Cell,
}

impl Explore {
    /// Begins in the middle of a grid of this many rows and columns.
    pub fn begin(&mut self, (rows, columns): (usize, usize)) {
        let (rows, columns) = (rows.max(1), columns.max(1));
        *self = Self {
            on: Some(Grid {
                rows,
                columns,
                cursor: Cell {
                    row: rows / 2,
                    column: columns / 2,
                },
            }),
            ..Self::default()
        };
    }

    /// Ends it.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    /// Whether someone explores.
    pub fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// Rows and columns.
    pub fn grid(&self) -> Option<(usize, usize)> {
        self.on.map(|grid| (grid.rows, grid.columns))
    }

    /// Where the cursor is.
    pub fn cursor(&self) -> Option<Cell> {
        self.on.map(|grid| grid.cursor)
    }

    /// The middle of the cursor's cell, from 0 to 1 across and down.
    pub fn point(&self) -> Option<(f32, f32)> {
        self.on.map(|grid| {
            let Cell { row, column } = grid.cursor;
            (
                (column as f32 + 0.5) / grid.columns as f32,
                (row as f32 + 0.5) / grid.rows as f32,
            )
        })
    }

    /// Moves the cursor by a key; at the edge it stays.
    pub fn step(&mut self, step: Step) {
        if let Some(grid) = &mut self.on {
            let Cell { row, column } = grid.cursor;
            grid.cursor = match step {
                Step::Up => Cell {
                    row: row.saturating_sub(1),
                    column,
                },
                Step::Down => Cell {
                    row: (row + 1).min(grid.rows - 1),
                    column,
                },
                Step::Left => Cell {
                    row,
                    column: column.saturating_sub(1),
                },
                Step::Right => Cell {
                    row,
                    column: (column + 1).min(grid.columns - 1),
                },
            };
        }
    }

    /// Moves the cursor to the cell at a point, from 0 to 1 across and down; whether it came to another cell.
    pub fn point_at(&mut self, x: f32, y: f32) -> bool {
        let Some(grid) = &mut self.on else { return false };
        if !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y) {
            return false;
        }
        let cell = Cell {
            row: ((y * grid.rows as f32) as usize).min(grid.rows - 1),
            column: ((x * grid.columns as f32) as usize).min(grid.columns - 1),
        };
        std::mem::replace(&mut grid.cursor, cell) != cell
    }

    /// The cursor came to a cell with these words.
    pub fn came_to(&mut self, words: Vec<usize>, now: Instant) {
        if words.is_empty() {
            self.waiting = None;
            self.said.clear();
        } else if words == self.said {
            self.waiting = None;
        } else if self.waiting.as_ref().is_none_or(|(waiting, _)| *waiting != words) {
            self.waiting = Some((words, now));
        }
    }

    /// The words to be said now, once; none while the cursor still moves.
    pub fn due(&mut self, now: Instant) -> Option<Vec<usize>> {
        let (_, since) = self.waiting.as_ref()?;
        if now.saturating_duration_since(*since) < REST {
            return None;
        }
        let (words, _) = self.waiting.take()?;
        self.said.clone_from(&words);
        Some(words)
    }

    /// How long until something is due.
    pub fn until_due(&self, now: Instant) -> Option<Duration> {
        let (_, since) = self.waiting.as_ref()?;
        Some(REST.saturating_sub(now.saturating_duration_since(*since)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exploring() -> (Explore, Instant) {
        let mut explore = Explore::default();
        explore.begin((4, 6));
        (explore, Instant::now())
    }

    #[test]
    fn the_cursor_starts_in_the_middle_and_stays_within_the_grid() {
        let (mut explore, _) = exploring();
        assert_eq!(explore.cursor(), Some(Cell { row: 2, column: 3 }));
        for step in [Step::Up, Step::Left] {
            (0..9).for_each(|_| explore.step(step));
        }
        assert_eq!(explore.cursor(), Some(Cell { row: 0, column: 0 }));
        for step in [Step::Down, Step::Right] {
            (0..9).for_each(|_| explore.step(step));
        }
        assert_eq!(explore.cursor(), Some(Cell { row: 3, column: 5 }));
        assert_eq!(explore.point(), Some((5.5 / 6.0, 3.5 / 4.0)));
    }

    #[test]
    fn the_pointer_moves_the_cursor_only_over_the_photo() {
        let (mut explore, _) = exploring();
        assert!(explore.point_at(0.99, 1.0));
        assert_eq!(explore.cursor(), Some(Cell { row: 3, column: 5 }));
        assert!(!explore.point_at(0.98, 0.99), "the same cell");
        assert!(!explore.point_at(1.2, 0.5) && !explore.point_at(f32::NAN, 0.5));
        assert_eq!(explore.cursor(), Some(Cell { row: 3, column: 5 }));
    }

    #[test]
    fn only_the_cell_where_the_cursor_rests_is_said_and_only_once() {
        let (mut explore, start) = exploring();
        explore.came_to(vec![1], start);
        explore.came_to(vec![2], start + REST / 2);
        assert_eq!(explore.due(start + REST), None, "it moved on");
        assert_eq!(explore.due(start + REST * 2), Some(vec![2]));
        assert_eq!(explore.due(start + REST * 9), None);
    }

    #[test]
    fn moving_within_the_same_words_neither_repeats_nor_delays_them() {
        let (mut explore, start) = exploring();
        explore.came_to(vec![1], start);
        explore.came_to(vec![1], start + REST / 2);
        assert_eq!(explore.due(start + REST), Some(vec![1]));
        explore.came_to(vec![1], start + REST);
        assert_eq!(explore.due(start + REST * 3), None);
    }

    #[test]
    fn nothing_is_said_where_there_is_nothing_and_coming_back_says_it_again() {
        let (mut explore, start) = exploring();
        explore.came_to(vec![1], start);
        explore.came_to(Vec::new(), start + REST / 2);
        assert_eq!(explore.due(start + REST * 2), None);
        explore.came_to(vec![1], start + REST * 3);
        assert_eq!(explore.due(start + REST * 4), Some(vec![1]));
        explore.came_to(Vec::new(), start + REST * 5);
        explore.came_to(vec![1], start + REST * 6);
        assert_eq!(explore.until_due(start + REST * 6), Some(REST));
        assert_eq!(explore.due(start + REST * 7), Some(vec![1]));
    }

    #[test]
    fn nobody_explores_until_asked_and_after_the_end() {
        let mut explore = Explore::default();
        explore.step(Step::Up);
        assert!(!explore.point_at(0.5, 0.5) && !explore.is_on());
        explore.begin((0, 0));
        assert_eq!(explore.grid(), Some((1, 1)));
        explore.end();
        assert_eq!((explore.cursor(), explore.point(), explore.grid()), (None, None, None));
    }
}
