import type { Model } from '../contracts/model.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { classify } from '../errors.ts';
import { isSourceFactory } from '../registry/source-factory.ts';
import { pluginProblems } from '../registry/validate-plugin.ts';
import { checkNormalizer } from './normalizer-checks.ts';
import { createProblems, type Problems, wordsOf } from './problems.ts';
import { checkWindows, judgeReport } from './source/judge.ts';
import { checkChild } from './source/child-checks.ts';
import { hostileUpstreams, stumbling } from './source/hostile-pages.ts';
import { type Life, live, type LifeOptions } from './source/life.ts';
import { checkModule } from './source/module-checks.ts';
import { withoutOwnRequests } from './source/own-requests.ts';
import { checkResume, idOf } from './source/resume-checks.ts';
import { watchSource } from './source/watched-source.ts';
import { limitProblem } from './source/window.ts';
import { type Answer, isPages, openPages, type Pages, type Session, type TestUpstream } from './upstream.ts';

/** What a source is tested with. */
export interface SourceTestOptions {
  /**
   * A folder that `pipeline run --record` has filled, one with `page-1.json`, `page-2.json`, …, or a list of bodies (and
   * of replies made by `reply`), in the order in which they are asked for. The last one has to end the listing.
   */
  readonly pages: Pages;
  /** The model of the records: its name, or the model itself. Default `product`. */
  readonly model?: string | Model;
  /** Items of these pages that are meant to become no record. Default 0. */
  readonly rejects?: number;
  /** Variables that the plugin refers to, over the process's own; any value will do. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Decides whatever is left to chance. Default 1. */
  readonly seed?: number;
}

/** What a test of a source brought. */
export interface SourceTestResult {
  /** The records as sinks get them, in the order in which they came. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Tests a source: that it declares what it has to, that its pagination ends, never loops and is pure, that the rate limit
 * holds, that retries and resumes lose and double nothing, and what `testNormalizer` tests, on the items of `pages`.
 * Asks nobody, and waits for no real time. Throws one `conformance_failed` that lists all that is wrong.
 */
export async function testSource(plugin: SourcePlugin, options: SourceTestOptions): Promise<SourceTestResult> {
  const problems = createProblems(`the source ${JSON.stringify((plugin as Partial<SourcePlugin>)?.name)}`);
  if (isSourceFactory(plugin))
    problems.add('it is a factory: test what it makes, as in testSource(factory.create({ … }), …)');
  else for (const problem of pluginProblems('source', plugin)) problems.add(problem);
  if (!isPages((options as Partial<SourceTestOptions> | undefined)?.pages))
    problems.add('pages are missing: give { pages }, a folder or a list of bodies');
  problems.throwAny();
  for (const limit of [plugin.rateLimit].flat()) {
    const problem = limitProblem(limit);
    if (problem !== undefined) problems.add(problem);
  }
  problems.throwAny();

  const upstream = await openPages(options.pages, plugin.name);
  const onRequest = (target: string): void =>
    problems.add(`it fetches ${target} by itself: what it asks for must go on the worklist, or no rate limit holds it`);
  return withoutOwnRequests(onRequest, () => testOnPages(plugin, options, upstream, problems));
}

async function testOnPages(
  plugin: SourcePlugin,
  options: SourceTestOptions,
  upstream: TestUpstream,
  problems: Problems,
): Promise<SourceTestResult> {
  const seen: Answer[] = [];
  const watched = watchSource(plugin, problems);
  const { model = 'product', seed = 1, env = {} } = options;
  const common = { model, env, baseUrl: upstream.baseUrl, seed: String(seed), mostRequests: 2_000 };
  const store = { lines: [] as string[] };
  const session = keeping(upstream.begin(), seen);
  const first = await tryLife({ ...common, plugin: watched.plugin, session, store, steady: true }, '', problems);
  if (first?.report === undefined) problems.throwAny();
  else judgeReport(first.report, upstream, options.rejects ?? 0, problems);
  watched.askAgain();
  await checkModule(plugin, watched.own, problems);
  checkWindows(plugin, first, problems);
  const { listings } = watched;
  for (const listing of listings) checkNormalizer(listing.normalizer, { ...listing, seed: String(seed) }, problems);
  for (const child of plugin.children ?? []) checkChild(child, listings[0]?.items ?? [], String(seed), problems);
  // What goes wrong when all goes well goes wrong in all that follows too.
  problems.throwAny();

  const expected = store.lines.map(idOf);
  await checkHostile(plugin, common, { upstream, seen, requests: first?.sends.length ?? 0 }, problems);
  await checkRetries(plugin, common, upstream, expected, problems);
  await checkResume({ ...common, plugin }, () => upstream.begin(), expected, problems);
  problems.throwAny();
  return { records: store.lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

type Common = Pick<LifeOptions, 'model' | 'env' | 'baseUrl' | 'seed' | 'mostRequests'>;

function keeping(session: Session, seen: Answer[]): Session {
  return (request) => {
    const answer = session(request);
    if (answer !== undefined && 'body' in answer) seen.push(answer);
    return answer;
  };
}

/** A life, or what it threw, as a problem. `when` begins the sentence. */
async function tryLife(options: LifeOptions, when: string, problems: Problems): Promise<Life | undefined> {
  try {
    return await live(options);
  } catch (thrown) {
    problems.add(`${when}${wordsOf(classify(thrown))}`);
    return undefined;
  }
}

async function checkHostile(
  plugin: SourcePlugin,
  common: Common,
  { upstream, seen, requests }: { upstream: TestUpstream; seen: readonly Answer[]; requests: number },
  problems: Problems,
): Promise<void> {
  const [first] = seen;
  if (first === undefined) return;
  // Guards end what repeats itself after fifty pages; a page is asked for four times at most.
  const mostRequests = 4 * requests + 250;
  for (const { does, begin } of hostileUpstreams(plugin, first, () => upstream.begin())) {
    const when = `when the upstream ${does}, `;
    const session = begin();
    const life = await tryLife({ ...common, plugin, session, store: { lines: [] }, mostRequests }, when, problems);
    if (life?.endless === true)
      problems.add(`${when}it never ends: after ${mostRequests} requests it still asks for more`);
    const bug = life?.report?.errors.find(({ error }) => error === 'internal_error');
    if (bug !== undefined) problems.add(`${when}it fails with ${bug.error}: ${bug.message}`);
    checkWindows(plugin, life, problems);
  }
}

async function checkRetries(
  plugin: SourcePlugin,
  common: Common,
  upstream: TestUpstream,
  expected: readonly string[],
  problems: Problems,
): Promise<void> {
  const store = { lines: [] as string[] };
  const when = 'when connections break now and then, ';
  const session = stumbling(upstream.begin());
  const life = await tryLife({ ...common, plugin, session, store }, when, problems);
  if (life === undefined) return;
  checkWindows(plugin, life, problems);
  const found = new Set(store.lines.map(idOf));
  const missing = expected.find((id) => !found.has(id));
  if (missing !== undefined) problems.add(`${when}records are missing, such as ${missing}`);
}
