//! The shortest walk that can be found to the same broken invariant.

use super::invariants::Broken;
use super::walk::Step;

/// Leaves steps out, large parts first, as long as the same invariant breaks; answers how it breaks in what is left.
pub(crate) fn shrink(steps: &[Step], broken: Broken, plays: impl Fn(&[Step]) -> Option<Broken>) -> (Vec<Step>, Broken) {
    let (mut steps, mut broken) = (steps.to_vec(), broken);
    let mut part = steps.len().div_ceil(2);
    while part > 0 {
        let (mut begin, mut is_shorter) = (0, false);
        while begin < steps.len() {
            let end = (begin + part).min(steps.len());
            let rest: Vec<_> = steps[..begin].iter().chain(&steps[end..]).cloned().collect();
            match plays(&rest).filter(|other| other.invariant == broken.invariant) {
                Some(other) => (steps, broken, is_shorter) = (rest, other, true),
                None => begin = end,
            }
        }
        if part == 1 && !is_shorter {
            break;
        }
        part = if part == 1 { 1 } else { part.div_ceil(2) };
    }
    (steps, broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::Invariant;
    use crate::walk::Action;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let step = |seconds| Step { action: Action::Wait(seconds), polls: 0, chance: 0 };
        let steps: Vec<_> = (0..40).map(step).collect();
        let has = |steps: &[Step], seconds| steps.iter().any(|step| step.action == Action::Wait(seconds));
        let broken = || Broken { invariant: Invariant::RecordsGoTogether, what: String::new() };
        let plays = |steps: &[Step]| (has(steps, 7) && has(steps, 31)).then(broken);
        let (shortest, _) = shrink(&steps, broken(), plays);
        assert_eq!(shortest.iter().map(|step| step.action).collect::<Vec<_>>(), [Action::Wait(7), Action::Wait(31)]);
    }
}
