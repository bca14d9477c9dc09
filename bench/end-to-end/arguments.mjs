/** What a contestant is told: `node CONTESTANT.mjs URL PAGES FILE`. */
const [url, pages, file] = process.argv.slice(2);

/** The upstream. */
export const origin = url;

/** Where the lines go. */
export const output = file;

/** Paths of all pages: a contestant needs not find out how many there are. */
export const paths = Array.from({ length: Number(pages) }, (_, index) => `/products?limit=20&skip=${index * 20}`);

/** Requests under way at once. */
export const connections = 16;
