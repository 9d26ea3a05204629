//! What a value may be, by the writes that were begun, acknowledged and refused, while they overlap.

/// Writes of one value.
#[derive(Clone, Debug)]
pub(crate) struct Register<T> {
    writes: Vec<Written<T>>,
}

#[derive(Clone, Debug)]
struct Written<T> {
    call: usize,
    value: T,
    begun: u64,
    /// When it was acknowledged; of one whose outcome is not known it may be any time.
    ended: Option<u64>,
}

impl<T: PartialEq> Register<T> {
    /// A value that a call has written.
    pub(crate) fn new(call: usize, value: T, begun: u64, ended: u64) -> Self {
        Self { writes: vec![Written { call, value, begun, ended: Some(ended) }] }
    }

    /// A call begins to write; one that is sent again is the same write.
    pub(crate) fn begin(&mut self, call: usize, value: T, begun: u64) {
        if !self.writes.iter().any(|write| write.call == call) {
            self.writes.push(Written { call, value, begun, ended: None });
        }
    }

    /// The call was acknowledged.
    pub(crate) fn end(&mut self, call: usize, ended: u64) {
        for write in self.writes.iter_mut().filter(|write| write.call == call) {
            write.ended = write.ended.or(Some(ended));
        }
    }

    /// The call was refused, and nobody is at it any more: it has written nothing.
    pub(crate) fn refuse(&mut self, call: usize) {
        self.writes.retain(|write| write.call != call || write.ended.is_some());
    }

    /// The values that a reading between two moments may find: those of writes behind which no other one was acknowledged
    /// before it began, of those that were begun before it ended.
    pub(crate) fn between(&self, begun: u64, ended: u64) -> impl Iterator<Item = &T> {
        let is_over = move |write: &Written<T>| {
            let overwrites = |later: &Written<T>| {
                write.ended.is_some_and(|end| end < later.begun) && later.ended.is_some_and(|end| end < begun)
            };
            self.writes.iter().any(overwrites)
        };
        self.writes.iter().filter(move |write| write.begun <= ended && !is_over(write)).map(|write| &write.value)
    }

    /// The value, where nothing was written or begun since `begun` and nothing is in doubt.
    pub(crate) fn settled(&self, begun: u64) -> Option<&T> {
        let mut values = self.between(begun, u64::MAX);
        let only = values.next()?;
        let is_quiet = self.writes.iter().all(|write| write.ended.is_some_and(|end| end < begun));
        values.all(|value| value == only).then_some(only).filter(|_| is_quiet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(register: &Register<char>, begun: u64, ended: u64) -> String {
        register.between(begun, ended).collect()
    }

    #[test]
    fn a_reading_finds_the_last_write_before_it_or_one_that_overlaps() {
        let mut register = Register::new(1, 'a', 0, 1);
        register.begin(2, 'b', 3);
        assert_eq!((values(&register, 2, 2), values(&register, 2, 4)), ("a".to_owned(), "ab".to_owned()));
        register.end(2, 5);
        assert_eq!((values(&register, 4, 4), values(&register, 6, 6)), ("ab".to_owned(), "b".to_owned()));
        assert_eq!(register.settled(6), Some(&'b'));
        register.begin(3, 'c', 7);
        assert_eq!((values(&register, 9, 9), register.settled(9)), ("bc".to_owned(), None));
        register.refuse(3);
        assert_eq!(values(&register, 9, 9), "b");
    }

    #[test]
    fn a_write_of_unknown_outcome_may_have_come_at_any_time() {
        let mut register = Register::new(1, 'a', 0, 1);
        register.begin(2, 'b', 2);
        register.begin(3, 'c', 4);
        register.end(3, 5);
        assert_eq!(values(&register, 6, 6), "bc");
    }
}
