import { notImplemented } from '../errors.js';
import type { Command, Reply } from '../server/command.js';

export function aggregate(_c: Command): Reply {
  throw notImplemented('the command aggregate');
}
