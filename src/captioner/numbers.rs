//! Numbers at the borders of graphs: the program computes with 32-bit floats, a graph may take and give 16-bit ones.
//!
//! What only goes from graph to graph, such as a state, stays as it is.

use half::f16;
use ndarray::{ArrayD, Axis, CowArray, IxDyn, concatenate};
use ort::session::SessionInputValue;
use ort::value::{DynValue, Outlet, Tensor, TensorElementType};

use super::CaptionError;
use super::decoder::run_error;
use crate::text;

/// The numbers that a graph takes or gives at one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// 32-bit floats.
    Single,
    /// 16-bit floats of IEEE 754.
    Half,
}

impl Numbers {
    /// None where it takes others, such as integers.
    pub(super) fn of(end: &Outlet) -> Option<Self> {
        Self::of_type(end.dtype().tensor_type())
    }

    fn of_value(value: &DynValue) -> Option<Self> {
        Self::of_type(value.dtype().tensor_type())
    }

    fn of_type(element: Option<TensorElementType>) -> Option<Self> {
        match element {
            Some(TensorElementType::Float32) => Some(Self::Single),
            Some(TensorElementType::Float16) => Some(Self::Half),
            _ => None,
        }
    }

    /// An array in these numbers.
    pub(super) fn write(self, values: ArrayD<f32>) -> Result<DynValue, CaptionError> {
        let tensor = match self {
            Self::Single => Tensor::from_array(values).map(Tensor::into_dyn),
            Self::Half => Tensor::from_array(values.mapv(f16::from_f32)).map(Tensor::into_dyn),
        };
        tensor.map_err(run_error)
    }

    /// A value as a graph with these numbers takes it: itself where it has them.
    pub(super) fn feed(self, value: &DynValue) -> Result<SessionInputValue<'_>, CaptionError> {
        match Self::of_value(value) {
            Some(numbers) if numbers != self => Ok(self.write(read(value)?.into_owned())?.into()),
            _ => Ok(value.into()),
        }
    }
}

/// The values as 32-bit floats.
pub(super) fn read(value: &DynValue) -> Result<CowArray<'_, f32, IxDyn>, CaptionError> {
    match Numbers::of_value(value) {
        Some(Numbers::Half) => {
            let values = value.try_extract_array::<f16>().map_err(run_error)?;
            Ok(values.mapv(f16::to_f32).into())
        }
        _ => Ok(value.try_extract_array::<f32>().map_err(run_error)?.into()),
    }
}

/// The same in memory of its own, where it is floats.
pub(super) fn own(value: DynValue) -> Result<DynValue, CaptionError> {
    match Numbers::of_value(&value) {
        Some(numbers) => numbers.write(read(&value)?.into_owned()),
        None => Ok(value),
    }
}

/// The given rows of a value, in this order and in its own numbers.
pub(super) fn select(value: &DynValue, rows: &[usize]) -> Result<DynValue, CaptionError> {
    let first = value.dtype().tensor_shape().and_then(|shape| shape.first().copied());
    let count = first.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    if rows.iter().any(|&row| row >= count) {
        return Err(rows_missing());
    }
    let selected = match Numbers::of_value(value) {
        Some(Numbers::Half) => {
            let values = value.try_extract_array::<f16>().map_err(run_error)?;
            Tensor::from_array(values.select(Axis(0), rows)).map(Tensor::into_dyn)
        }
        _ => {
            let values = value.try_extract_array::<f32>().map_err(run_error)?;
            Tensor::from_array(values.select(Axis(0), rows)).map(Tensor::into_dyn)
        }
    };
    selected.map_err(run_error)
}

/// The first rows of values of the same shape and the same numbers, one below the other.
pub(super) fn stack(values: &[&DynValue]) -> Result<DynValue, CaptionError> {
    let arrays = values.iter().map(|value| read(value)).collect::<Result<Vec<_>, _>>()?;
    let rows = arrays.iter().map(|values| {
        let is_empty = values.ndim() == 0 || values.is_empty();
        (!is_empty).then(|| values.view().split_at(Axis(0), 1).0)
    });
    let rows = rows.collect::<Option<Vec<_>>>().ok_or_else(rows_missing)?;
    let numbers = values.first().and_then(|value| Numbers::of_value(value));
    numbers
        .unwrap_or(Numbers::Single)
        .write(concatenate(Axis(0), &rows).map_err(run_error)?)
}

/// The error where a graph gave fewer rows than it was asked for.
pub(super) fn rows_missing() -> CaptionError {
    run_error(text!("reason-state-rows"))
}

/// Values of the same shape and in the same numbers that differ from place to place; other ones for another first place.
pub(super) fn pattern_like(value: &DynValue, first: u32) -> Result<DynValue, CaptionError> {
    let mut wave = (first..).map(|place| (f64::from(place) * 0.7).sin() as f32);
    let pattern: ArrayD<f32> = read(value)?.map(|_| wave.next().unwrap_or_default());
    let numbers = Numbers::of_value(value).unwrap_or(Numbers::Single);
    numbers.write(pattern)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn half_numbers_are_read_as_they_are_and_keep_their_kind_when_rows_are_chosen() {
        super::super::start_runtime().unwrap();
        let values = array![[0.5_f32, -2.0], [65504.0, 1.0 / 3.0]].into_dyn();
        for numbers in [Numbers::Single, Numbers::Half] {
            let value = numbers.write(values.clone()).unwrap();
            assert_eq!(Numbers::of_value(&value), Some(numbers));
            let chosen = select(&value, &[1, 0, 1]).unwrap();
            assert_eq!(Numbers::of_value(&chosen), Some(numbers));
            let found = read(&chosen).unwrap();
            assert_eq!(found.shape(), [3, 2]);
            assert_eq!((found[[0, 0]], found[[1, 1]]), (65504.0, -2.0));
            // Ten bits of the fraction.
            assert!((found[[2, 1]] - 1.0 / 3.0).abs() < 2e-4);
            assert!(select(&value, &[2]).is_err());
            let below = stack(&[&chosen, &value]).unwrap();
            assert_eq!(Numbers::of_value(&below), Some(numbers));
            let first = read(&below).unwrap();
            assert_eq!(
                (first.shape(), first[[0, 0]], first[[1, 1]]),
                (&[2, 2][..], 65504.0, -2.0)
            );
        }
    }
}
