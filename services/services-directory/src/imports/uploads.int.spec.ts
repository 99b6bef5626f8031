import { request as httpRequest } from 'node:http';
import { jest } from '@jest/globals';
import mongoose from 'mongoose';
import { eventually } from '@throughline/shared/testing';
import { DirectoryConfig } from '../config.js';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import { ImportsRepository } from './imports.repository.js';
import { UploadStore } from './upload-store.js';
import { ended, send, upload } from './uploads.fixture.js';
import { dataset, renamed, zipOf } from './zip-files.fixture.js';
import { Readable } from 'node:stream';

jest.setTimeout(120_000);

const MAX_BYTES = 3_000_000;
let directory: TestDirectory;
let database: mongoose.Connection;

beforeAll(async () => {
  directory = await startDirectory();
  Object.assign(directory.app.get(DirectoryConfig), { IMPORT_MAX_UPLOAD_BYTES: MAX_BYTES });
  database = await mongoose.createConnection(directory.mongodbUrl).asPromise();
});
afterAll(async () => {
  await database.close();
  await directory.close();
});

const kept = (): Promise<number> => database.collection('import_uploads').countDocuments({});
const nothingKept = (): Promise<void> =>
  eventually(async () => expect(await kept()).toBe(0), { describe: 'no piece of an upload is left' });
const codes = (report: { reasons: { code: string; outcome: string }[] }, outcome: string): string[] =>
  report.reasons.filter((reason) => reason.outcome === outcome).map(({ code }) => code);

describe('POST /v1/imports/{dataset}', () => {
  it('answers 202 with the address of the report, and imports in the background', async () => {
    const { status, headers, body } = await send(directory, 'first', await zipOf(dataset()), { key: 'k' });
    expect([status, body.status, headers.get('location')]).toEqual([202, 'running', `/v1/imports/${body.id}`]);
    const report = await ended(directory, headers.get('location')!);
    expect(report).toMatchObject({
      dataset: 'first',
      status: 'completed',
      report: { format: 'hsds-1.1', totals: { in: 2, rejected: 0 }, changes: { services: { published: 1 } } },
    });
    await nothingKept();
  });

  it('answers the same import to the same key and file, and refuses the key for another', async () => {
    const again = await send(directory, 'first', await zipOf(dataset()), { key: 'k' });
    expect([again.status, again.body.status]).toEqual([202, 'completed']);
    for (const [file, query] of [
      [await zipOf(dataset('x,o1,Other,active\n')), ''],
      [await zipOf(dataset()), '?dryRun=true'],
    ] as const)
      expect((await send(directory, 'first', file, { key: 'k', query })).body.type).toMatch(/idempotency-key-reused$/);
    await nothingKept();
  });

  it('changes nothing in a dry run, nothing when nothing has changed, and leaves tombstones of what has vanished', async () => {
    const more = await zipOf(dataset('s2,o1,Second,active\n'));
    const changes = async (file: Buffer, query = '') =>
      (await upload(directory, 'first', file, { query })).report?.changes.services;
    expect(await changes(more, '?dryRun=true')).toEqual({ published: 1, unchanged: 1, withdrawn: 0 });
    expect(await changes(more)).toEqual({ published: 1, unchanged: 1, withdrawn: 0 });
    expect(await changes(more)).toEqual({ published: 0, unchanged: 2, withdrawn: 0 });
    expect(await changes(await zipOf(dataset()))).toEqual({ published: 0, unchanged: 1, withdrawn: 1 });
  });

  it('reads JSON and ndjson, each row of them in the report with the number of its record', async () => {
    const service = (id: string, phone: object) => ({
      id,
      name: 'Line',
      status: 'active',
      organization: { id: 'a', name: 'Aid', description: 'd' },
      phones: [phone],
    });
    const records = [service('1', { number: '555 1234' }), service('2', { number: 'none' })];
    for (const [type, file] of [
      ['json', JSON.stringify({ services: records })],
      ['ndjson', `${records.map((one) => JSON.stringify(one)).join('\n')}\nnonsense\n`],
    ] as const) {
      const { report } = await upload(directory, `lines-${type}`, file, { type });
      expect(report).toMatchObject({ format: 'hsds-3', changes: { services: { published: 2 } } });
      const rejected = report!.rows.filter(({ outcome }) => outcome === 'rejected');
      expect(rejected.map(({ file: name, line, code }) => [name, line, code])).toEqual([
        ...(type === 'ndjson' ? [['upload.ndjson', 3, 'record-unreadable']] : []),
        [`upload.${type}#phones`, 2, 'number-missing'],
      ]);
    }
  });

  it('needs the right role, a name, a key, a known query and a type that it takes', async () => {
    const file = await zipOf(dataset());
    const provider = await directory.tokenFor('provider');
    expect((await send(directory, 'x', file, { token: provider })).status).toBe(403);
    expect((await send(directory, 'x', file, { key: '' })).status).toBe(400);
    expect((await send(directory, 'x', '')).body.type).toMatch(/upload-empty$/);
    for (const name of ['Upper', '..', 'a%2Fb', 'ilao', 'x'.repeat(64)])
      expect([name, Math.floor((await send(directory, name, file)).status / 100)]).toEqual([name, 4]);
    for (const query of ['?dryRun=yes', '?format=hsds-9', '?folder=/etc'])
      expect([query, Math.floor((await send(directory, 'x', file, { query })).status / 100)]).toEqual([query, 4]);
    const token = await directory.tokenFor('coordinator');
    const typed = await directory.request('POST', '/v1/imports/x', {
      token,
      body: 'id\n',
      headers: { 'content-type': 'text/csv', 'idempotency-key': 't' },
    });
    expect(typed.status).toBe(415);
    expect(await kept()).toBe(0);
  });

  it('refuses a file that is too large, by what it says of itself and by what comes', async () => {
    const { status, body } = await send(directory, 'x', Buffer.alloc(MAX_BYTES + 1));
    expect([status, body.type]).toEqual([413, expect.stringMatching(/upload-too-large$/)]);
    const chunks = Readable.from(
      (function* () {
        for (let at = 0; at <= MAX_BYTES; at += 100_000) yield Buffer.alloc(100_000);
      })(),
    );
    const store = directory.app.get(UploadStore);
    await expect(store.receive('u', chunks, MAX_BYTES)).rejects.toMatchObject({ code: 'upload-too-large' });
    expect(await kept()).toBe(0);
  });

  it('forgets an upload that is cut off', async () => {
    const token = await directory.tokenFor('coordinator');
    const before = await database.collection('imports').countDocuments({});
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/zip', 'idempotency-key': 'cut' };
    const sending = httpRequest(`${directory.url}/v1/imports/cut`, {
      method: 'POST',
      headers: { ...headers, 'content-length': 2_000_000 },
    });
    sending.on('error', () => undefined);
    sending.write(Buffer.alloc(1_000_000));
    await eventually(async () => expect(await kept()).toBeGreaterThan(0), { describe: 'the upload has begun' });
    sending.destroy();
    await nothingKept();
    expect(await database.collection('imports').countDocuments({})).toBe(before);
  });

  it('goes on with an import whose carrier is gone, once its lease has run out', async () => {
    const imports = directory.app.get(ImportsRepository);
    await directory.app.get(UploadStore).receive('orphan', Readable.from([await zipOf(dataset())]), MAX_BYTES);
    const now = Date.now();
    const { id } = await imports.begin(
      {
        dataset: 'orphan',
        dryRun: false,
        status: 'running',
        upload: { id: 'orphan', packing: 'zip' },
        leaseUntil: new Date(now + 1000),
        carrier: 'gone',
        startedAt: new Date(now),
      },
      { key: 'orphan', hash: 'h' },
    );
    const { status, durationMs } = await ended(directory, `/v1/imports/${id}`);
    expect(status).toBe('completed');
    expect(durationMs).toBeGreaterThanOrEqual(1000);
    await nothingKept();
  });
});

describe('hostile files', () => {
  const honest = (): Promise<Buffer> => zipOf(dataset());
  const failure = async (file: Buffer | string, type: 'zip' | 'json' = 'zip') => {
    const { status, problem } = await upload(directory, 'hostile', file, { type });
    return [status, problem?.code];
  };

  it('are refused or bounded with a clear report while the service goes on answering', async () => {
    // the CPU time of this process between two turns of timers, since other work on the machine holds the clock up
    let busiest = 0;
    let before = process.cpuUsage();
    const watch = setInterval(() => {
      const { user, system } = process.cpuUsage(before);
      busiest = Math.max(busiest, (user + system) / 1000);
      before = process.cpuUsage();
    }, 10);
    let asking = true;
    const answers: number[] = [];
    const asked = (async () => {
      while (asking)
        for (const path of ['/health/live', '/health/ready', '/hsds/services?per_page=5'])
          answers.push((await directory.request('GET', path)).status);
    })();
    expect(await failure('no zip at all')).toEqual(['failed', 'zip-refused']);
    expect(await failure(renamed(await honest(), 'organizations.csv', '../anizations.csv'))).toEqual([
      'failed',
      'zip-refused',
    ]);
    expect(await failure(await zipOf({ 'services.csv': Buffer.alloc(30_000_000, 'a') }))).toEqual([
      'failed',
      'zip-refused',
    ]);
    expect(await failure(await zipOf({ 'inner.zip': await honest() }))).toEqual(['failed', 'dataset-unusable']);
    expect(await failure(await zipOf({ 'services.csv': 'a'.repeat(9_000_000) }))).toEqual([
      'failed',
      'dataset-unusable',
    ]);
    const columns = Array.from({ length: 1_000_000 }, (_, index) => index % 10).join();
    expect(await failure(await zipOf({ 'services.csv': `${columns}\n1\n` }))).toEqual(['failed', 'dataset-unusable']);
    expect(await failure('['.repeat(1_000_000), 'json')).toEqual(['failed', 'json-refused']);
    expect(await failure('{"services": [', 'json')).toEqual(['failed', 'json-refused']);
    expect(await failure('{"__proto__": [{"id": 1}], "services": [null, 1, [], {}]}', 'json')).toEqual([
      'failed',
      'dataset-unusable',
    ]);
    asking = false;
    await asked;
    clearInterval(watch);
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(answers.length).toBeGreaterThan(20);
    expect(busiest).toBeLessThan(1500);
    await nothingKept();
  });

  it('cost single cells and rows where the rest can be read', async () => {
    const files = {
      ...dataset(`s2,o1,"Br\0oken ${'é'.repeat(60_000)}",active\n`),
      'locations.csv': 'id,organization_id,name,latitude,longitude\nl1,o1,Moon,384400,1e99\n',
      'phones.csv': Buffer.from([...Buffer.from('id,service_id,number\np1,s2,555 12'), 0xff, 0xfe, 0x33, 0x0a]),
      'regular_schedules.csv': 'id,service_id,weekday,opens_at,closes_at\nr1,s2,Neverday,9:00,10:00\n',
      'holiday_schedules.csv':
        'id,service_id,start_date,end_date,closed\nh1,s2,"January 01, 0001","January 01, 0001",true\n',
    };
    const { status, report } = await upload(directory, 'broken', await zipOf(files));
    expect(status).toBe('completed');
    expect(codes(report!, 'mended')).toEqual(
      expect.arrayContaining(['control-characters', 'text-cut', 'number-invalid', 'text-not-utf8']),
    );
    expect(codes(report!, 'rejected')).toEqual(['weekday-unreadable', 'date-without-year']);
  });

  it('cannot make a record that no document can hold: what is too much is rejected, and all else imported', async () => {
    const schedules = Array.from({ length: 15_000 }, () => 's2,WEEKLY,MO,09:00,17:00,Every week all year round').join(
      '\n',
    );
    const files = {
      ...dataset(`s2,o1,Busy,active\ns3,o1,"${'x'.repeat(9_000_000)}",active\ns4,o1,Last,active\n`),
      'schedules.csv': `service_id,freq,byday,opens_at,closes_at,description\n${schedules}\n`.replaceAll(
        /(,Every week all year round)$/gm,
        (() => {
          let at = 0;
          return (text: string) => `${text} ${(at += 1)}`;
        })(),
      ),
    };
    const { status, report } = await upload(directory, 'large', await zipOf(files));
    expect(status).toBe('completed');
    const rejected = report!.reasons.filter(({ outcome }) => outcome === 'rejected');
    expect(rejected.map(({ file, code }) => [file, code])).toEqual([
      ['services.csv', 'row-too-long'],
      ['schedules.csv', 'record-too-large'],
    ]);
    const { in: rows, rejected: tooMany } = report!.files.find(({ file }) => file === 'schedules.csv')!;
    expect(rows).toBe(15_000);
    expect(tooMany).toBeGreaterThan(5_000);
    expect(report!.rows.find(({ code }) => code === 'record-too-large')!.line).toBe(rows - tooMany + 2);
    const names = await directory.request('GET', '/hsds/services?search=last');
    expect(names.text).toContain('"Last"');
  });

  it('cannot make a schedule that never comes to an end within a day', async () => {
    const schedules = 'id,service_id,freq,interval,count,byday,until\n';
    const files = {
      ...dataset('s2,o1,S,active\n'),
      'schedules.csv':
        `${schedules}1,s2,SECONDLY,1,,,\n2,s2,WEEKLY,0,,MO,\n3,s2,WEEKLY,1,99999999999,MO,\n` +
        '4,s2,DAILY,1,,,9999-99-99\n5,s2,YEARLY,,,,\n6,s2,WEEKLY,1,,"MO,XX",\n',
    };
    const { report } = await upload(directory, 'endless', await zipOf(files));
    expect(report!.format).toBe('hsds-2.0');
    expect(report!.files.find(({ file }) => file === 'schedules.csv')).toMatchObject({ in: 6, mended: 3, rejected: 3 });
    expect(codes(report!, 'rejected')).toEqual(['freq-unknown', 'weekday-unreadable']);
  });
});
