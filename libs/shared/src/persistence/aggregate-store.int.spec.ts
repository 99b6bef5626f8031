import { AgencyEnrolled } from '../contracts/index.js';
import { eventually, testInfrastructure } from '../testing/index.js';
import { aggregateSchema, OUTBOX_LIMIT, type AggregateDocument } from './aggregate-document.js';
import { AggregateStore, type Change } from './aggregate-store.js';
import { Database } from './database.js';
import { derivedId } from './derived-id.js';
import { EventLog } from './event-log.js';
import { occurred } from './new-events.js';
import { OutboxRegistry } from './outbox-registry.js';
import { StreamCursor } from './stream-cursor.js';
import { TimerRunner } from './timers.js';

interface Tally {
  count: number;
  note?: string;
}

let remove: () => Promise<void>;
let database: Database;
let store: AggregateStore<Tally>;
const registry = new OutboxRegistry('/referral');
const model = () => database.model('Tally', aggregateSchema<Tally>(), 'tallies');
const document = async (id: string) =>
  (await model().collection.findOne({ _id: id as never })) as unknown as AggregateDocument<Tally>;

beforeAll(async () => {
  const infrastructure = await testInfrastructure();
  remove = infrastructure.remove;
  database = new Database(infrastructure.mongodbUrl);
  store = new AggregateStore(model(), registry);
  database.onModuleInit();
  await eventually(async () => expect(await database.isReady()).toBe(true), { describe: 'the database' });
}, 30_000);
afterAll(async () => {
  await database.close();
  await remove();
});

const enrolled = { agencyId: 'a', name: 'Santa Fe', enrolledAt: '2026-01-05T16:00:00.000Z' };
const event = occurred(AgencyEnrolled, enrolled);
const counted = (count: number, events = 1): Change<Tally> => ({
  state: { count },
  events: Array<typeof event>(events).fill(event),
  result: { count },
});
const command = (key: string, hash = key) => ({ key, hash });

describe('the trace of what is written', () => {
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const tracesOf = async (id: string) =>
    (await document(id)).outbox.map(({ traceparent }) => traceparent?.slice(3, 35));

  it('is that of the command or the event behind it, and is not remembered with the answer', async () => {
    const position = { subject: 'other', contiguous: false, traceparent: parent };
    await store.create('traced', counted(1), { ...command('traced'), traceparent: parent });
    await store.change('traced', () => counted(2), { command: { ...command('again'), traceparent: parent } });
    await store.change('traced', () => counted(3), { traceparent: parent });
    await store.receive('traced', { ...position, seq: 1 }, () => counted(4));
    await store.receive('traced-first', { ...position, seq: 1 }, () => counted(1));
    const trace = parent.slice(3, 35);
    expect(await tracesOf('traced')).toEqual([trace, trace, trace, trace]);
    expect(await tracesOf('traced-first')).toEqual([trace]);
    const { createdBy, commands } = await document('traced');
    expect(Object.keys({ ...createdBy, ...commands[0] }).sort()).toEqual(['hash', 'key', 'result']);
  });

  it('begins with a change that nobody asked for, one for all of its events', async () => {
    await store.create('untraced', counted(1, 2), command('untraced'));
    const [first, second] = await tracesOf('untraced');
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toBe(first);
  });
});

describe('a creation', () => {
  it('is carried out once, however often it is asked for at once', async () => {
    const id = derivedId('tally', 'once');
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.create(id, counted(1), command('once'))));
    expect(outcomes.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(new Set(outcomes.map(({ result }) => JSON.stringify(result)))).toEqual(new Set(['{"count":1}']));
    expect(await document(id)).toMatchObject({
      version: 1,
      eventSeq: 1,
      outbox: [{ seq: 1, type: 'agency.enrolled.v1' }],
    });
  });

  it('refuses another request under the same key, and changes nothing', async () => {
    await store.create('reused', counted(1), command('reused'));
    await expect(store.create('reused', counted(9), command('reused', 'other'))).rejects.toMatchObject({
      kind: 'invalid',
      code: 'idempotency-key-reused',
    });
    expect((await store.load('reused'))?.state.count).toBe(1);
  });

  it('of many writes each one whole, with its events, and leaves alone those that are there', async () => {
    await store.create('many-2', counted(9, 0), command('before'));
    const creations = [1, 2, 3].map((n) => ({ id: `many-${n}`, change: counted(n), command: command(`many-${n}`) }));
    expect(await store.createMany(creations)).toEqual(new Set(['many-2']));
    expect(await document('many-3')).toEqual({
      ...(await document('many-1')),
      _id: 'many-3',
      state: { count: 3 },
      createdBy: { ...command('many-3'), result: { count: 3 } },
      outbox: [expect.objectContaining({ seq: 1, id: derivedId('event', '/referral', 'many-3', '1') })],
      ob: { since: expect.any(Date) },
    });
    expect(await document('many-2')).toMatchObject({ version: 1, state: { count: 9 }, outbox: [] });
    expect(await store.createMany(creations)).toEqual(new Set(['many-1', 'many-2', 'many-3']));
    expect(await store.create('many-3', counted(3), command('many-3'))).toMatchObject({ repeated: true });
    expect(await store.createMany([])).toEqual(new Set());
  });
});

describe('a change', () => {
  it('is decided again when another writer was faster, so that none is lost', async () => {
    await store.create('raced', counted(0, 0), command('raced'));
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        store.change('raced', ({ state }) => counted(state.count + 1), { command: command(`race-${index}`) }),
      ),
    );
    const { state, version, eventSeq, outbox } = await document('raced');
    expect({ count: state.count, version, eventSeq }).toEqual({ count: 12, version: 13, eventSeq: 12 });
    expect(outbox.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('answers a repeated command as the first time', async () => {
    await store.create('repeated', counted(0), command('r0'));
    const first = await store.change('repeated', () => counted(5), { command: command('r1') });
    await store.change('repeated', () => counted(6), { command: command('r2') });
    const again = await store.change('repeated', () => counted(99), { command: command('r1') });
    expect(again).toMatchObject({ result: first.result, repeated: true, version: 3 });
    await expect(store.change('repeated', () => counted(1), { command: command('r1', 'x') })).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });

  it('refuses a version that the caller has not seen, an id that is not there, and what the domain refuses', async () => {
    await store.create('versioned', counted(1), command('v'));
    await expect(store.change('versioned', () => counted(2), { expectedVersion: 7 })).rejects.toMatchObject({
      kind: 'precondition-failed',
    });
    await expect(store.change('nobody', () => counted(2))).rejects.toMatchObject({ kind: 'not-found' });
    const refusal = new Error('the domain says no');
    await expect(
      store.change('versioned', () => {
        throw refusal;
      }),
    ).rejects.toBe(refusal);
    expect(await document('versioned')).toMatchObject({ version: 1, state: { count: 1 } });
  });

  it('is refused while too many events wait, and leaves the outbox as it is', async () => {
    await store.create('full', counted(0, 400), command('full'));
    await store.change('full', () => counted(1, OUTBOX_LIMIT - 400));
    await expect(store.change('full', () => counted(2))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'too-many-pending-events',
    });
    expect((await document('full')).outbox).toHaveLength(OUTBOX_LIMIT);
    await expect(store.change('full', () => counted(3, 0))).resolves.toMatchObject({ state: { count: 3 } });
  });

  it('never writes what the contract does not know', () => {
    expect(() => occurred(AgencyEnrolled, { ...enrolled, person: 'x' } as never)).toThrow(
      expect.objectContaining({ code: 'event-invalid' }),
    );
  });
});

describe('an event of another aggregate', () => {
  const receive = (seq: number, contiguous = true) =>
    store.receive('projection', { subject: 'source', seq, contiguous }, (current) =>
      counted((current?.state.count ?? 0) + 1),
    );

  it('is applied once and in order', async () => {
    expect(await receive(1)).toBe('applied');
    expect(await receive(1)).toBe('already-applied');
    await expect(receive(3)).rejects.toMatchObject({ name: 'GapInStream', lastApplied: 1 });
    expect(await receive(2)).toBe('applied');
    const racing = await Promise.all(Array.from({ length: 8 }, () => receive(3)));
    expect(racing.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(await document('projection')).toMatchObject({ state: { count: 3 }, applied: { source: 3 } });
  });

  it('may be one of a few where somebody else has looked for gaps', async () => {
    expect(await receive(7, false)).toBe('applied');
    expect(await receive(5, false)).toBe('already-applied');
  });

  it.each(['a.b', '$where', ''])('is refused when its subject is %j', async (subject) => {
    await expect(
      store.receive('projection', { subject, seq: 1, contiguous: true }, () => counted(0)),
    ).rejects.toMatchObject({ code: 'event-unreadable' });
  });
});

it('follows a stream through effects that are repeated after a crash and never skipped', async () => {
  const cursor = new StreamCursor(database, 'test.cursor');
  const effects: number[] = [];
  const effect = (seq: number) => async () => void effects.push(seq);
  await cursor.follow('s', 1, effect(1));
  await expect(
    cursor.follow('s', 2, async () => {
      throw new Error('died in between');
    }),
  ).rejects.toThrow('died in between');
  await expect(cursor.follow('s', 3, effect(3))).rejects.toMatchObject({ name: 'GapInStream' });
  expect(await cursor.follow('s', 2, effect(2))).toBe('applied');
  expect(await cursor.follow('s', 1, effect(1))).toBe('already-applied');
  expect(effects).toEqual([1, 2]);
});

describe('the event log', () => {
  it('keeps every event once, reads streams in order, and drops what was sealed', async () => {
    const log = new EventLog(database);
    const entry = (subject: string, seq: number) => ({
      subject,
      event: {
        seq,
        id: `${subject}-${seq}`,
        type: 'referral.accepted.v1',
        time: new Date(),
        // the second as it was logged before data was text
        data: (seq === 2 ? { seq, sealed: 'x' } : JSON.stringify({ seq, sealed: 'x' })) as string,
      },
    });
    await log.append([entry('b', 1), entry('a', 11), entry('a', 2), entry('a', 1)]);
    await log.append([entry('a', 2), entry('a', 3)]);
    const read = async (subject?: string, from?: number) => {
      const found: string[] = [];
      for await (const { subject: owner, event: logged } of log.read(subject, from))
        found.push(`${owner}${logged.seq}`);
      return found;
    };
    expect(await read()).toEqual(['a1', 'a2', 'a3', 'a11', 'b1']);
    expect(await read('a', 3)).toEqual(['a3', 'a11']);
    for (const seq of [2, 3]) await log.dropSealed('a', seq);
    const data: unknown[] = [];
    for await (const { event: logged } of log.read('a')) data.push(JSON.parse(logged.data));
    expect(data).toEqual([{ seq: 1, sealed: 'x' }, { seq: 2 }, { seq: 3 }, { seq: 11, sealed: 'x' }]);
  });
});

describe('timers', () => {
  it('fire once across replicas, when they are due, and go with the write that they cause', async () => {
    let now = new Date('2026-03-01T00:00:00Z');
    const fired: string[] = [];
    const due = (iso: string) => [{ name: 'remind', dueAt: new Date(iso) }];
    await store.create('timed', { state: { count: 0 }, timers: due('2026-03-08T10:00:00Z') }, command('timed'));
    const runner = () =>
      new TimerRunner(
        model() as never,
        async (id, timer) => {
          await store.change(id, ({ state, timers }) => {
            if (!timers.some(({ name }) => name === timer)) return { state };
            return { state: { count: state.count + 1 }, timers: [] };
          });
          fired.push(timer);
        },
        { intervalMs: 1_000, now: () => now },
      );
    expect(await runner().fireDue()).toBe(0);
    now = new Date('2026-03-08T10:00:01Z');
    await Promise.all([runner().fireDue(), runner().fireDue(), runner().fireDue()]);
    expect(await document('timed')).toMatchObject({ state: { count: 1 }, timers: [] });
    expect((await document('timed')).timerDue).toBeUndefined();
    expect(await runner().fireDue()).toBe(0);
    expect(fired.length).toBeGreaterThanOrEqual(1);
  });

  it('are kept by a change that does not speak of them', async () => {
    const timers = [{ name: 'later', dueAt: new Date('2027-01-01T00:00:00Z') }];
    await store.create('kept', { state: { count: 0 }, timers }, command('kept'));
    await store.change('kept', () => counted(1));
    expect(await document('kept')).toMatchObject({ timers, timerDue: timers[0]!.dueAt });
  });
});
