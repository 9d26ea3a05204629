//! What shops write on their buttons and labels, in the languages of most shops.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::extraction::Field;

/// What a short text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A control by which the product is bought.
    Buy,
    InStock,
    /// The last ones are in stock.
    Limited,
    OutOfStock,
    PreOrder,
    /// The name of a value that follows.
    Label(Field),
}

const BUY: &str = "add to cart|add to basket|add to bag|add to trolley|add to my bag|add to shopping cart|add to shopping bag|buy now|buy|\
buy it now|order now|purchase|add item to cart|add to order|shop now and pay later|get it now|make offer|contact seller|message seller|\
in den warenkorb|in den einkaufswagen|in den korb|zum warenkorb hinzufügen|jetzt kaufen|kaufen|in die einkaufstasche|jetzt bestellen|anbieter kontaktieren|verkäufer kontaktieren|nachricht senden|\
ajouter au panier|acheter|acheter maintenant|ajouter à mon panier|ajouter|j'achète|mettre au panier|commander|\
añadir al carrito|añadir a la cesta|agregar al carrito|agregar al carro|comprar|comprar ahora|añadir|añadir al carro|agregar a la bolsa|lo quiero|añadir a la bolsa|\
aggiungi al carrello|acquista|acquista ora|compra|compra ora|aggiungi|metti nel carrello|\
adicionar ao carrinho|adicionar|adicionar ao cesto|comprar agora|adicionar à sacola|colocar no carrinho|\
in winkelwagen|in winkelmand|in mijn winkelwagen|toevoegen aan winkelwagen|bestellen|koop nu|toevoegen aan winkelmand|voeg toe aan winkelwagen|\
lägg i varukorgen|lägg i varukorg|lägg i kundvagn|lägg i kundvagnen|köp|köp nu|lägg till i varukorg|legg i handlekurv|kjøp|legg i handlekurven|kjøp nå|læg i kurv|tilføj til kurv|køb|køb nu|læg i indkøbskurv|lisää ostoskoriin|osta|lisää koriin|osta nyt|\
do koszyka|dodaj do koszyka|kup teraz|kup|kup i zapłać|do košíku|vložit do košíku|přidat do košíku|koupit|do košíka|vložiť do košíka|pridať do košíka|kúpiť|\
kosárba|kosárba teszem|kosárba rakom|megveszem|adaugă în coș|adauga in cos|cumpără|adaugă în coş|dodaj u košaricu|u košaricu|kupi|dodaj v košarico|naroči|v košarico|dodaj u korpu|u korpu|\
в корзину|добавить в корзину|купить|заказать|купить сейчас|в кошик|додати в кошик|купити|до кошика|добави в количката|купи|\
i krepšelį|į krepšelį|pirkti|pievienot grozam|ielikt grozā|pirkt|lisa ostukorvi|lisa korvi|\
sepete ekle|satın al|hemen al|προσθήκη στο καλάθι|στο καλάθι|αγορά|הוסף לסל|הוספה לסל|קנה עכשיו|أضف إلى السلة|أضف الى السلة|أضف إلى عربة التسوق|اشتر الآن|افزودن به سبد خرید|\
カートに入れる|カートに追加|買い物かごに入れる|今すぐ買う|購入する|ご購入手続きへ|加入購物車|放入購物車|立即購買|直接購買|马上购买|我要購買|加入购物车|立即购买|장바구니|장바구니 담기|바로구매|구매하기|\
thêm vào giỏ hàng|mua ngay|thêm vào giỏ|หยิบใส่ตะกร้า|เพิ่มลงตะกร้า|ซื้อเลย|masukkan keranjang|beli sekarang|tambah ke keranjang|tambah ke troli";

const IN_STOCK: &str = "in stock|available|in stock now|available now|in stock and ready to ship|ships today|ready to ship|available online|available for delivery|available to order|\
auf lager|sofort lieferbar|lieferbar|verfügbar|sofort verfügbar|vorrätig|ab lager|lagernd|online verfügbar|\
en stock|disponible|en existencia|disponible immédiatement|disponible en ligne|en stock en ligne|produit disponible|\
disponibile|disponibilità immediata|em stock|disponível|em estoque|op voorraad|direct leverbaar|leverbaar|uit voorraad leverbaar|\
i lager|finns i lager|på lager|på lager nå|varastossa|dostępny|na stanie|w magazynie|produkt dostępny|skladem|na skladě|ihned k odeslání|na sklade|skladom|\
raktáron|készleten|în stoc|in stoc|na zalihi|na zalogi|na stanju|dostupno|dostupné|в наличии|есть в наличии|є в наявності|в наявності|наличен|в наличност|\
yra sandėlyje|ir noliktavā|pieejams|laos|laos olemas|stokta var|stokta|διαθέσιμο|σε απόθεμα|άμεσα διαθέσιμο|במלאי|متوفر|متوفر في المخزون|在庫あり|有現貨|現貨|有货|现货|재고 있음|còn hàng|มีสินค้า|tersedia";

const OUT_OF_STOCK: &str = "out of stock|sold out|currently unavailable|temporarily out of stock|no longer available|unavailable|not available|out-of-stock|sorry, this item is out of stock|this item is out of stock|currently out of stock|this product is out of stock|this product is currently unavailable|this item is no longer available|notify me when available|email me when available|item sold|sold|\
ausverkauft|nicht verfügbar|nicht auf lager|derzeit nicht verfügbar|nicht lieferbar|zur zeit nicht lieferbar|vergriffen|derzeit nicht lieferbar|leider ausverkauft|momentan nicht verfügbar|\
rupture de stock|en rupture de stock|épuisé|indisponible|produit indisponible|actuellement indisponible|en rupture|\
agotado|sin stock|no disponible|sin existencias|producto agotado|temporalmente agotado|esaurito|non disponibile|attualmente non disponibile|prodotto esaurito|\
esgotado|indisponível|sem stock|produto indisponível|fora de estoque|produto esgotado|uitverkocht|niet op voorraad|niet leverbaar|niet beschikbaar|tijdelijk uitverkocht|\
slutsåld|slut i lager|utsolgt|udsolgt|ikke på lager|loppuunmyyty|ei varastossa|loppu|niedostępny|brak w magazynie|wyprzedany|produkt niedostępny|vyprodáno|není skladem|nedostupné|vypredané|nie je na sklade|momentálne nedostupné|\
elfogyott|nincs raktáron|nincs készleten|stoc epuizat|indisponibil|nije dostupno|rasprodano|ni na zalogi|нет в наличии|распродано|товар закончился|немає в наявності|няма в наличност|изчерпан|\
nėra sandėlyje|nav noliktavā|nav pieejams|otsas|läbi müüdud|tükendi|stokta yok|εξαντλήθηκε|μη διαθέσιμο|אזל מהמלאי|لא זמין|غير متوفر|نفذت الكمية|在庫切れ|売り切れ|完売|品切れ|缺貨|售完|已售完|補貨中|售罄|缺货|无货|품절|hết hàng|สินค้าหมด|stok habis";

/// What stands around a small number that is left. A text is looked up without numbers at its ends, so both ends are words.
const FEW: &[(&str, &str)] = &[
    ("only", "left"),
    ("only", "left in stock"),
    ("only", "left in stock - order soon"),
    ("only", "in stock"),
    ("only", "remaining"),
    ("just", "left"),
    ("just", "left in stock"),
    ("hurry, only", "left"),
    ("low stock:", "left"),
    ("nur noch", "auf lager"),
    ("nur noch", "verfügbar"),
    ("nur noch", "stück"),
    ("nur noch", "stück verfügbar"),
    ("nur noch", "stück auf lager"),
    ("nur noch", "vorrätig"),
    ("noch", "stück auf lager"),
    ("plus que", "en stock"),
    ("plus que", "exemplaires"),
    ("plus que", "disponibles"),
    ("il ne reste plus que", "exemplaire(s) en stock"),
    ("solo quedan", "en stock"),
    ("sólo quedan", "en stock"),
    ("quedan", "unidades"),
    ("solo quedan", "unidades"),
    ("solo", "disponibili"),
    ("solo", "disponibilità"),
    ("ne rimangono solo", "disponibili"),
    ("restam", "unidades"),
    ("apenas", "em stock"),
    ("nog maar", "op voorraad"),
    ("nog", "op voorraad"),
    ("endast", "kvar"),
    ("endast", "kvar i lager"),
    ("bara", "kvar"),
    ("kun", "igjen"),
    ("kun", "på lager"),
    ("kun", "tilbage"),
    ("jäljellä", "kpl"),
    ("zostało tylko", "szt"),
    ("ostatnie", "sztuki"),
    ("pozostało", "szt"),
    ("poslední", "kusy"),
    ("posledné", "kusy"),
    ("skladem", "ks"),
    ("mai sunt doar", "bucăți"),
    ("осталось", "шт"),
    ("залишилось", "шт"),
    ("son", "ürün"),
    ("残り", "点"),
    ("残り", "個"),
    ("仅剩", "件"),
    ("僅剩", "件"),
];

const LIMITED: &str = "limited stock|low stock|last one|last ones|last few|last item|last items|only one left|few left|almost gone|almost sold out|limited availability|selling fast|last pieces|\
nur noch wenige verfügbar|nur noch wenige|wenige verfügbar|geringer bestand|begrenzt verfügbar|wenige auf lager|nur noch wenige auf lager|letztes stück|stock limité|derniers articles en stock|dernières pièces|dernier article|quantité limitée|\
últimas unidades|pocas unidades|stock limitado|última unidad|ultimi pezzi|ultimi articoli in magazzino|disponibilità limitata|ultimo pezzo|últimas peças|últimos artigos em stock|beperkt op voorraad|beperkte voorraad|laatste stuks|laatste artikelen op voorraad|\
få i lager|få kvar|få på lager|få igjen|vain muutama jäljellä|ostatnie sztuki|ostatnia sztuka|mała ilość|poslední kusy|poslední kus|posledné kusy|posledný kus|utolsó darabok|korlátozott készlet|ultimele bucăți|stoc limitat|zadnji kosi|posljednji komadi|\
мало|заканчивается|последний экземпляр|осталось мало|закінчується|son ürünler|tükenmek üzere|sınırlı stok|残りわずか|在庫わずか|残り僅か|庫存緊張|库存紧张|即將售完|품절임박|พร้อมส่งจำนวนจำกัด";

const PRE_ORDER: &str = "pre-order|preorder|pre-order now|pre order|available for pre-order|available for preorder|coming soon|reserve now|vorbestellbar|jetzt vorbestellen|précommande|pré-commander|pré-commande|reservar ahora|preventa|en preventa|prevendita|preordine|preordina ora|prenota|pré-encomenda|pré-encomendar|vooruitbestellen|pre-order nu|reserveer nu|förhandsboka|forhåndsbestill|forudbestil|ennakkotilaa|ennakkotilaus|przedsprzedaż|zamów przedpremierowo|předobjednávka|predobjednať|predobjednávka|előrendelés|előrendelhető|precomandă|precomanda|prednarudžba|prednaročilo|под заказ|передзаказ|попереднє замовлення|ön sipariş|予約受付中|予約注文|预售|預售|예약구매|예약판매|đặt trước|vorbestellen|jetzt vorbestellen|précommander|precommander|en précommande|reservar|preordina|pré-venda|pre-orderen|förbeställ|předobjednat|предзаказ|予約する|預購|预订";

const SKU: &str = "sku|ugs|riferimento|rif|product ref|prod. code|style code|model code|nr art|nr artykułu|symbol|indeks produktu|nr kat|item code|part number|part no|sku code|sku id|référence fabricant|réf. article|réf. fournisseur|номер артикула|код виробу|ref. no|reference|item|item #|item no|item number|item code|product code|product id|product number|product no|article number|article no|article|art no|art. no|style|style number|style no|code|stock code|catalog number|catalogue number|reference number|web id|listing id|ad id|post id|\
artikelnummer|artikel-nr|artikelnr|artikel nr|art.-nr|art-nr|art.nr|art. nr|artnr|bestellnummer|bestell-nr|produktnummer|produkt-nr|anzeigen-id|anzeigennummer|\
référence|réf|ref|réf. produit|référence produit|code produit|code article|référence article|referencia|referência|código|cod|cód|código do produto|código de producto|código del producto|codice|codice articolo|codice prodotto|codice produit|\
artikelcode|productcode|varenummer|varenr|tuotenumero|tuotekoodi|kod produktu|kod|kod towaru|indeks|numer katalogowy|kód|kód produktu|kód tovaru|kód zboží|objednací kód|produktové číslo|číslo produktu|katalogové číslo|cikkszám|termékkód|cod produs|šifra|šifra artikla|šifra proizvoda|артикул|код товара|код|номер товара|код на продукта|prekės kodas|preces kods|tootekood|ürün kodu|κωδικός|κωδικός προϊόντος|מק\"ט|商品番号|品番|商品コード|商品編號|貨號|商品编号|货号|상품번호|mã sản phẩm|รหัสสินค้า";

const GTIN: &str = "ean|upc|gtin|isbn|isbn-13|isbn 13|isbn-10|isbn13|ean code|ean-code|ean13|ean-13|ean/upc|upc/ean|upc code|barcode|bar code|ean kód|ean kod|kod ean|čiarový kód|čárový kód|code-barres|código de barras|codice ean|código ean|strichcode|streepjescode|kod kreskowy|vonalkód|штрихкод|штрих-код|jan|janコード|jan code|条码|條碼|国際標準図書番号";

const BRAND: &str = "brand|brand name|manufacturer|maker|marke|hersteller|marque|fabricant|marca|fabricante|marchio|produttore|merk|fabrikant|märke|varumärke|tillverkare|merke|mærke|producent|merkki|valmistaja|marka|značka|výrobce|výrobca|gyártó|márka|producător|proizvođač|proizvajalec|blagovna znamka|brend|znamka|бренд|производитель|марка|виробник|gamintojas|prekės ženklas|zīmols|ražotājs|tootja|üretici|μάρκα|κατασκευαστής|מותג|יצרן|الماركة|العلامة التجارية|ブランド|メーカー|品牌|廠牌|브랜드|제조사|thương hiệu|แบรนด์|make|make/manufacturer|make / manufacturer|publisher|label|verlag|editora|editorial|éditeur|editore|izdavač|wydawnictwo|nakladatelství";

/// What stands before a price that is no longer paid.
const BEFORE: &str = "was|were|before|list price|list|msrp|rrp|reg|regular price|original price|retail price|compare at|instead of|previously|old price|\
statt|bisher|uvp|vorher|früher|ehemals|alter preis|avant|au lieu de|prix conseillé|prix de base|prix barré|antes|precio anterior|pvp|pvpr|precio original|precio normal|\
prima|invece di|prezzo di listino|prezzo consigliato|anziché|de|preço original|adviesprijs|van|normale prijs|ord|ord pris|ordinarie pris|tidigare pris|rek pris|före|før|førpris|normalpris|norm|\
ovh|norm hinta|cena regularna|cena katalogowa|poprzednia cena|původní cena|běžná cena|pôvodná cena|bežná cena|eredeti ár|preț vechi|pret vechi|prrp|redovna cijena|redna cena|старая цена|стара ціна|eski fiyat|liste fiyatı|\
原価|定価|通常価格|参考価格|メーカー希望小売価格|建議售價|原價|定價|市價|原价|市场价|정가|정상가";

/// What shops in the European Union have to say of the time before a sale (Directive 98/6/EC, 6a), with more words behind.
const LOWEST: &[&str] = &[
    "lowest price",
    "niedrigster preis",
    "niedrigster gesamtpreis",
    "prix le plus bas",
    "prezzo più basso",
    "precio más bajo",
    "preço mais baixo",
    "laagste prijs",
    "lägsta pris",
    "laveste pris",
    "alin hinta",
    "najniższa cena",
    "nejnižší cena",
    "najnižšia cena",
    "najniža cijena",
    "najnižja cena",
    "legalacsonyabb ár",
    "cel mai mic preț",
    "най-ниска цена",
    "χαμηλότερη τιμή",
    "30-tage-bestpreis",
    "žemiausia kaina",
    "zemākā cena",
    "madalaim hind",
];

/// Whether a text announces the lowest price of the time before a sale.
pub(super) fn begins_lowest(text: &str) -> bool {
    if text.len() < 12 {
        return false;
    }
    let lower = text.trim_start().to_lowercase();
    LOWEST.iter().any(|word| lower.starts_with(word))
}

/// Whether a text begins with the word for a former price: `Was: $34.99`.
pub(super) fn begins_before(text: &str) -> bool {
    let text = text.trim_start();

    let end = text.find(|c: char| c.is_ascii_digit() || c == ':').unwrap_or(text.len());
    let head = text.get(..end).unwrap_or_default();
    let head = head.trim_end_matches(|c: char| !c.is_alphabetic());
    !head.is_empty() && head.len() <= LONGEST && {
        let head = head.to_lowercase();
        // A currency may stand between the word and the number: `was us$`.
        let word = |word: &str| {
            let rest = head.strip_prefix(word);
            rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with([' ', '.']) && rest.len() <= 6))
        };
        BEFORE.split('|').any(word)
    }
}

/// What a price says that is only a part of what is paid: without the tax.
const NET: &[&str] = &[
    "excl",
    "ex vat",
    "ex. vat",
    "exc vat",
    "exc. vat",
    "ex gst",
    "+ vat",
    "plus vat",
    "before tax",
    "netto",
    "ohne mwst",
    "zzgl",
    "exkl",
    " ht",
    "hors taxe",
    "sin iva",
    "s/iva",
    "+ iva",
    "sem iva",
    "iva esclusa",
    "senza iva",
    "bez dph",
    "brez ddv",
    "bez pdv",
    "bez vat",
    "áfa nélkül",
    "fără tva",
    "fara tva",
    "eks. mva",
    "eks mva",
    "ekskl",
    "u/mva",
    "ex. moms",
    "ex moms",
    "u. moms",
    "alv 0",
    "без ндс",
    "без пдв",
    "без ддс",
    "kdv hariç",
    "税抜",
    "税別",
    "未稅",
];

/// Whether a text says that its amount is without the tax.
pub(super) fn is_net(text: &str) -> bool {
    let lower = text.to_lowercase();
    NET.iter().any(|word| lower.contains(word))
}

/// Every word by its text.
static WORDS: LazyLock<HashMap<&'static str, Word>> = LazyLock::new(|| {
    let tables = [
        (SKU, Word::Label(Field::Sku)),
        (GTIN, Word::Label(Field::Gtin)),
        (BRAND, Word::Label(Field::Brand)),
        (PRE_ORDER, Word::PreOrder),
        (IN_STOCK, Word::InStock),
        (LIMITED, Word::Limited),
        (OUT_OF_STOCK, Word::OutOfStock),
        (BUY, Word::Buy),
    ];
    tables.iter().flat_map(|(table, word)| table.split('|').map(|text| (text, *word))).collect()
});

/// The longest text that is looked up, in bytes.
pub(super) const LONGEST: usize = 64;

/// The word that a text is, if it is one; without regard to case, numbers and punctuation around it.
pub(super) fn word(text: &str) -> Option<Word> {
    let plain = text.trim_matches(|c: char| !c.is_alphabetic());
    if plain.is_empty() || plain.len() > LONGEST {
        return None;
    }
    let lower = plain.to_lowercase();
    WORDS.get(lower.as_str()).copied().or_else(|| is_few(&lower).then_some(Word::Limited))
}

/// Whether a text tells how few are left: `only 3 left in stock`.
fn is_few(lower: &str) -> bool {
    if !lower.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let part = |(before, after): &(&str, &str)| {
        let rest = lower.strip_prefix(before).and_then(|rest| rest.trim().strip_suffix(after));
        rest.is_some_and(|number| {
            (1..=2).contains(&number.trim().len()) && number.trim().bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    FEW.iter().any(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn former_prices_are_announced() {
        let rows = [
            ("Was: $34.99", true),
            ("statt 29,90 €", true),
            ("UVP: 10 €", true),
            ("was US$ 5", true),
            ("定価 1,200円", true),
            ("Washing 5 €", false),
            ("Now 5 €", false),
            ("5 €", false),
            ("€5", false),
        ];
        for (text, expected) in rows {
            assert_eq!(begins_before(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_known_in_any_case_and_dress() {
        let rows = [
            ("Add to Cart", Some(Word::Buy)),
            ("  + IN DEN WARENKORB ", Some(Word::Buy)),
            ("In stock.", Some(Word::InStock)),
            ("12 auf Lager", Some(Word::InStock)),
            ("Only 3 left!", Some(Word::Limited)),
            ("Nur noch 2 auf Lager", Some(Word::Limited)),
            ("Only 300 left", None),
            ("Ostatnie sztuki", Some(Word::Limited)),
            ("Coming soon", Some(Word::PreOrder)),
            ("Sold out!", Some(Word::OutOfStock)),
            ("EAN:", Some(Word::Label(Field::Gtin))),
            ("Art.-Nr.:", Some(Word::Label(Field::Sku))),
            ("Why we are out of stock", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(word(text), expected, "{text:?}");
        }
    }
}
