import { randomUUID } from 'node:crypto';
import { eventually } from '@throughline/shared/testing';
import { AGENCY, referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';
import type { RosterReport } from './roster.schemas.js';

type Problem = { type: string };

describe('the import of officers', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const path = `/v1/agencies/${AGENCY}/officers/import`;
  const send = (
    file: string | Buffer,
    {
      as = running.tokens.supervisor,
      query = '',
      key = randomUUID() as string,
      by = running as Pick<RunningReferral, 'request'>,
    } = {},
  ) =>
    by.request<RosterReport & Problem>('POST', `${path}${query}`, {
      token: as,
      body: file,
      headers: { 'content-type': 'text/csv', 'idempotency-key': key },
    });
  const periodsOf = async (officerId: string): Promise<unknown> => {
    const { body } = await running.get<{ items: { officerId: string; periods: unknown }[] }>(
      `/v1/agencies/${AGENCY}/officers?limit=100`,
      running.tokens.admin,
    );
    return body.items.find((one) => one.officerId === officerId)?.periods;
  };
  const told = (officerId: string): unknown[] =>
    running.allEvents().filter(({ data }) => (data as { officerId?: string }).officerId === officerId);
  const outcomes = ({ rows }: RosterReport): unknown[] =>
    rows.map(({ line, outcome, column, reason }) => [line, outcome, column, reason].filter(Boolean));

  it('takes the good rows and says of each bad one its line, column and reason', async () => {
    const file =
      '\ufeffOfficer ID;Active from;Active until;Unit\r\n' +
      'a:1;2024-07-01;;"Patrol; North"\r\n' +
      'a:2;2024-01-01T00:00:00Z;2023-01-01;\r\n' +
      ';2024-01-01;;\r\n' +
      'a:3;31.1.2024;;\r\n' +
      'a:4;2024-01-01;;;x\r\n' +
      'a:1;2025-01-01;;\r\n' +
      'a:1;2024-07-01;2025-01-01;\r\n' +
      'a:5;2024-02-30;;\r\n' +
      'a:6;2024-01-01;;"x\r\n' +
      'a:7;2024-01-01;2025-01-01;Bikes\r\n';
    const dry = await send(file, { query: '?dryRun=true' });
    expect([dry.status, await periodsOf('a:1')]).toEqual([200, undefined]);
    const { body } = await send(file);
    expect(outcomes(body)).toEqual([
      [3, 'rejected', 'active_until', 'ends-before-it-begins'],
      [4, 'rejected', 'officer_id', 'cell-empty'],
      [5, 'rejected', 'active_from', 'time-invalid'],
      [6, 'rejected', 'cells-without-column'],
      [7, 'rejected', 'period-overlaps'],
      [8, 'rejected', 'active_from', 'row-repeated'],
      [9, 'rejected', 'active_from', 'time-invalid'],
      [10, 'rejected', 'row-unreadable'],
    ]);
    expect(dry.body).toEqual(body);
    expect(body).toMatchObject({ imported: 2, mended: 0, unchanged: 0, rejected: 8 });
    // the day begins in the zone of the agency
    expect(await periodsOf('a:1')).toEqual([{ activeFrom: '2024-07-01T06:00:00.000Z', unit: 'Patrol; North' }]);
  });

  it('answers the same to the same key and file, refuses the key for another, and changes nothing the second time', async () => {
    const file = 'officer_id,active_from\nb:1,2024-01-01\n';
    const key = randomUUID();
    const first = await send(file, { key });
    expect(first.body).toMatchObject({ imported: 1 });
    expect((await send(file, { key })).text).toBe(first.text);
    expect((await send(`${file}b:2,2024-01-01\n`, { key })).body.type).toMatch(/idempotency-key-reused$/);
    expect(await periodsOf('b:2')).toBeUndefined();
    const again = { imported: 0, mended: 0, unchanged: 1 };
    expect((await send(file, { query: '?dryRun=true' })).body).toMatchObject(again);
    expect((await send(file)).body).toMatchObject(again);
    const ended = 'officer_id,active_from,active_until\nb:1,2024-01-01,2025-01-01\n';
    expect((await send(ended)).body).toMatchObject({ mended: 1 });
    // a roster from before the end does not open the period again
    expect((await send(file)).body).toMatchObject({ unchanged: 1 });
    expect(await periodsOf('b:1')).toEqual([expect.objectContaining({ activeUntil: '2025-01-01T07:00:00.000Z' })]);
    await eventually(() => expect(told('b:1')).toHaveLength(2), { describe: 'what changed is told' });
  });

  it('goes on when the line breaks: who sends the same again meanwhile waits for the same report', async () => {
    const file = `officer_id,active_from\n${Array.from({ length: 3_000 }, (_, n) => `e:${n},2024-01-01`).join('\n')}`;
    const key = randomUUID();
    const answers = await Promise.all([send(file, { key }), send(file, { key })]);
    for (const { body } of answers) expect(body).toMatchObject({ imported: 3_000, unchanged: 0, rejected: 0 });
    expect((await send(file)).body).toMatchObject({ imported: 0, unchanged: 3_000 });
  });

  it('is one import under its key at every replica: each is told the same of each row, whoever wrote it', async () => {
    const replica = await running.startReplica();
    try {
      // two parts, and officers with a row in each
      const rows = Array.from({ length: 600 }, (_, n) => [`r:${n % 400}`, n < 400 ? '2010' : '2011'] as const);
      const rosterUntil = (end: string): string =>
        ['officer_id,active_from,active_until', ...rows.map(([id, year]) => `${id},${year}-01-01,${year}-${end}`)].join(
          '\n',
        );
      for (const [file, outcome] of [
        [rosterUntil('06-01'), 'imported'],
        [rosterUntil('07-01'), 'mended'],
      ] as const) {
        const key = randomUUID();
        const reports = await Promise.all([send(file, { key }), send(file, { key, by: replica })]);
        reports.push(await send(file, { key, by: replica }));
        for (const { body } of reports) {
          expect(body).toEqual(reports[0]!.body);
          expect(body).toMatchObject({ [outcome]: 600, unchanged: 0, rejected: 0 });
        }
      }
      await eventually(() => expect(told('r:0')).toHaveLength(4), { describe: 'each period is told once' });
    } finally {
      await replica.close();
    }
  });

  it('lets an imported officer refer at once, and no more when a row has ended the period', async () => {
    const officer = await running.token('officer', { sub: 'c:1' });
    const refer = async (): Promise<number> => (await running.post('/v1/referrals', officer, referralBody())).status;
    expect(await refer()).toBe(422);
    await send('officer_id,active_from\nc:1,2024-01-01\n');
    expect(await refer()).toBe(201);
    await send('officer_id,active_from,active_until\nc:1,2024-01-01,2024-02-01\n');
    expect(await refer()).toBe(422);
  });

  it.each<[string, string | Buffer, string]>([
    ['a mistyped column', 'officer_id,active_from,active_untill\n', 'csv-columns'],
    ['a missing column', 'officer_id\nx\n', 'csv-columns'],
    ['nothing but a line', '\n', 'csv-columns'],
    ['UTF-16', Buffer.from('\ufeffofficer_id,active_from\n', 'utf16le'), 'csv-unreadable'],
    ['UTF-16 without a mark', Buffer.from('officer_id,active_from\n', 'utf16le'), 'csv-columns'],
    ['Latin-1', Buffer.from('officer_id,active_from,unit\nx,2024-01-01,Española\n', 'latin1'), 'csv-unreadable'],
    ['too many rows', `officer_id,active_from\n${'x,2024-01-01\n'.repeat(50_001)}`, 'csv-too-many-rows'],
  ])('refuses %s whole', async (_, file, code) => {
    const { status, body } = await send(file);
    expect([status, body.type]).toEqual([422, `https://throughline.example/problems/${code}`]);
  });

  it('is for the administrator and supervisors of that agency, bounded, and CSV', async () => {
    const file = 'officer_id,active_from\nd:1,2024-01-01\n';
    const stranger = await running.token('supervisor', { agency: 'other-pd' });
    for (const as of [stranger, running.tokens.officer, running.tokens.coordinator])
      expect((await send(file, { as })).status).toBe(403);
    expect((await send('x'.repeat(10_000_001))).status).toBe(413);
    expect((await running.post(path, running.tokens.admin, { officer_id: 'x' })).status).toBe(415);
    expect((await send(file, { query: '?dryRun=yes' })).status).toBe(422);
    expect(await periodsOf('d:1')).toBeUndefined();
  });
});
