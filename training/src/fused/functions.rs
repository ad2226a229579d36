//! exp, tanh and the logistic curve in plain arithmetic, which the compiler turns into the processor's widest
//! instructions; the standard library's take one number at a time.

/// `eˣ`, within 2 units in the last place; below −87 it is nearly 0, above 88 it stays finite.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // 1.5 · 2²³: what is added to it is rounded to a whole number, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let whole = rounded - ROUND;
    // ln 2 in two parts, the first of which is exact when it is multiplied by a small whole number.
    let rest = x - whole * 0.693_359_4 - whole * -2.121_944_4e-4;
    // The series of Cephes (Moshier), fitted to half of ln 2 on both sides of 0.
    let mut series = 1.987_569_1e-4;
    for factor in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        series = series * rest + factor;
    }
    let power = f32::from_bits((rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127)) << 23);
    (series * rest * rest + rest + 1.0) * power
}

/// The hyperbolic tangent, within 4e-7: the quotient of polynomials that Eigen and ONNX Runtime have.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let x = x.clamp(-7.905_311, 7.905_311);
    let square = x * x;
    let mut above = -2.760_768_5e-16;
    for factor in [
        2.000_188e-13,
        -8.604_672e-11,
        5.122_297e-8,
        1.485_722_4e-5,
        6.372_619e-4,
        4.893_524_6e-3,
    ] {
        above = above * square + factor;
    }
    let mut below = 1.198_258_4e-6;
    for factor in [1.185_347e-4, 2.268_434_6e-3, 4.893_525e-3] {
        below = below * square + factor;
    }
    x * above / below
}

/// `1 / (1 + e⁻ˣ)`.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    0.5 * tanh(0.5 * x) + 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_near_those_of_the_standard_library() {
        for step in -30_000..30_000i16 {
            let x = f32::from(step) / 300.0;
            let wide = f64::from(x);
            assert!((f64::from(tanh(x)) - wide.tanh()).abs() < 4e-7, "tanh {x}");
            assert!(
                (f64::from(sigmoid(x)) - 1.0 / (1.0 + (-wide).exp())).abs() < 4e-7,
                "sigmoid {x}"
            );
            let clamped = wide.clamp(-87.0, 88.0).exp();
            assert!((f64::from(exp(x)) - clamped).abs() <= 3e-7 * clamped, "exp {x}");
        }
        assert_eq!((tanh(0.0), exp(0.0), sigmoid(0.0)), (0.0, 1.0, 0.5));
        assert!(exp(f32::NEG_INFINITY) < 1e-37 && tanh(f32::INFINITY) > 0.999_999);
    }
}
