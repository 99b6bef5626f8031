import { eventually } from '@throughline/shared/testing';
import type { ProblemOf, RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;

/** What a test does with a referral that is there. @param running answers the service; it starts after the tests are declared */
export function referralActs(running: () => RunningReferral) {
  const read = async (id: string, as = running().tokens.coordinator) => {
    const { status, body, text, headers } = await running().get<Json>(`/v1/referrals/${id}`, as);
    expect({ status, text }).toMatchObject({ status: 200 });
    return { body, etag: headers.get('etag') ?? '' };
  };
  /** Acts as the coordinator, unless told otherwise, on the version that is there. */
  const act = async <Body = ProblemOf>(
    id: string,
    act: string,
    body: Json,
    as = running().tokens.coordinator,
    headers: Record<string, string> = {},
  ) => running().post<Body>(`/v1/referrals/${id}/${act}`, as, body, { 'if-match': (await read(id)).etag, ...headers });
  const lastEvent = (id: string, type: string) =>
    eventually(
      () => {
        const found = running()
          .eventsOf(id)
          .filter((event) => event.type === `${type}.v1`);
        expect(found).toHaveLength(1);
        return found[0]!;
      },
      { describe: `${type} arrives once` },
    );
  return { read, act, lastEvent };
}
