import type { Model } from '../contracts/model.ts';
import type { RunReport } from '../contracts/report.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { classify } from '../errors.ts';
import { decodeBody } from '../processing/decode-body.ts';
import { readItems } from '../processing/read-items.ts';
import { pluginProblems } from '../registry/validate-plugin.ts';
import { checkNormalizer } from './normalizer-checks.ts';
import { counted, createProblems, type Problems, wordsOf } from './problems.ts';
import { hostileUpstreams, stumbling } from './source/hostile-pages.ts';
import { type Life, live, type LifeOptions } from './source/life.ts';
import { checkModule } from './source/module-checks.ts';
import { withoutOwnRequests } from './source/own-requests.ts';
import { checkResume, idOf } from './source/resume-checks.ts';
import { watchPlugin } from './source/watched-plugin.ts';
import { limitProblem, mostInWindow } from './source/window.ts';
import { type Answer, openPages, type Pages, type Session, type TestUpstream } from './upstream.ts';

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
  for (const problem of pluginProblems('source', plugin)) problems.add(problem);
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
  const watched = watchPlugin(plugin, problems);
  const { model = 'product', seed = 1, env = {} } = options;
  const common = { model, env, baseUrl: upstream.baseUrl, seed: String(seed), mostRequests: 2_000 };
  const store = { lines: [] as string[] };
  const session = keeping(upstream.begin(), seen);
  const first = await tryLife({ ...common, plugin: watched.plugin, session, store, steady: true }, '', problems);
  if (first?.report === undefined) problems.throwAny();
  else judge(first.report, upstream, options, problems);
  watched.askAgain();
  await checkModule(plugin, watched, problems);
  checkWindow(plugin, first, problems);
  checkNormalizer(
    plugin.normalizer,
    { items: itemsOf(seen, plugin), source: plugin.name, seed: String(seed), raw: plugin.raw },
    problems,
  );
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

/** Every error of an undisturbed run is one of the plugin, or of the pages. */
function judge(
  report: RunReport,
  { origin }: TestUpstream,
  { rejects = 0 }: SourceTestOptions,
  problems: Problems,
): void {
  const { errors, monitoring } = report;
  for (const { error, message, endpoint, count, reason, field } of errors) {
    if (error === 'invalid_record') {
      if (rejects > 0) continue;
      problems.add(
        `${counted(count, 'item')} became no record (${[reason, field].filter((part) => part !== undefined).join(', ')}): ${message}`,
      );
    } else if (error === 'replay_miss') {
      problems.add(`${message}, for which there is no page in ${origin}: the last page has to end the listing`);
    } else if (error === 'pagination_loop') problems.add(`its pagination loops: ${message}`);
    else problems.add(`${endpoint} ends with ${error}: ${message}`);
  }
  for (const { items } of Object.values(monitoring.sources)) {
    if (items.read === 0) problems.add('none of the pages holds an item: give pages with items, or look at items()');
    if (items.duplicates > 0)
      problems.add(`${counted(items.duplicates, 'item')} came with the id of another item: an id is one item's alone`);
    if (rejects > 0 && items.rejected !== rejects)
      problems.add(`${counted(items.rejected, 'item')} became no record, where ${rejects} are meant to`);
  }
}

function checkWindow(plugin: SourcePlugin, life: Life | undefined, problems: Problems): void {
  for (const { requests, perMs } of [plugin.rateLimit].flat()) {
    const most = mostInWindow(life?.sends ?? [], perMs);
    if (most > requests)
      problems.add(`requests took ${most} places within ${perMs} ms, where ${requests} are declared`);
  }
}

function itemsOf(answers: readonly Answer[], plugin: SourcePlugin): readonly unknown[] {
  return answers.flatMap(({ body }) => {
    const decoded = decodeBody(body, '');
    const items = decoded.ok ? readItems(decoded.body, plugin) : [];
    return 'ok' in items ? [] : items;
  });
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
    checkWindow(plugin, life, problems);
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
  checkWindow(plugin, life, problems);
  const found = new Set(store.lines.map(idOf));
  const missing = expected.find((id) => !found.has(id));
  if (missing !== undefined) problems.add(`${when}records are missing, such as ${missing}`);
}
