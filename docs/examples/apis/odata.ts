import { defineNormalizer, defineSource, nextUrlPagination, type ProductFields } from 'sluice/plugin';

const listing = { path: '/V4/Northwind/Northwind.svc/Products', query: { $count: true } };

/** OData: the URL of the next page in the body, and a count to hold against what came. */
export default defineSource({
  name: 'odata',
  baseUrl: 'https://services.odata.org',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: nextUrlPagination({
    ...listing,
    next: (body) => body['@odata.nextLink'],
    total: (body) => body['@odata.count'],
  }),
  items: (body) => body.value,
  normalizer: defineNormalizer<{ ProductID: number; ProductName: string; UnitPrice: number }, ProductFields>({
    normalize: ({ ProductID: id, ProductName: title, UnitPrice: price }) => ({ id, title, price }),
  }),
});
