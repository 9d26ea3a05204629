//! No other spelling of a good token is one.

use proptest::prelude::*;
use wishlist_identity::{Algorithm, Verifier};

use crate::good_token;
use crate::judging::issuer::verifier;
use crate::judging::keys::{Owner, jwk};

/// One change of a text.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(usize, char),
    Insert(usize, char),
    Remove(usize),
    Swap(usize, usize),
    Cut(usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let character = prop_oneof![4 => proptest::char::range('!', '~'), 1 => any::<char>()];
    prop_oneof![
        (any::<usize>(), character.clone()).prop_map(|(at, to)| Mutation::Replace(at, to)),
        (any::<usize>(), character).prop_map(|(at, new)| Mutation::Insert(at, new)),
        any::<usize>().prop_map(Mutation::Remove),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Mutation::Swap(a, b)),
        any::<usize>().prop_map(Mutation::Cut),
    ]
}

fn mutate(token: &str, mutation: &Mutation) -> String {
    let mut characters: Vec<char> = token.chars().collect();
    let length = characters.len();
    match *mutation {
        Mutation::Replace(at, to) => characters[at % length] = to,
        Mutation::Insert(at, new) => characters.insert(at % (length + 1), new),
        Mutation::Remove(at) => drop(characters.remove(at % length)),
        Mutation::Swap(a, b) => characters.swap(a % length, b % length),
        Mutation::Cut(at) => characters.truncate(at % length),
    }
    characters.into_iter().collect()
}

fn accepts(verifier: &Verifier, token: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(verifier.verify(token)).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_good_token_verifies(mutation in mutation(), rsa in any::<bool>()) {
        let algorithm = if rsa { Algorithm::Rs256 } else { Algorithm::Es256 };
        let token = good_token(algorithm);
        let mutated = mutate(&token, &mutation);
        let verifier = verifier(algorithm, &[jwk(Owner::Issuer, algorithm)]);
        prop_assert_eq!(accepts(&verifier, &mutated), mutated == token, "{:?}", mutation);
    }
}

#[test]
fn no_bit_of_a_good_token_can_be_flipped() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let token = good_token(algorithm);
        let verifier = verifier(algorithm, &[jwk(Owner::Issuer, algorithm)]);
        assert!(accepts(&verifier, &token));
        for bit in 0..token.len() * 7 {
            let mut bytes = token.clone().into_bytes();
            bytes[bit / 7] ^= 1 << (bit % 7);
            let flipped = String::from_utf8(bytes).unwrap();
            assert!(!accepts(&verifier, &flipped), "bit {} of byte {}", bit % 7, bit / 7);
        }
    }
}
