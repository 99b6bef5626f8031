import { randomUUID } from 'node:crypto';
import { eventually } from '@throughline/shared/testing';
import {
  essence,
  PERSON,
  startCaseManagement,
  type RunningCaseManagement,
} from '../running-case-management.fixture.js';
import type { ConsentAnswer } from './consents.schemas.js';

let running: RunningCaseManagement;
let tokens: RunningCaseManagement['tokens'];
beforeAll(async () => {
  running = await startCaseManagement();
  tokens = running.tokens;
}, 30_000);
afterAll(() => running?.close());

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const form = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  discloser: 'The LEAD programme of Santa Fe',
  information: ['contacted', 'intake-date'],
  agencyId: 'santa-fe-pd',
  purpose: 'So that the officer who referred me knows that I came',
  rightToRevokeExplained: true,
  expiresAt: inMs(86_400_000),
  signature: { name: 'Marisol Quintanilla', method: 'handwritten' },
  signedAt: inMs(-60_000),
  ...changes,
});
const typesOf = (id: string): string[] => running.eventsOf(id).map(({ type }) => type);

describe('consents', () => {
  it('hold what 42 CFR 2.31(a) asks for, encrypted where it is personal, and end when they are revoked', async () => {
    const caseId = await running.assignedCase();
    const path = `/v1/cases/${caseId}/consents`;
    const id = await running.created(path, tokens.manager, form());
    const list = async (as: string) => (await running.get<{ items: ConsentAnswer[] }>(path, as)).body.items;
    const { givenName, familyName } = PERSON;
    expect(await list(tokens.coordinator)).toEqual([
      expect.objectContaining({ id, status: 'active', patient: { givenName, familyName }, agencyId: 'santa-fe-pd' }),
    ]);
    const stored = JSON.stringify(await running.database.collection('consents').findOne({ _id: id as never }));
    for (const secret of [familyName, 'knows that I came', 'The LEAD programme']) expect(stored).not.toContain(secret);

    const revoke = () => running.post(`${path}/${id}/revocation`, tokens.manager, { revokedAt: inMs(0) });
    expect(await revoke()).toMatchObject({ status: 200, body: { id, caseId, status: 'revoked' } });
    expect(await revoke()).toMatchObject({ status: 409, body: { type: expect.stringMatching(/consent-ended$/) } });
    expect((await list(tokens.manager))[0]?.status).toBe('revoked');
    await eventually(() => expect(typesOf(id)).toEqual(['consent.given.v1', 'consent.revoked.v1']), {
      describe: 'both are told',
    });
    expect(JSON.stringify(running.eventsOf(id))).not.toContain(familyName);
  });

  it('expire by themselves, which is told', async () => {
    const caseId = await running.assignedCase();
    const id = await running.created(`/v1/cases/${caseId}/consents`, tokens.manager, form({ expiresAt: inMs(1_000) }));
    await eventually(() => expect(typesOf(id)).toEqual(['consent.given.v1', 'consent.expired.v1']), {
      describe: 'the end is told',
      deadlineMs: 20_000,
    });
  }, 30_000);

  it('are refused where they cannot be, each with the field', async () => {
    const path = `/v1/cases/${await running.assignedCase()}/consents`;
    for (const [field, value] of [
      ['agencyId', 'taos-pd'],
      ['signedAt', inMs(60_000)],
      ['expiresAt', inMs(-1_000)],
      ['rightToRevokeExplained', false],
      ['information', []],
    ] as const) {
      const { status, body } = await running.post(path, tokens.manager, form({ [field]: value }));
      expect({ status, pointers: body.errors?.map(({ pointer }) => pointer) }).toEqual({
        status: 422,
        pointers: [`#/${field}`],
      });
    }
  });

  it('are not there for another case manager, nor under another case', async () => {
    const caseId = await running.assignedCase();
    const path = `/v1/cases/${caseId}/consents`;
    const id = await running.created(path, tokens.manager, form());
    const unknown = await running.get(`/v1/cases/${randomUUID()}/consents`, tokens.manager2);
    expect(essence(await running.get(path, tokens.manager2))).toEqual(essence(unknown));
    const body = { revokedAt: inMs(0) };
    expect((await running.post(path, tokens.manager2, form())).status).toBe(404);
    expect((await running.post(`${path}/${id}/revocation`, tokens.manager2, body)).status).toBe(404);
    const other = await running.assignedCase();
    expect((await running.post(`/v1/cases/${other}/consents/${id}/revocation`, tokens.manager, body)).status).toBe(404);
  });
});
