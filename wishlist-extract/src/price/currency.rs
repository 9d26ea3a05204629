//! Which currency a symbol, a word, a language or a host means.

use std::collections::HashMap;
use std::sync::LazyLock;

use wishlist_core::model::Currency;

/// What a text says about a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// One currency.
    One(&'static str),
    /// One of several, the first where nothing else is known.
    Any(&'static [&'static str]),
}

const DOLLARS: Sign = Sign::Any(&[
    "USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU", "BSD", "BBD", "BZD", "DOP",
    "FJD", "JMD", "NAD", "TTD",
]);

/// Signs and words; matched without regard to case, letters only as whole words.
const SIGNS: &[(&str, Sign)] = &[
    ("us$", Sign::One("USD")),
    ("u$s", Sign::One("USD")),
    ("u$d", Sign::One("USD")),
    ("au$", Sign::One("AUD")),
    ("a$", Sign::One("AUD")),
    ("ca$", Sign::One("CAD")),
    ("c$", Sign::One("CAD")),
    ("nz$", Sign::One("NZD")),
    ("hk$", Sign::One("HKD")),
    ("nt$", Sign::One("TWD")),
    ("sg$", Sign::One("SGD")),
    ("s$", Sign::One("SGD")),
    ("mx$", Sign::One("MXN")),
    ("mex$", Sign::One("MXN")),
    ("ar$", Sign::One("ARS")),
    ("col$", Sign::One("COP")),
    ("r$", Sign::One("BRL")),
    ("j$", Sign::One("JMD")),
    ("tt$", Sign::One("TTD")),
    ("rd$", Sign::One("DOP")),
    ("c$", Sign::One("NIO")),
    ("$u", Sign::One("UYU")),
    ("$", DOLLARS),
    ("＄", DOLLARS),
    ("e£", Sign::One("EGP")),
    ("£", Sign::One("GBP")),
    ("￡", Sign::One("GBP")),
    ("€", Sign::One("EUR")),
    ("¥", Sign::Any(&["JPY", "CNY"])),
    ("￥", Sign::Any(&["JPY", "CNY"])),
    ("円", Sign::One("JPY")),
    ("元", Sign::Any(&["CNY", "TWD"])),
    ("₹", Sign::One("INR")),
    ("₨", Sign::Any(&["INR", "PKR", "LKR", "NPR", "MUR"])),
    ("₽", Sign::One("RUB")),
    ("₴", Sign::One("UAH")),
    ("₺", Sign::One("TRY")),
    ("₪", Sign::One("ILS")),
    ("₩", Sign::One("KRW")),
    ("￦", Sign::One("KRW")),
    ("원", Sign::One("KRW")),
    ("₫", Sign::One("VND")),
    ("฿", Sign::One("THB")),
    ("₱", Sign::One("PHP")),
    ("₦", Sign::One("NGN")),
    ("₡", Sign::One("CRC")),
    ("₲", Sign::One("PYG")),
    ("₸", Sign::One("KZT")),
    ("₼", Sign::One("AZN")),
    ("₾", Sign::One("GEL")),
    ("₵", Sign::One("GHS")),
    ("৳", Sign::One("BDT")),
    ("₭", Sign::One("LAK")),
    ("₮", Sign::One("MNT")),
    ("؋", Sign::One("AFN")),
    ("﷼", Sign::Any(&["SAR", "IRR", "QAR", "OMR", "YER"])),
    ("ر.س", Sign::One("SAR")),
    ("د.إ", Sign::One("AED")),
    ("ج.م", Sign::One("EGP")),
    ("د.ك", Sign::One("KWD")),
    ("ر.ق", Sign::One("QAR")),
    ("درهم", Sign::One("AED")),
    ("ريال", Sign::One("SAR")),
    ("جنيه", Sign::One("EGP")),
    ("ل.ل", Sign::One("LBP")),
    ("ل.س", Sign::One("SYP")),
    ("د.م", Sign::One("MAD")),
    ("د.ج", Sign::One("DZD")),
    ("د.ت", Sign::One("TND")),
    ("د.ع", Sign::One("IQD")),
    ("ر.ع", Sign::One("OMR")),
    ("د.ا", Sign::One("JOD")),
    ("zł", Sign::One("PLN")),
    ("zl", Sign::One("PLN")),
    ("kč", Sign::One("CZK")),
    ("kčs", Sign::One("CZK")),
    ("ft", Sign::One("HUF")),
    ("lei", Sign::Any(&["RON", "MDL"])),
    ("lek", Sign::One("ALL")),
    ("kn", Sign::One("HRK")),
    ("лв", Sign::One("BGN")),
    ("kr", Sign::Any(&["SEK", "NOK", "DKK", "ISK"])),
    ("rubles", Sign::One("RUB")),
    ("руб", Sign::Any(&["RUB", "BYN"])),
    ("рублей", Sign::Any(&["RUB", "BYN"])),
    ("р", Sign::Any(&["RUB", "BYN"])),
    ("б.р", Sign::One("BYN")),
    ("бел.руб", Sign::One("BYN")),
    ("byn", Sign::One("BYN")),
    ("br", Sign::Any(&["BYN", "ETB"])),
    ("грн", Sign::One("UAH")),
    ("тг", Sign::One("KZT")),
    ("тенге", Sign::One("KZT")),
    ("сом", Sign::One("KGS")),
    ("сум", Sign::One("UZS")),
    ("дин", Sign::One("RSD")),
    ("din", Sign::One("RSD")),
    ("km", Sign::One("BAM")),
    ("tl", Sign::One("TRY")),
    ("rs", Sign::Any(&["INR", "PKR", "LKR", "NPR", "MUR"])),
    ("rp", Sign::One("IDR")),
    ("rm", Sign::One("MYR")),
    ("fr", Sign::One("CHF")),
    ("sfr", Sign::One("CHF")),
    ("fcfa", Sign::Any(&["XOF", "XAF"])),
    ("cfa", Sign::Any(&["XOF", "XAF"])),
    ("dh", Sign::Any(&["AED", "MAD"])),
    ("dhs", Sign::Any(&["AED", "MAD"])),
    ("sr", Sign::One("SAR")),
    ("kd", Sign::One("KWD")),
    ("bd", Sign::One("BHD")),
    ("ksh", Sign::One("KES")),
    ("ush", Sign::One("UGX")),
    ("tk", Sign::One("BDT")),
    ("gs", Sign::One("PYG")),
    ("bs", Sign::Any(&["BOB", "VES"])),
    ("s/", Sign::One("PEN")),
    ("r", Sign::One("ZAR")),
    ("đ", Sign::One("VND")),
    ("vnđ", Sign::One("VND")),
    ("euro", Sign::One("EUR")),
    ("euros", Sign::One("EUR")),
    ("ευρώ", Sign::One("EUR")),
    ("dollars", DOLLARS),
    ("gbp£", Sign::One("GBP")),
    ("rmb", Sign::One("CNY")),
    ("ntd", Sign::One("TWD")),
    ("yen", Sign::One("JPY")),
    ("nis", Sign::One("ILS")),
    ("php", Sign::One("PHP")),
];

/// Every sign by its text.
static BY_TEXT: LazyLock<HashMap<&'static str, Sign>> = LazyLock::new(|| SIGNS.iter().rev().copied().collect());

/// The length of the longest sign in characters.
pub(super) const SIGN_CHARS: usize = 7;

/// The sign that a text in lower case is.
pub(super) fn sign(lower: &str) -> Option<Sign> {
    BY_TEXT.get(lower).copied()
}

/// The currencies of top-level domains and of the regions of languages; the euro area as its members.
const COUNTRIES: &str = "ae:AED al:ALL am:AMD ar:ARS at:EUR au:AUD az:AZN ba:BAM bd:BDT be:EUR bg:BGN bh:BHD bo:BOB br:BRL by:BYN ca:CAD \
    ch:CHF cl:CLP cn:CNY co:COP cr:CRC cy:EUR cz:CZK de:EUR dk:DKK do:DOP dz:DZD ec:USD ee:EUR eg:EGP es:EUR fi:EUR \
    fr:EUR gb:GBP ge:GEL gh:GHS gr:EUR gt:GTQ hk:HKD hr:EUR hu:HUF id:IDR ie:EUR il:ILS in:INR iq:IQD ir:IRR is:ISK \
    it:EUR jo:JOD jp:JPY ke:KES kg:KGS kr:KRW kw:KWD kz:KZT lb:LBP lk:LKR lt:EUR lu:EUR lv:EUR ma:MAD md:MDL mk:MKD \
    mt:EUR mx:MXN my:MYR ng:NGN nl:EUR no:NOK np:NPR nz:NZD om:OMR pe:PEN ph:PHP pk:PKR pl:PLN pt:EUR py:PYG qa:QAR \
    ro:RON rs:RSD ru:RUB sa:SAR se:SEK sg:SGD si:EUR sk:EUR th:THB tn:TND tr:TRY tw:TWD ua:UAH uk:GBP us:USD uy:UYU \
    uz:UZS vn:VND za:ZAR";

/// Languages that are spoken in one currency's area only, for texts that name no region.
const LANGUAGES: &str = "bg:BGN cs:CZK da:DKK de:EUR el:EUR et:EUR fi:EUR he:ILS hu:HUF id:IDR is:ISK it:EUR ja:JPY ko:KRW lt:EUR lv:EUR \
    nb:NOK nl:EUR no:NOK pl:PLN ro:RON ru:RUB sk:EUR sl:EUR sr:RSD sv:SEK th:THB tr:TRY uk:UAH vi:VND";

fn look_up(table: &str, name: &str) -> Option<Currency> {
    let mut entries = table.split(' ').filter_map(|entry| entry.split_once(':'));
    entries.find(|(is, _)| *is == name)?.1.parse().ok()
}

/// The currency of a language tag: of its region (`de-CH`), else of the language where only one area speaks it.
pub(crate) fn of_language(tag: &str) -> Option<Currency> {
    let mut parts = tag.split(['-', '_']);
    let language = parts.next()?.trim().to_ascii_lowercase();
    let region = parts.find(|part| part.len() == 2).map(str::to_ascii_lowercase);
    match region {
        Some(region) => look_up(COUNTRIES, &region),
        None => look_up(LANGUAGES, &language),
    }
}

/// The currency of a host's country: its top-level domain, or a label before it as in `uk.shop.example`.
pub(crate) fn of_host(host: &str) -> Option<Currency> {
    let (rest, last) = host.rsplit_once('.')?;
    // `.co`, `.me` and the like are sold to anybody.
    let country = look_up(COUNTRIES, last).filter(|_| last != "co" || rest.rsplit('.').next() == Some("com"));
    country.or_else(|| look_up(COUNTRIES, host.split('.').next().filter(|first| first.len() == 2)?))
}

/// The currency that a text names without a number beside it: an ISO 4217 code, a sign or a word; of an ambiguous sign the one
/// among `likely`, else the usual one.
pub(crate) fn named(text: &str, likely: &[Currency]) -> Option<Currency> {
    let text = text.trim().trim_end_matches('.');
    if text.len() == 3
        && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        && let Ok(currency) = text.to_ascii_uppercase().parse()
    {
        return Some(currency);
    }
    sign(&text.to_lowercase())?.currency(likely)
}

impl Sign {
    /// The currency meant: the first of `likely` that fits, else the most usual one.
    pub(super) fn currency(self, likely: &[Currency]) -> Option<Currency> {
        let code = match self {
            Self::One(code) => code,
            Self::Any(codes) => {
                let fits = |likely: &&Currency| codes.contains(&likely.code());
                return likely.iter().find(fits).copied().or_else(|| codes.first()?.parse().ok());
            }
        };
        code.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_hosts_have_currencies() {
        let code = |currency: Option<Currency>| currency.map_or("", Currency::code);
        for (tag, expected) in
            [("de", "EUR"), ("de-CH", "CHF"), ("en", ""), ("en_GB", "GBP"), ("zh-Hant-TW", "TWD"), ("", "")]
        {
            assert_eq!(code(of_language(tag)), expected, "{tag}");
        }
        for (host, expected) in [
            ("shop.co.uk", "GBP"),
            ("www.shop.de", "EUR"),
            ("shop.com", ""),
            ("uk.shop.com", "GBP"),
            ("shop.co", ""),
            ("shop.com.co", "COP"),
            ("localhost", ""),
        ] {
            assert_eq!(code(of_host(host)), expected, "{host}");
        }
    }

    #[test]
    fn signs_are_read_with_what_is_likely() {
        let currency = |code: &str| code.parse::<Currency>().unwrap();
        let rows: [(&str, &[&str], &str); 7] = [
            ("$", &[], "USD"),
            ("$", &["EUR", "CAD"], "CAD"),
            ("kr.", &["DKK"], "DKK"),
            ("eur", &[], "EUR"),
            ("US$", &["CAD"], "USD"),
            ("Kč", &[], "CZK"),
            ("each", &[], ""),
        ];
        for (text, likely, expected) in rows {
            let likely: Vec<_> = likely.iter().map(|code| currency(code)).collect();
            assert_eq!(named(text, &likely).map_or("", Currency::code), expected, "{text}");
        }
    }

    #[test]
    fn every_code_of_the_tables_is_a_currency() {
        for entry in COUNTRIES.split(' ').chain(LANGUAGES.split(' ')) {
            let (_, code) = entry.split_once(':').unwrap();
            assert!(code.parse::<Currency>().is_ok(), "{entry}");
        }
        for (sign, means) in SIGNS {
            assert!(sign.chars().count() <= SIGN_CHARS, "{sign}");
            let codes = match means {
                Sign::One(code) => std::slice::from_ref(code),
                Sign::Any(codes) => codes,
            };
            assert!(codes.iter().all(|code| code.parse::<Currency>().is_ok()), "{sign}");
        }
    }
}
