/** Pages of products as bytes: 20 records of about 1.5 KB, 30 KB a page, made once and only patched afterwards. */

/** Records of a page. */
export const perPage = 20;

/** Ids have this many digits, so that a page is made by writing digits into a copy of another. */
const digits = 8;
const firstId = 10_000_000;
const hole = '0'.repeat(digits);
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(5);
const date = '2025-04-30T09:41:02.053Z';
const host = 'https://cdn.dummyjson.test';

/** One product with all that dummyjson says of one, 1.5 KB of it; only its id differs from page to page. */
function product(index) {
  const item = {
    id: hole,
    title: `Product ${hole}`,
    description: text,
    category: `category-${index % 24}`,
    price: index * 7 + 0.99,
    discountPercentage: (index % 20) + 0.48,
    rating: (index % 50) / 10,
    stock: index,
    tags: ['beauty', 'mascara'],
    brand: `Brand ${index % 7}`,
    sku: `BEA-ESS-${index}`,
    weight: index % 9,
    dimensions: { width: 15.14, height: 13.08, depth: 22.99 },
    warrantyInformation: '1 week warranty',
    shippingInformation: 'Ships in 3-5 business days',
    availabilityStatus: 'In Stock',
    reviews: ['Would not recommend!', 'Very satisfied!', 'Highly impressed!'].map((comment, at) => ({
      rating: at + 3,
      comment,
      date,
      reviewerName: `Reviewer ${index + at}`,
      reviewerEmail: `reviewer.${index + at}@x.dummyjson.test`,
    })),
    returnPolicy: 'No return policy',
    minimumOrderQuantity: 48,
    meta: { createdAt: date, updatedAt: date, barcode: '5784719087687', qrCode: `${host}/public/qr-code.png` },
    images: [1, 2].map((at) => `${host}/product-images/${index}/${at}.webp`),
    thumbnail: `${host}/product-images/${index}/thumbnail.webp`,
  };
  // As a number: what is put there has as many digits.
  return JSON.stringify(item).replace(`"id":"${hole}"`, `"id":${hole}`);
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
