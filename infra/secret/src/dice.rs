//! Randomness, and choosing by it without favour.

use aws_lc_rs::rand;
use goodgo_provider::Error;

/// Fresh random bytes of the operating system's quality.
pub(crate) fn bytes(length: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; length];
    rand::fill(&mut bytes).map_err(|_| no_randomness())?;
    Ok(bytes)
}

/// A number from 0 to `bound` - 1, each as likely as the other. `bound` is at least 1.
fn below(bound: u32) -> Result<u32, Error> {
    // Numbers past the last whole multiple of `bound` would favour the small ones: draw again.
    let excess = (u32::MAX % bound + 1) % bound;
    loop {
        let mut drawn = [0; 4];
        rand::fill(&mut drawn).map_err(|_| no_randomness())?;
        let number = u32::from_ne_bytes(drawn);
        if number <= u32::MAX - excess {
            return Ok(number % bound);
        }
    }
}

/// An index into a slice that is not empty.
pub(crate) fn index(length: usize) -> Result<usize, Error> {
    let bound = u32::try_from(length).expect("lengths were checked to be far below 2^32");
    Ok(below(bound)? as usize)
}

/// Brings items into an order of which each is as likely as the other (Fisher and Yates).
pub(crate) fn shuffle<T>(items: &mut [T]) -> Result<(), Error> {
    for last in (1..items.len()).rev() {
        items.swap(last, index(last + 1)?);
    }
    Ok(())
}

/// The cryptographic library failed; it does so only when the system has no randomness to give.
pub(crate) fn no_randomness() -> Error {
    Error::transient("the operating system gave no random numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_below_the_bound_is_drawn_and_none_above() {
        for bound in [1, 2, 3, 10, 85] {
            let mut seen = vec![false; bound as usize];
            for _ in 0..bound * 64 {
                seen[below(bound).unwrap() as usize] = true;
            }
            assert!(seen.into_iter().all(|drawn| drawn), "{bound}");
        }
    }

    #[test]
    fn shuffling_keeps_all_items() {
        let mut items: Vec<u8> = (0..100).collect();
        shuffle(&mut items).unwrap();
        assert_ne!(items, (0..100).collect::<Vec<u8>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<u8>>());
    }
}
