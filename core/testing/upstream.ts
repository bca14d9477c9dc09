import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpRequest } from '../contracts/http.ts';
import { SluiceError } from '../errors.ts';
import { lowerCased } from '../lower-cased.ts';
import { decodeBody } from '../recording/body.ts';
import { identityOf } from '../recording/exchange.ts';
import { readRecording } from '../recording/folder.ts';
import { createScrubber } from '../recording/scrubber.ts';
import { isObject } from '../unknown.ts';

/** What an upstream answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A response of a test's own, where a body alone does not say enough. Made by `reply`. */
export class Reply {
  readonly body: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: unknown, status: number, headers: Readonly<Record<string, string>>) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

/** Answers the requests of one run; undefined for one that there is no page for. */
export type Session = (
  request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>,
) => Answer | SluiceError | undefined;

/** The pages of a test, as an upstream that sends them. */
export interface TestUpstream {
  /** Where the pages were recorded; undefined: wherever the plugin asks. */
  readonly baseUrl: string | undefined;
  /** Where they come from, in words. */
  readonly origin: string;
  /** Begins a run: an upstream that failed at first does so again. */
  begin(): Session;
}

/** Pages as a test gives them: a folder, or bodies in the order in which they are asked for. */
export type Pages = string | URL | readonly unknown[];

/** Whether a value can be pages at all: tests may be JavaScript. */
export function isPages(value: unknown): value is Pages {
  return typeof value === 'string' || value instanceof URL || Array.isArray(value);
}

/**
 * Makes an upstream of a recording, of a folder with `page-1.json`, `page-2.json`, …, or of a list of bodies and replies.
 * Throws `recording_failed` for a folder that is none of these.
 */
export async function openPages(pages: Pages, source: string): Promise<TestUpstream> {
  if (typeof pages !== 'string' && !(pages instanceof URL)) return listUpstream(pages.map(answerOf), 'the pages');
  const folder = typeof pages === 'string' ? pages : fileURLToPath(pages);
  const bare = await barePages(folder);
  return bare.length > 0 ? listUpstream(bare, folder) : recordedUpstream(folder, source);
}

/** The first page goes to whoever asks first, and from then on to that request alone. */
function listUpstream(answers: readonly Answer[], origin: string): TestUpstream {
  const given = new Map<string, Answer>();
  const session: Session = (request) => {
    const identity = identityOf({ ...request, url: request.url.href });
    const answer = given.get(identity) ?? answers[given.size];
    if (answer !== undefined) given.set(identity, answer);
    return answer;
  };
  return { baseUrl: undefined, origin, begin: () => session };
}

async function recordedUpstream(folder: string, source: string): Promise<TestUpstream> {
  const recording = await readRecording(folder);
  const scrubber = createScrubber([]);
  const recorded = recording.sources.find(({ name }) => name === source) ?? recording.sources[0];
  const outcomes = new Map<string, (Answer | SluiceError)[]>();
  for (const entry of recording.entries) {
    const { response, failure } = await recording.read(entry);
    const outcome =
      response === undefined
        ? new SluiceError(failure?.code ?? 'network_error', failure?.message ?? '', {
            retryable: failure?.retryable ?? false,
          })
        : { status: response.status, headers: lowerCased(response.headers), body: decodeBody(response.body) };
    outcomes.set(entry.identity, [...(outcomes.get(entry.identity) ?? []), outcome]);
  }
  return {
    baseUrl: recorded?.baseUrl,
    origin: folder,
    begin() {
      const asked = new Map<string, number>();
      return (request) => {
        const identity = identityOf(scrubber.request(request));
        const times = asked.get(identity) ?? 0;
        asked.set(identity, times + 1);
        const all = outcomes.get(identity) ?? [];
        // The last one stays: a run that is taken up may ask again.
        return all[times] ?? all.at(-1);
      };
    },
  };
}

async function barePages(folder: string): Promise<readonly Answer[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new SluiceError('recording_failed', `there are no pages to read in ${folder}`, { cause });
  });
  const numbers = names.flatMap((name) => /^page-(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
  return Promise.all(
    numbers
      .toSorted((a, b) => a - b)
      .map(async (number) => {
        const body = await readFile(join(folder, `page-${number}.json`), 'utf8');
        const beside = `page-${number}.headers.json`;
        const { status = 200, headers = {} } = names.includes(beside)
          ? (JSON.parse(await readFile(join(folder, beside), 'utf8')) as { status?: number; headers?: object })
          : {};
        return answerOf(new Reply(body, status, textsOf(headers)));
      }),
  );
}

/** Text is a body as it is; anything else is sent as JSON. */
export function answerOf(page: unknown): Answer {
  const { body, status, headers } = page instanceof Reply ? page : new Reply(page, 200, {});
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { 'content-type': 'application/json', ...lowerCased(headers) };
  return { status, headers: all, body: new TextEncoder().encode(text) };
}

function textsOf(headers: unknown): Record<string, string> {
  if (!isObject(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
