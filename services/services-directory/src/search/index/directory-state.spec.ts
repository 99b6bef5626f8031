import { createHash } from 'node:crypto';
import { searchableOf, searchTerm } from '../../domain/search/searchable-service.js';
import { seededServices, TERMS } from '../oracle/seeded-services.fixture.js';
import { DirectoryIndex } from './directory-index.js';
import { piecesOf, STATE_EDITION, StateReader } from './directory-state.js';

/** What an index of the same services holds, as each edition has it. */
const CONTENT: Record<number, string> = { 1: 'cc8db184a0ae35df5302364f8f056757a0c2b73f0e2d6ce629d79df32b7f9601' };

const plain = (_: string, value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (ArrayBuffer.isView(value)) return [...(value as Uint32Array)].map(String);
  return value instanceof Map ? [...value] : value;
};

it('has another edition when it holds anything else, so that what older code has written is not read', () => {
  const index = new DirectoryIndex();
  index.learn(TERMS.map(searchTerm));
  for (const service of seededServices(150)) index.put(searchableOf(service));
  const reader = new StateReader();
  for (const piece of piecesOf(index.state())) reader.take(piece);
  const content = createHash('sha256').update(JSON.stringify(reader.whole(), plain)).digest('hex');
  // it differs: raise STATE_EDITION, and put the new value here under the new edition
  expect(content).toBe(CONTENT[STATE_EDITION]);
});
