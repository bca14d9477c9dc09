import { setMaxListeners } from 'node:events';

const url = new URL('http://upstream.test/products?limit=20&skip=0');
const response = { status: 200, headers: {}, url: url.href, body: new Uint8Array(0) };
// The signal of a run, to which every request listens: all contestants that can are given it.
const { signal } = new AbortController();
setMaxListeners(0, signal);

/** The request that is made over and over. */
export const request = { key: 'page', url, method: 'GET', headers: {}, attempt: 1, signal };

/** A transport that answers at once, and tells what a real one tells on the way. */
export async function instant({ onPhase }) {
  onPhase?.('sent');
  onPhase?.('headers');
  onPhase?.('data');
  return response;
}
