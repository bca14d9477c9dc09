import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineMain } from '../suite/dist.mjs';

/** A contestant that is a script beside this file. */
const script = (key, name, note, more = {}) => ({
  key,
  name,
  note,
  command: process.execPath,
  args: ({ url, pages, output }) => [join(import.meta.dirname, `${key}.mjs`), url, String(pages), output],
  ...more,
});

const sluice = {
  key: 'sluice',
  name: 'sluice',
  note: 'pipeline run, all defaults, the rate limit out of the way',
  command: process.execPath,
  args: ({ url, output, folder }) => {
    const rateLimit = { requests: 10_000_000, perMs: 1000 };
    const config = {
      sources: [{ use: 'dummyjson', baseUrl: url, rateLimit, concurrency: 16 }],
      sinks: [{ use: 'ndjson', path: output }],
    };
    writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify(config));
    return [pipelineMain, 'run', '--quiet'];
  },
};

/** Contestants of case 1. `share` is the part of the pages that a slow one gets: rates can be compared all the same. */
export const contestants = [
  sluice,
  script('bare-loop', 'bare loop', 'undici Pool, JSON.parse, map, JSON.stringify, write; no safety at all'),
  script('got-queue', 'got, p-queue, p-retry', 'keep-alive, 16 at once'),
  script('crawlee', 'crawlee BasicCrawler', 'in memory, no persistence, no session pool'),
];
