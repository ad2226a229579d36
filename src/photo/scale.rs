//! The size of a picture that keeps its shape.

/// Width and height in the same proportion, with the longer one at `side`; neither is ever 0.
pub(crate) fn within((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let longer = u64::from(width.max(height).max(1));
    // No length exceeds the longer one, so none exceeds `side`.
    let scaled = |length: u32| ((u64::from(length) * u64::from(side) + longer / 2) / longer).max(1) as u32;
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn the_shape_is_kept_and_a_thin_picture_keeps_a_pixel() {
        assert_eq!(within((4000, 3000), 384), (384, 288));
        assert_eq!(within((3000, 4000), 384), (288, 384));
        assert_eq!(within((1, 10_000), 384), (1, 384));
        assert_eq!(within((2, 2), 384), (384, 384));
        assert_eq!(within((u32::MAX, 1), u32::MAX), (u32::MAX, 1));
        assert_eq!(within((0, 0), 384), (1, 1));
    }
}
