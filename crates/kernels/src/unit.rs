//! The machine's vector unit, chosen at run time.
//!
//! [`Unit::in_use`] is the widest unit that the processor has, unless another was chosen before the first kernel ran.

#[cfg(target_arch = "aarch64")]
use pulp::aarch64::Neon;
#[cfg(target_arch = "x86_64")]
use pulp::x86::{V2, V3, V4};
use pulp::{Scalar128b, Simd, WithSimd};
use std::any::TypeId;
use std::sync::OnceLock;

/// A unit that this machine is known to have.
#[derive(Clone, Copy)]
pub enum Unit {
    #[cfg(target_arch = "x86_64")]
    Avx512(V4),
    #[cfg(target_arch = "x86_64")]
    Avx2(V3),
    #[cfg(target_arch = "x86_64")]
    Sse(V2),
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
    /// Four plain lanes, which run everywhere and are slow: they go by way of memory.
    Plain,
}

impl Unit {
    /// What this machine has, the widest first.
    fn all() -> Vec<Self> {
        let mut units = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            units.extend(V4::try_new().map(Self::Avx512));
            units.extend(V3::try_new().map(Self::Avx2));
            units.extend(V2::try_new().map(Self::Sse));
        }
        #[cfg(target_arch = "aarch64")]
        units.extend(Neon::try_new().map(Self::Neon));
        units.push(Self::Plain);
        units
    }

    fn widest() -> Self {
        Self::all()[0]
    }

    const fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Self::Sse(_) => "SSE4.2",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "NEON",
            Self::Plain => "plain",
        }
    }

    /// The one that this process computes on.
    pub fn in_use() -> Self {
        #[cfg(test)]
        if let Some(forced) = FORCED.get() {
            return forced;
        }
        *IN_USE.get_or_init(Self::widest)
    }

    /// Runs `kernel` on it.
    pub fn dispatch<K: WithSimd>(self, kernel: K) -> K::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => Simd::vectorize(simd, kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => Simd::vectorize(simd, kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Sse(simd) => Simd::vectorize(simd, kernel),
            #[cfg(target_arch = "aarch64")]
            Self::Neon(simd) => Simd::vectorize(simd, kernel),
            Self::Plain => kernel.with_simd(Scalar128b),
        }
    }

    /// Numbers a vector.
    pub fn lanes(self) -> usize {
        self.dispatch(Lanes)
    }
}

struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    fn with_simd<S: Simd>(self, _: S) -> usize {
        S::F32_LANES
    }
}

/// Whether `S` is the unit `U`, whose own instructions may be used then: a value of its type says that this machine has them.
#[inline(always)]
pub fn is<S: Simd, U: Simd>() -> bool {
    TypeId::of::<S>() == TypeId::of::<U>()
}

/// Whether [`Simd::mul_add_e_f32s`] is an instruction there.
#[inline(always)]
pub fn fuses<S: Simd>() -> bool {
    #[cfg(target_arch = "x86_64")]
    if is::<S, V2>() {
        return false;
    }
    !is::<S, Scalar128b>()
}

static IN_USE: OnceLock<Unit> = OnceLock::new();

#[cfg(test)]
thread_local! {
    static FORCED: std::cell::Cell<Option<Unit>> = const { std::cell::Cell::new(None) };
}

/// Name of the vector unit in use: `AVX-512`, `AVX2`, `SSE4.2`, `NEON` or `plain`. Results of different units differ in their last bits.
#[must_use]
pub fn vector_unit() -> &'static str {
    Unit::in_use().name()
}

/// Names of the vector units that this machine has, the widest first.
#[must_use]
pub fn vector_units() -> Vec<&'static str> {
    Unit::all().into_iter().map(Unit::name).collect()
}

/// Has this process use one of [`vector_units`] instead of the widest, to measure it.
///
/// # Errors
/// If this machine has no unit of that name, or an operator has run already: one process never mixes two.
pub fn use_vector_unit(name: &str) -> Result<(), String> {
    let unit = Unit::all().into_iter().find(|unit| unit.name() == name);
    let unit = unit.ok_or_else(|| {
        let names = vector_units().join(", ");
        format!("this machine has no vector unit {name}, but {names}")
    })?;
    let in_use = IN_USE.get_or_init(|| unit).name();
    if in_use == name {
        Ok(())
    } else {
        Err(format!("{in_use} is in use already"))
    }
}

/// Runs `test` once on every vector unit that this machine has.
#[cfg(test)]
pub fn on_every_path(test: impl Fn()) {
    for unit in Unit::all() {
        FORCED.set(Some(unit));
        test();
    }
    FORCED.set(None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_unit_is_chosen_once() {
        let units = vector_units();
        assert_eq!(units.last(), Some(&"plain"));
        assert_eq!(use_vector_unit(units[0]), Ok(()));
        assert_eq!(vector_unit(), units[0]);
        for unit in &units[1..] {
            let error = use_vector_unit(unit).unwrap_err();
            assert!(error.contains(units[0]), "{error}");
        }
        let error = use_vector_unit("abacus").unwrap_err();
        assert!(
            error.contains("abacus") && error.contains("plain"),
            "{error}"
        );
    }
}
