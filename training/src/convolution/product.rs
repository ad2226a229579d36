//! The one place that calls the matrix product, whose interface is raw pointers.

/// A matrix in a slice: `rows × columns`, with the distance between rows and between columns.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row: usize,
    column: usize,
}

impl<'a> Matrix<'a> {
    /// Row after row; every row has `columns` numbers.
    pub fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        assert!(values.len() >= rows * columns, "a matrix larger than its slice");
        Self {
            values,
            rows,
            columns,
            row: columns,
            column: 1,
        }
    }

    /// Rows become columns.
    pub fn transposed(self) -> Self {
        Self {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row: self.column,
            column: self.row,
        }
    }
}

/// `out` (row after row) = `a` × `b`, or `out` += `a` × `b`, on this thread.
#[allow(unsafe_code)]
pub fn multiply(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, add: bool) {
    assert_eq!(a.columns, b.rows, "matrices that do not fit each other");
    assert!(out.len() >= a.rows * b.columns, "a product larger than its slice");
    // SAFETY: each matrix lies within its slice (checked above and in `Matrix::new`; transposing swaps sizes and
    // distances together), and `out` is borrowed alone.
    unsafe {
        gemm::gemm(
            a.rows,
            b.columns,
            a.columns,
            out.as_mut_ptr(),
            1,
            b.columns as isize,
            add,
            a.values.as_ptr(),
            a.column as isize,
            a.row as isize,
            b.values.as_ptr(),
            b.column as isize,
            b.row as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
