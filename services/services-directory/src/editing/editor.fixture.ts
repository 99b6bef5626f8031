import { randomUUID } from 'node:crypto';
import type { TestResponse } from '@throughline/shared/testing';
import type { TestDirectory } from '../directory.fixture.js';
import type { DraftView } from './drafts.schemas.js';

/** The draft or problem that a request was answered with. */
export type DraftAnswer = TestResponse<
  DraftView & { type: string; errors?: { pointer: string; detail: string }[]; usedBy?: object; allowed: string[] }
>;

/** Somebody who edits, with the steps of a draft as calls; what changes a draft sends the version that it was read at. */
export class TestEditor {
  constructor(
    private readonly directory: TestDirectory,
    readonly token: string,
  ) {}

  propose(body: object, key: string = randomUUID()): Promise<DraftAnswer> {
    return this.send('POST', '/v1/drafts', body, { 'idempotency-key': key });
  }

  replace(draft: DraftAnswer, body: object): Promise<DraftAnswer> {
    return this.send('PUT', `/v1/drafts/${draft.body.id}`, body, { 'if-match': etagOf(draft) });
  }

  submit(draft: DraftAnswer, key: string = randomUUID()): Promise<DraftAnswer> {
    return this.act(draft, 'submission', undefined, key);
  }

  review(draft: DraftAnswer, body: object, key: string = randomUUID()): Promise<DraftAnswer> {
    return this.act(draft, 'review', body, key);
  }

  discard(draft: DraftAnswer): Promise<DraftAnswer> {
    return this.act(draft, 'discard', undefined, randomUUID());
  }

  read(path: string): Promise<DraftAnswer> {
    return this.send('GET', path);
  }

  private act(draft: DraftAnswer, what: string, body: object | undefined, key: string): Promise<DraftAnswer> {
    const headers = { 'idempotency-key': key, 'if-match': etagOf(draft) };
    return this.send('POST', `/v1/drafts/${draft.body.id}/${what}`, body, headers);
  }

  private send(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    return this.directory.request<DraftAnswer['body']>(method, path, {
      token: this.token,
      headers,
      ...(body ? { body } : {}),
    });
  }
}

export const etagOf = (answer: { headers: Headers }): string => answer.headers.get('etag') ?? 'none';
