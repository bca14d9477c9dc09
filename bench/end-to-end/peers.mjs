/** The contestants that are no Node programs. Each has the set-up that its documentation gives as the fastest. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPeer } from '../peers/install.mjs';

const peers = join(import.meta.dirname, '../peers');

/** Installs what can be installed here; what can't be says why in `notRun`. */
export function createPeers() {
  return [dlt(installPeer('dlt')), benthos(installPeer('benthos')), singer(installPeer('tap'), installPeer('target'))];
}

function dlt({ folder: installed, reason }) {
  return {
    key: 'dlt',
    name: 'dlt',
    note: 'rest_api source to filesystem as jsonl, orjson, no compression, no nested tables',
    notRun: reason,
    command: join(installed ?? '', 'bin/python'),
    args: ({ url, pages, folder }) => [join(peers, 'dlt/peer.py'), url, String(pages), folder],
    env: {
      RUNTIME__DLTHUB_TELEMETRY: 'false',
      RUNTIME__LOG_LEVEL: 'ERROR',
      NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION: 'true',
    },
    output: 'out/bench/products',
  };
}

function benthos({ folder: installed, reason }) {
  return {
    key: 'benthos',
    name: 'benthos (the core of Redpanda Connect)',
    note: 'http processor in 16 threads, a mapping, lines to a file, a write for each page',
    notRun: reason,
    command: join(installed ?? '', 'benthos'),
    args: () => ['run', join(peers, 'benthos/peer.yaml')],
    env: ({ url, pages, output }) => ({ URL: url, PAGES: String(pages), OUTPUT: output }),
  };
}

function singer({ folder: tap, reason }, { folder: target, reason: otherReason }) {
  return {
    key: 'singer',
    name: 'singer-sdk tap, target-jsonl',
    note: 'two processes and a pipe, messages encoded by msgspec, no JSON paths',
    notRun: reason ?? otherReason,
    command: 'sh',
    args({ url, folder }) {
      writeFileSync(join(folder, 'tap.json'), JSON.stringify({ url }));
      writeFileSync(join(folder, 'target.json'), JSON.stringify({ destination_path: 'out', do_timestamp_file: false }));
      const first = `${join(tap, 'bin/python')} ${join(peers, 'singer/tap.py')} --config tap.json`;
      return ['-c', `${first} | ${join(target, 'bin/target-jsonl')} --config target.json`];
    },
    env: { SINGER_SDK_LOG_LEVEL: 'ERROR' },
    output: 'out',
  };
}
