import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { eventually } from '@throughline/shared/testing';
import mongoose, { type Connection } from 'mongoose';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { ServiceAtLocationsRepository } from '../services/service-at-locations.repository.js';
import { ServiceListingsRepository } from '../services/service-listings.repository.js';
import { ServicesRepository } from '../services/services.repository.js';
import { CarriedTerms } from './carried-terms.js';
import { ChangesRepository } from './changes.repository.js';
import { Consequences } from './consequences.js';

jest.setTimeout(120_000);

interface Change {
  kind: string;
  id: string;
  modified: string;
  deleted: boolean;
}
interface Answer {
  changes: Change[];
  next: string;
  more: boolean;
}

let directory: TestDirectory;
let records: DirectoryRecords;
let services: ServicesRepository;
let consequences: Consequences;
let database: Connection;

beforeAll(async () => {
  directory = await startDirectory();
  database = await mongoose.createConnection(directory.mongodbUrl).asPromise();
  records = directory.app.get(DirectoryRecords);
  services = directory.app.get(ServicesRepository);
  consequences = directory.app.get(Consequences);
  expect((await directory.import('hsds-sample', 'one')).status).toBe(201);
});
afterAll(async () => {
  await database.close();
  await directory.close();
});

const changesSince = async (since: string | undefined, limit: number): Promise<Answer> => {
  const query = since === undefined ? '' : `&since=${since}`;
  const { status, body } = await directory.request<Answer>('GET', `/v1/changes?limit=${limit}${query}`);
  expect(status).toBe(200);
  return body;
};

/** Reads on until there is no more; answers the changes by record, the last one of each, and where it stopped. */
async function readAll(since?: string, limit = 200): Promise<{ last: Map<string, Change>; next: string }> {
  const last = new Map<string, Change>();
  for (let next = since; ;) {
    const answer = await changesSince(next, limit);
    for (const change of answer.changes) last.set(`${change.kind}/${change.id}`, change);
    next = answer.next;
    if (!answer.more) return { last, next };
  }
}

const organization = (id: string, name: string) => ({ id, name, description: name });

/** Draws consequences as another process would. */
const another = (changes: ChangesRepository): Consequences =>
  new Consequences(
    records,
    services,
    directory.app.get(ServiceListingsRepository),
    directory.app.get(ServiceAtLocationsRepository),
    changes,
    directory.app.get(CarriedTerms),
  );

describe('the list of changes', () => {
  it('from the beginning is the whole directory, each record once, whatever the size of a page', async () => {
    const { last } = await readAll();
    const small = await readAll(undefined, 7);
    expect([...small.last.values()]).toEqual([...last.values()]);
    for (const [kind, list] of [
      ['service', 'services'],
      ['organization', 'organizations'],
      ['service_at_location', 'service_at_locations'],
      ['taxonomy', 'taxonomies'],
      ['taxonomy_term', 'taxonomy_terms'],
    ] as const) {
      const { text } = await directory.request('GET', `/hsds/${list}?format=ndjson`);
      const ids = text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id);
      const listed = [...last.values()].filter((change) => change.kind === kind && !change.deleted);
      expect([kind, listed.map(({ id }) => id).sort()]).toEqual([kind, ids]);
    }
  });

  it('goes on where a reader stopped, and tells what is gone', async () => {
    const { next } = await readAll();
    expect(await changesSince(next, 10)).toEqual({ changes: [], next, more: false });
    const id = randomUUID();
    await records.organizations.save(organization(id, 'New'), { dataset: 'test' });
    await consequences.draw();
    const first = await changesSince(next, 10);
    expect(first.changes).toEqual([expect.objectContaining({ kind: 'organization', id, deleted: false })]);
    await records.organizations.withdraw(id);
    await consequences.draw();
    const second = await changesSince(first.next, 10);
    expect(second.changes).toEqual([expect.objectContaining({ kind: 'organization', id, deleted: true })]);
    expect((await directory.request('GET', `/hsds/organizations/${id}`)).status).toBe(404);
    await records.organizations.save(organization(id, 'New'), { dataset: 'test' });
    await consequences.draw();
    expect((await changesSince(second.next, 10)).changes).toMatchObject([{ id, deleted: false }]);
  });

  it('tells what was written long ago and became known late, for example by a clock that goes wrong', async () => {
    const id = randomUUID();
    await records.organizations.save(organization(id, 'Late'), { dataset: 'test' });
    const { next } = await readAll();
    await database
      .collection('organizations')
      .updateOne({ _id: id as never }, { $set: { 'state.modifiedAt': new Date('2020-01-01') } });
    // nobody draws its consequences: the process that wrote it is taken for dead
    const found = await eventually(
      async () => {
        const { last } = await readAll(next);
        if (last.size === 0) throw new Error('not there yet');
        return [...last.values()];
      },
      { describe: 'the change is listed', deadlineMs: 20_000 },
    );
    expect(found).toEqual([{ kind: 'organization', id, modified: '2020-01-01T00:00:00.000Z', deleted: false }]);
  });

  it('never loses a change to a reader that resumes, with many writers and two processes at work', async () => {
    const drawers = [consequences, another(directory.app.get(ChangesRepository))];
    const ids = Array.from({ length: 12 }, () => randomUUID());
    const { next: start } = await readAll();
    let writing = true;
    const write = async (writer: number): Promise<void> => {
      for (let round = 0; round < 12; round += 1) {
        const id = ids[(writer * 5 + round * 7) % ids.length]!;
        if (round % 4 === 3) await records.organizations.withdraw(id).catch(() => undefined);
        else await records.organizations.save(organization(id, `${writer}.${round}`), { dataset: 'test' });
      }
    };
    const draw = async (drawer: Consequences): Promise<void> => {
      while (writing) await drawer.draw();
      await drawer.draw();
    };
    const read = new Map<string, Change>();
    const reader = async (): Promise<void> => {
      for (let next = start, limit = 1, done = false; !done; limit = (limit % 4) + 1) {
        const last = !writing;
        const answer = await changesSince(next, limit);
        for (const change of answer.changes) read.set(change.id, change);
        next = answer.next;
        done = last && !answer.more;
      }
    };
    const writers = Promise.all([0, 1, 2, 3].map(write)).then(() => Promise.all(drawers.map((one) => one.draw())));
    const drawing = Promise.all(drawers.map(draw));
    const reading = reader();
    await writers.finally(() => (writing = false));
    await Promise.all([drawing, reading]);
    const states = await records.organizations.statesOf(ids);
    expect(states.size).toBeGreaterThan(8);
    for (const [id, { modifiedAt, withdrawn }] of states)
      expect(read.get(id)).toEqual({
        kind: 'organization',
        id,
        modified: modifiedAt.toISOString(),
        deleted: withdrawn,
      });
  });

  it('hands out places in the order in which they can be seen, to many processes at once', async () => {
    const changes = directory.app.get(ChangesRepository);
    const start = await changes.last();
    const written: string[] = [];
    const seen: { id: string; place: number }[] = [];
    let writing = true;
    const append = async (): Promise<void> => {
      for (let round = 0; round < 25; round += 1) {
        const batch = Array.from({ length: 1 + (round % 3) }, () => ({
          kind: 'organization' as const,
          id: randomUUID(),
        }));
        written.push(...batch.map(({ id }) => id));
        await changes.append(batch);
      }
    };
    const read = async (): Promise<void> => {
      for (let done = false; !done;) {
        done = !writing;
        for (let found; (found = await changes.after(seen.at(-1)?.place ?? start, 3)).length > 0;) seen.push(...found);
      }
    };
    const reading = read();
    await Promise.all([append(), append(), append(), append()]).finally(() => (writing = false));
    await reading;
    expect(seen.map(({ id }) => id).sort()).toEqual([...written].sort());
    expect(seen.map(({ place }) => place)).toEqual(written.map((_, index) => start + 1 + index));
  });

  it('lists a record again that changes while the consequences of its last change are drawn', async () => {
    const id = randomUUID();
    const changes = directory.app.get(ChangesRepository);
    let afterFirst: string | undefined;
    const append: ChangesRepository['append'] = async (listed) => {
      await changes.append(listed);
      if (afterFirst !== undefined || !listed.some((one) => one.id === id)) return;
      afterFirst = (await readAll()).next;
      await records.organizations.save(organization(id, 'Second'), { dataset: 'test' });
    };
    const interrupted = Object.assign(Object.create(changes) as ChangesRepository, { append });
    await records.organizations.save(organization(id, 'First'), { dataset: 'test' });
    await another(interrupted).draw();
    await consequences.draw();
    expect([...(await readAll(afterFirst)).last.values()].map((change) => change.id)).toEqual([id]);
  });

  it.each(['x', '$ne', Buffer.from('["a",1]').toString('base64url'), Buffer.from('null').toString('base64url')])(
    'refuses the cursor %s',
    async (since) => {
      const { status, body } = await directory.request<{ type: string }>('GET', `/v1/changes?since=${since}`);
      expect([status, body.type]).toEqual([400, expect.stringMatching(/cursor-malformed$/)]);
    },
  );

  it('refuses the cursor of another list, for it would hide changes', async () => {
    const { next } = await readAll();
    const [list, place] = JSON.parse(Buffer.from(next, 'base64url').toString()) as [string, number];
    for (const key of [
      [randomUUID(), 1],
      [list, place + 1],
    ]) {
      const since = Buffer.from(JSON.stringify(key)).toString('base64url');
      const { status, body } = await directory.request<{ type: string }>('GET', `/v1/changes?since=${since}`);
      expect([status, body.type]).toEqual([400, expect.stringMatching(/cursor-of-another-list$/)]);
    }
    expect((await directory.request('GET', '/v1/changes?limit=0')).status).toBe(422);
    expect((await directory.request('GET', '/v1/changes?until=now')).status).toBe(422);
  });
});
