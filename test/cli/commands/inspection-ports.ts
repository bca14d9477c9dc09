import { vi } from 'vitest';
import type { InspectionPorts } from '../../../cli/inspection.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';

/** Ports over a config that was loaded already, and what the command has written. */
export function inspectionPorts(config: ResolvedConfig, columns?: number) {
  const written = { stdout: '', stderr: '' };
  const exits: number[] = [];
  const loadConfig = vi.fn<InspectionPorts['loadConfig']>(async () => config);
  const ports: InspectionPorts = {
    loadConfig,
    startMockUpstreams: async () => [],
    stdout: {
      write: (text: string | Uint8Array) => ((written.stdout += String(text)), true),
      columns: columns ?? (undefined as unknown as number),
      isTTY: false,
    },
    stderr: {
      write: (text: string | Uint8Array) => ((written.stderr += String(text)), true),
      isTTY: columns !== undefined,
    },
    exit: (code) => void exits.push(code),
  };
  return { ports, written, exits, loadConfig };
}
