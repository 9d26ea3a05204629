//! Names of the contract in the case of others.

/// `imageUrl` and `Idempotency-Key` as `image_url` and `idempotency_key`.
pub(in crate::generate) fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter == '-' {
            snake.push('_');
        } else {
            if letter.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
        }
    }
    snake
}
