import { defineConfig } from 'sluice';

export default defineConfig({
  sources: ['dummyjson', 'escuelajs', 'jsonplaceholder'],
  sinks: [{ use: 'json-file', path: 'out/products.json' }],
  deadlineMs: 60_000,
});
