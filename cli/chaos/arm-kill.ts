import { watch } from 'node:fs';
import { outputFiles } from './chaos-config.ts';
import type { KillMoment } from './kill-moments.ts';
import type { Life } from './life.ts';
import type { ChaosUpstreams } from './upstreams.ts';

/** What a kill waits for. */
export interface KillContext {
  readonly life: Life;
  readonly upstreams: Pick<ChaosUpstreams, 'asked' | 'onArrival'>;
  /** Pages that an undisturbed run asks for. */
  readonly pages: number;
  /** Where the outputs appear. */
  readonly folder: string;
}

const outputs: readonly string[] = Object.values(outputFiles);

/** Kills a life when its moment comes; the returned function calls that off. */
export function armKill(moment: KillMoment, { life, upstreams, pages, folder }: KillContext): () => void {
  let timer: NodeJS.Timeout | undefined;
  let calledOff = false;
  const soon = (): void => {
    if (!calledOff) timer ??= setTimeout(() => life.kill(), moment.ms);
  };
  const stopListening = listen();

  function listen(): () => void {
    switch (moment.after) {
      case 'start':
        soon();
        return () => undefined;
      case 'pages': {
        const check = (): void => {
          if (isReached(moment.share)) soon();
        };
        // An earlier life may have asked for as many: then it is the begin of this one.
        void life.running.then(check);
        return upstreams.onArrival(check);
      }
      case 'commit':
        // Outputs grow under hidden names beside their own, and only when they are committed.
        return watchFolder((event, name) => event === 'change' && name.startsWith('.') && isReached(moment.share));
      case 'publish':
        return watchFolder((event, name) => event === 'rename' && outputs.includes(name));
    }
  }

  function isReached(share: number): boolean {
    return upstreams.asked.size >= share * pages;
  }

  function watchFolder(isMoment: (event: string, name: string) => boolean): () => void {
    const watcher = watch(folder, (event, name) => {
      if (name !== null && isMoment(event, name)) soon();
    });
    return () => watcher.close();
  }

  return () => {
    calledOff = true;
    clearTimeout(timer);
    stopListening();
  };
}
