//! A scale of colours that grows lighter all the way, for eyes with and without colour.

/// The colour of a share from 0 (dark blue) to 1 (light yellow) on the cividis scale (Nuñez and others, 2018), which
/// was made to look alike to people with and without red-green blindness; the polynomials are those of d3-scale.
pub fn cividis(share: f32) -> [u8; 3] {
    let t = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    let polynomial = |coefficients: [f32; 6]| {
        let value = coefficients.iter().rev().fold(0.0, |sum, factor| sum * t + factor);
        value.round().clamp(0.0, 255.0) as u8
    };
    [
        polynomial([-4.54, -35.34, 2381.73, -6402.7, 7024.72, -2710.57]),
        polynomial([32.49, 170.73, 52.82, -131.46, 176.58, -67.37]),
        polynomial([81.24, 442.36, -2482.43, 6167.24, -6614.94, 2475.67]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear([red, green, blue]: [u8; 3]) -> [f64; 3] {
        [red, green, blue].map(|byte| match f64::from(byte) / 255.0 {
            value if value <= 0.04045 => value / 12.92,
            value => ((value + 0.055) / 1.055).powf(2.4),
        })
    }

    fn luminance([red, green, blue]: [f64; 3]) -> f64 {
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The colour as people see it who lack red, green or blue cones (Machado and others, 2009, full severity).
    fn seen_without(matrix: [[f64; 3]; 3], colour: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| {
            let sum: f64 = row.iter().zip(colour).map(|(factor, value)| factor * value).sum();
            sum.clamp(0.0, 1.0)
        })
    }

    const EYES: [(&str, [[f64; 3]; 3]); 4] = [
        ("all colours", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "no red",
            [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
        ),
        (
            "no green",
            [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
        ),
        (
            "no blue",
            [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
        ),
    ];

    #[test]
    fn the_scale_grows_lighter_all_the_way_for_every_kind_of_eye() {
        for (name, matrix) in EYES {
            let lights: Vec<f64> = (0..=20)
                .map(|step| luminance(seen_without(matrix, linear(cividis(step as f32 / 20.0)))))
                .collect();
            assert!(lights.windows(2).all(|pair| pair[0] < pair[1]), "{name}: {lights:?}");
            let contrast = (lights[20] + 0.05) / (lights[0] + 0.05);
            assert!(contrast > 7.0, "{name}: {contrast}");
        }
    }

    #[test]
    fn what_is_no_share_takes_the_nearest_end() {
        assert_eq!(cividis(f32::NAN), cividis(0.0));
        assert_eq!(cividis(-3.0), cividis(0.0));
        assert_eq!(cividis(3.0), cividis(1.0));
    }
}
