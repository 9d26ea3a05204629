//! Texts that break things elsewhere come back as they were sent.

use crate::carrying::{Carrier, own_texts};

#[tokio::test]
async fn a_text_comes_back_as_it_was_sent_or_is_refused_where_it_stands() {
    let mut carrier = Carrier::new().await;
    let texts = own_texts();
    for text in &texts {
        carrier.carry(text).await;
    }
    assert_eq!(carrier.counts.kept + carrier.counts.refused, 14 * texts.len());
    assert!(carrier.counts.refused > 60, "{:?}", carrier.counts);
}
