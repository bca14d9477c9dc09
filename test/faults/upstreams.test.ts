import { faultTests } from './fault-tests.ts';
import { connectionRows } from './rows/connection.ts';
import { contentRows } from './rows/content.ts';
import { framingRows } from './rows/framing.ts';
import { itemRows } from './rows/items.ts';
import { pagingRows } from './rows/paging.ts';
import { rateLimitRows } from './rows/rate-limit.ts';
import { redirectRows } from './rows/redirects.ts';
import { responseActionRows } from './rows/response-actions.ts';
import { sizeRows } from './rows/size.ts';
import { statusRows } from './rows/status.ts';
import { timingRows } from './rows/timing.ts';

faultTests([
  ...connectionRows,
  ...timingRows,
  ...framingRows,
  ...sizeRows,
  ...contentRows,
  ...itemRows,
  ...rateLimitRows,
  ...statusRows,
  ...responseActionRows,
  ...redirectRows,
  ...pagingRows,
]);
