//! What a lens and a sensor do to the light of a scene.

/// What becomes of a grey level `v`: `255 * gain * (v / 255)^gamma + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Light {
    /// Exponent of the curve.
    pub gamma: f64,
    /// Factor of the levels.
    pub gain: f64,
    /// Grey levels added.
    pub offset: f64,
}

impl Light {
    /// Levels as they are.
    pub const NEUTRAL: Self = Self { gamma: 1.0, gain: 1.0, offset: 0.0 };
}

/// What a lens and a sensor do to a frame.
pub(crate) struct Exposure {
    /// Standard deviation of the blur in pixels.
    pub(crate) blur: f64,
    pub(crate) light: Light,
    /// Standard deviation of the noise in grey levels.
    pub(crate) noise: f64,
    /// Seed of the noise.
    pub(crate) seed: u64,
}
