//! Sets of values, by their names in the contract.

/// The words of the contract for a set of values of the domain.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $case:tt, {$($(#[$variant_doc:meta])* $variant:ident,)+}) => {
        $(#[$doc])*
        #[derive(Clone, Copy, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
        #[serde(rename_all = $case)]
        pub(crate) enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl From<wishlist_core::model::$name> for $name {
            fn from(value: wishlist_core::model::$name) -> Self {
                match value {
                    $(wishlist_core::model::$name::$variant => Self::$variant,)+
                }
            }
        }

        impl From<$name> for wishlist_core::model::$name {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant => Self::$variant,)+
                }
            }
        }
    };
}

pub(crate) use words;
