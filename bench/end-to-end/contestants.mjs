import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineMain } from '../suite/dist.mjs';
import { unlimited } from '../suite/unlimited.mjs';
import { createPeers } from './peers.mjs';

/** A contestant that is a script beside this file. */
const script = (key, name, note) => ({
  key,
  name,
  note,
  command: process.execPath,
  args: ({ url, pages, output }) => [join(import.meta.dirname, `${key}.mjs`), url, String(pages), output],
});

const sluice = {
  key: 'sluice',
  name: 'sluice',
  note: 'pipeline run, all defaults, the rate limit out of the way',
  command: process.execPath,
  args({ url, pages, output, folder }) {
    const config = {
      sources: [{ use: 'dummyjson', baseUrl: url, rateLimit: unlimited, concurrency: 16, maxPages: pages + 1 }],
      sinks: [{ use: 'ndjson', path: output }],
    };
    writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify(config));
    return [pipelineMain, 'run', '--quiet'];
  },
};

/** Contestants of case 1, those that can't be had here with `notRun`. */
export const createContestants = () => [
  sluice,
  script('bare-loop', 'bare loop', 'undici Pool, JSON.parse, map, JSON.stringify, write; no safety at all'),
  script('got-queue', 'got, p-queue, p-retry', 'keep-alive, 16 at once'),
  script('crawlee', 'crawlee BasicCrawler', 'in memory, no persistence, no session pool'),
  ...createPeers(),
];
