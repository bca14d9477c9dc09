/** Pages of products as bytes: 20 records of about 1.5 KB, 30 KB a page, made once and only patched afterwards. */

/** Records of a page. */
export const perPage = 20;

/** Ids have this many digits, so that a page is made by writing digits into a copy of another. */
const digits = 8;
const firstId = 10_000_000;
const hole = '0'.repeat(digits);
const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(26);

/** One product; only its id differs from page to page. */
function product(index) {
  return `{"id":${hole},"title":"Product ${hole}","description":"${filler}","category":"category-${index % 24}","price":${index * 7 + 0.99},"rating":${(index % 50) / 10},"stock":${index},"tags":["a","b"],"brand":"Brand ${index % 7}","sku":"SKU-${index}","weight":${index % 9},"meta":{"createdAt":"2025-04-30T09:41:02.053Z","barcode":"5784719087687"},"images":["https://cdn.test/${index}/1.webp"],"thumbnail":"https://cdn.test/${index}/thumbnail.webp"}`;
}

/**
 * Makes pages of a listing of `total` records. `head` is put before each body and may depend on its length. Returns a
 * function that gives the page from record `skip` on, in a buffer of its own.
 */
export function createPages(total, head = () => '') {
  const templates = new Map();

  /** The bytes of a page of `count` records, and where its ids go. */
  function template(count) {
    const known = templates.get(count);
    if (known !== undefined) return known;
    const items = Array.from({ length: count }, (_, index) => product(index));
    const body = `{"products":[${items.join(',')}],"total":${total},"limit":${count}}`;
    const bytes = Buffer.from(head(body.length) + body, 'latin1');
    const holes = [];
    for (let at = bytes.indexOf(hole); at !== -1; at = bytes.indexOf(hole, at + digits)) holes.push(at);
    const made = { bytes, holes };
    templates.set(count, made);
    return made;
  }

  return (skip) => {
    const { bytes, holes } = template(Math.max(0, Math.min(perPage, total - skip)));
    const page = Buffer.allocUnsafeSlow(bytes.length);
    page.set(bytes);
    holes.forEach((at, index) => page.latin1Write(String(firstId + skip + (index >> 1)), at));
    return page;
  };
}
