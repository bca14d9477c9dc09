import { defineConfig } from 'sluice';

export default defineConfig({
  sources: ['dummyjson', 'escuelajs', 'jsonplaceholder'],
  sinks: [{ use: 'json-file', path: 'out/products.json' }],
  history: 'auto',
  deadlineMs: 60_000,
});
