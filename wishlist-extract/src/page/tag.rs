//! The elements that some rule knows by name.

macro_rules! tags {
    ($($variant:ident = $name:literal,)+) => {
        /// What a node is. Every name that no rule asks for is [`Tag::Other`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub(crate) enum Tag {
            /// Text that people see, character references not yet resolved.
            Text,
            /// The content of a script or style.
            Raw,
            Other,
            $($variant,)+
        }

        impl Tag {
            /// The number of tags, for tables by tag.
            pub(crate) const COUNT: usize = 3 + [$(Self::$variant),+].len();

            /// The tag of an element name in any case.
            pub(crate) fn of(name: &[u8]) -> Self {
                let mut lower = [0u8; 10];
                let Some(lower) = lower.get_mut(..name.len()) else { return Self::Other };
                lower.copy_from_slice(name);
                lower.make_ascii_lowercase();
                match &*lower {
                    $($name => Self::$variant,)+
                    _ => Self::Other,
                }
            }
        }
    };
}

tags! {
    A = b"a", Abbr = b"abbr", Address = b"address", Area = b"area", Article = b"article", Aside = b"aside", B = b"b",
    Base = b"base", Bdi = b"bdi", Blockquote = b"blockquote", Body = b"body", Br = b"br", Button = b"button", Col = b"col",
    Data = b"data", Dd = b"dd", Del = b"del", Details = b"details", Dialog = b"dialog", Div = b"div", Dl = b"dl",
    Dt = b"dt", Em = b"em", Embed = b"embed", Fieldset = b"fieldset", Figure = b"figure", Font = b"font",
    Footer = b"footer", Form = b"form", H1 = b"h1", H2 = b"h2", H3 = b"h3", H4 = b"h4", H5 = b"h5", H6 = b"h6",
    Head = b"head", Header = b"header", Hr = b"hr", Html = b"html", I = b"i", Iframe = b"iframe", Img = b"img",
    Input = b"input", Ins = b"ins", Label = b"label", Li = b"li", Link = b"link", Main = b"main", Mark = b"mark",
    Meta = b"meta", Meter = b"meter", Nav = b"nav", Noembed = b"noembed", Noframes = b"noframes", Noscript = b"noscript",
    Object = b"object", Ol = b"ol", Option = b"option", P = b"p", Param = b"param", Picture = b"picture", Pre = b"pre",
    S = b"s", Script = b"script", Section = b"section", Select = b"select", Small = b"small", Source = b"source",
    Span = b"span", Strike = b"strike", Strong = b"strong", Style = b"style", Sub = b"sub", Sup = b"sup", Svg = b"svg",
    Table = b"table", Tbody = b"tbody", Td = b"td", Template = b"template", Textarea = b"textarea", Tfoot = b"tfoot",
    Th = b"th", Thead = b"thead", Time = b"time", Title = b"title", Tr = b"tr", Track = b"track", U = b"u", Ul = b"ul",
    Video = b"video", Wbr = b"wbr", Xmp = b"xmp",
}

impl Tag {
    /// It has no content and no end tag.
    pub(crate) fn is_void(self) -> bool {
        matches!(
            self,
            Self::Area
                | Self::Base
                | Self::Br
                | Self::Col
                | Self::Embed
                | Self::Hr
                | Self::Img
                | Self::Input
                | Self::Link
                | Self::Meta
                | Self::Param
                | Self::Source
                | Self::Track
                | Self::Wbr
        )
    }

    /// Its content is text up to its own end tag, whatever else is in there.
    pub(crate) fn is_raw(self) -> bool {
        matches!(
            self,
            Self::Script
                | Self::Style
                | Self::Title
                | Self::Textarea
                | Self::Iframe
                | Self::Noembed
                | Self::Noframes
                | Self::Xmp
        )
    }

    /// It stands within a line of text: no space is seen around it.
    pub(crate) fn is_inline(self) -> bool {
        matches!(
            self,
            Self::A
                | Self::Abbr
                | Self::B
                | Self::Bdi
                | Self::Data
                | Self::Del
                | Self::Em
                | Self::Font
                | Self::I
                | Self::Ins
                | Self::Mark
                | Self::Other
                | Self::S
                | Self::Small
                | Self::Span
                | Self::Strike
                | Self::Strong
                | Self::Sub
                | Self::Sup
                | Self::Time
                | Self::U
                | Self::Wbr
        )
    }

    /// Its text is never seen on the page.
    pub(crate) fn is_unseen(self) -> bool {
        matches!(
            self,
            Self::Head
                | Self::Iframe
                | Self::Noembed
                | Self::Noframes
                | Self::Raw
                | Self::Script
                | Self::Style
                | Self::Template
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case_and_of_any_length() {
        let rows: [(&[u8], Tag); 6] = [
            (b"div", Tag::Div),
            (b"BLOCKQUOTE", Tag::Blockquote),
            (b"H1", Tag::H1),
            (b"", Tag::Other),
            (b"my-element", Tag::Other),
            (b"a-very-long-custom-element", Tag::Other),
        ];
        for (name, tag) in rows {
            assert_eq!(Tag::of(name), tag);
        }
        assert!((Tag::Xmp as usize) < Tag::COUNT);
    }
}
