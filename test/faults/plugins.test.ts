import { faultTests } from './fault-tests.ts';
import { pluginRows } from './rows/plugins.ts';
import { outputRows, workerRows } from './rows/processes.ts';
import { sinkRows } from './rows/sinks.ts';

faultTests([...sinkRows, ...outputRows, ...pluginRows, ...workerRows]);
