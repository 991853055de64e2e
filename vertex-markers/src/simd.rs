//! The one place where code is chosen by what the CPU can do.
//!
//! Hot loops are plain Rust, written so that the compiler turns them into vector instructions. Here they are
//! compiled a second time for CPUs with AVX2. Both versions do the same operations in the same order, so
//! they give the same bits; other CPUs run the plain one.

use std::sync::atomic::{AtomicU8, Ordering};

/// What hot loops may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SimdLevel {
    /// What every CPU of the architecture has.
    Baseline = 1,
    /// AVX2 and its companions.
    Avx2 = 2,
}

const UNKNOWN: u8 = 0;
static LEVEL: AtomicU8 = AtomicU8::new(UNKNOWN);

impl SimdLevel {
    /// The best this CPU has.
    #[must_use]
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
        {
            return Self::Avx2;
        }
        Self::Baseline
    }
}

/// Limits the whole process to a level, or to the best the CPU has if that is less.
///
/// Results do not depend on it; it is there for tests and measurements.
pub fn set_level(level: SimdLevel) {
    let level = if level == SimdLevel::Avx2 { SimdLevel::detect() } else { level };
    LEVEL.store(level as u8, Ordering::Relaxed);
}

/// Runs `work`, compiled for the current level as far as it is inlined.
#[inline]
pub(crate) fn run<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if has_avx2() {
        // SAFETY: the level is only ever set to AVX2 on CPUs that have all of these features.
        #[expect(unsafe_code, reason = "the CPU's features are known at run time only")]
        return unsafe { avx2(work) };
    }
    work()
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn has_avx2() -> bool {
    if LEVEL.load(Ordering::Relaxed) == UNKNOWN {
        set_level(SimdLevel::Avx2);
    }
    LEVEL.load(Ordering::Relaxed) == SimdLevel::Avx2 as u8
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// A whole number from 0 to 2^23 as an integer, without the checks of `as`, which are not made in vectors.
#[inline(always)]
pub(crate) fn whole(number: f32) -> u32 {
    const UNITS: f32 = 8_388_608.0;
    (number + UNITS).to_bits() & 0x7f_ffff
}

/// Runs a test at every level this CPU has.
#[cfg(test)]
pub(crate) fn each_level(mut test: impl FnMut()) {
    for level in [SimdLevel::Baseline, SimdLevel::Avx2] {
        set_level(level);
        test();
    }
}
