/** An item as the line that sluice makes of it, without its checks. */
export function toLine({ id, title, price, category, brand, rating, description, thumbnail }) {
  const record = {
    id: `dummyjson:${id}`,
    source: 'dummyjson',
    source_id: String(id),
    title,
    price,
    currency: null,
    category,
    brand,
    rating,
    description,
    image: thumbnail,
    url: null,
    processed_at: '2026-01-01T00:00:00.000Z',
  };
  return `${JSON.stringify(record)}\n`;
}
