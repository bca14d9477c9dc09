import { defineNormalizer, defineSource, offsetPagination } from 'sluice/plugin';

interface Book {
  readonly isbn: string;
  readonly name: string;
  readonly cost: number;
}

export default defineSource({
  name: 'books',
  baseUrl: 'https://books.example.com',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: offsetPagination({ path: '/books', limit: 20, total: (body) => body.count }),
  items: (body) => body.books,
  normalizer: defineNormalizer({
    module: import.meta.url,
    normalize: (book: Book) => ({ id: book.isbn, title: book.name, price: book.cost, currency: 'EUR' }),
  }),
});
