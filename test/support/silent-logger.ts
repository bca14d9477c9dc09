import type { Logger } from '../../core/contracts/logger.ts';

export const silentLogger: Logger = { error() {}, warn() {}, info() {}, debug() {} };
