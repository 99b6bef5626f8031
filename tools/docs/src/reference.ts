import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { allEvents, recordRevision, type EventHistory } from '@throughline/shared/contracts';
import { apiPage } from './api-page.js';
import { asyncApiYaml } from './asyncapi.js';
import { edgeCasesPage } from './edge-cases-page.js';
import { eventsPage } from './events-page.js';
import { openApis } from './openapi.js';
import { referralStatesPage } from './referral-states-page.js';

/** The top folder of the repository. */
export const ROOT = new URL('../../../', import.meta.url);
export const REFERENCE = 'docs/reference';
export const HISTORY = 'libs/shared/src/contracts/history';

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** The file as it is committed, or undefined where there is none. */
export async function committed(path: string): Promise<string | undefined> {
  return readFile(new URL(path, ROOT), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/**
 * Everything that is generated: path below the top folder, and content as it should be committed.
 * @throws Error where an event would break what was published before
 */
export async function generatedFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const add = async (path: string, content: string): Promise<void> => {
    const filepath = fileURLToPath(new URL(path, ROOT));
    files.set(path, await format(content, { ...(await resolveConfig(filepath)), filepath }));
  };
  for (const definition of allEvents) {
    const path = `${HISTORY}/${definition.routingKey}.json`;
    const text = await committed(path);
    await add(
      path,
      json(recordRevision(text === undefined ? undefined : (JSON.parse(text) as EventHistory), definition)),
    );
  }
  await add(`${REFERENCE}/asyncapi.yaml`, asyncApiYaml(allEvents));
  await add(`${REFERENCE}/events.md`, eventsPage(allEvents));
  await add(`${REFERENCE}/referral-states.md`, await referralStatesPage());
  await add(`${REFERENCE}/edge-cases.md`, await edgeCasesPage(ROOT));
  const documents = await openApis();
  for (const [name, document] of documents) await add(`${REFERENCE}/openapi/${name}.json`, json(document));
  await add(`${REFERENCE}/api.md`, apiPage(documents));
  return files;
}
