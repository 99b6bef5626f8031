import { OutboxRegistry } from './outbox-registry.js';

const model = { modelName: 'Ledger' };
const created = (number: number, events = 1) => ({ _id: `ledger-${number}`, outbox: Array<never>(events) });
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('rings once for all writes of a tick', async () => {
  const registry = new OutboxRegistry('/ledger');
  let rung = 0;
  registry.onNudge(() => (rung += 1));
  registry.nudge();
  registry.handOver(model, created(1));
  expect(rung).toBe(0);
  await turn();
  expect(rung).toBe(1);
});

it('hands each new document over once, in the order in which they were written', () => {
  const registry = new OutboxRegistry('/ledger');
  for (const number of [1, 2, 3]) registry.handOver(model, created(number));
  expect(registry.takeHanded({ modelName: 'Other' }, 9)).toEqual([]);
  expect(registry.takeHanded(model, 2)).toEqual([created(1), created(2)]);
  expect(registry.takeHanded(model, 2)).toEqual([created(3)]);
  expect(registry.takeUnread()).toBe(false);
});

it('hands over together what has equally many events', () => {
  const registry = new OutboxRegistry('/ledger');
  for (const number of [1, 2, 3, 4]) registry.handOver(model, created(number, 1 + (number % 2)));
  expect(registry.takeHanded(model, 9)).toEqual([created(1, 2), created(3, 2)]);
  expect(registry.takeHanded(model, 9)).toEqual([created(2), created(4)]);
  registry.handOver(model, created(5));
  registry.forgetHanded(model);
  expect(registry.takeHanded(model, 9)).toEqual([]);
});

it('tells of what was not handed over: changes, and creations that nobody fetches', () => {
  const registry = new OutboxRegistry('/ledger');
  registry.nudge();
  expect([registry.takeUnread(), registry.takeUnread()]).toEqual([true, false]);
  for (let number = 0; number <= 1_000; number += 1) registry.handOver(model, created(number));
  expect(registry.takeHanded(model, 2_000)).toHaveLength(1_000);
  expect(registry.takeUnread()).toBe(true);
});
