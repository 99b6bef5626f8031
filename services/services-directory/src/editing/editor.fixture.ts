import { randomUUID } from 'node:crypto';
import type { TestResponse } from '@throughline/shared/testing';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import type { DraftView } from './drafts.schemas.js';

/** The draft or problem that a request was answered with. */
export type DraftAnswer = TestResponse<
  DraftView & {
    type: string;
    errors?: { pointer: string; detail: string }[];
    usedBy?: object;
    waitsFor?: string[];
    allowed: string[];
  }
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

/** The type of a problem. */
export const problem = (code: string): string => `https://throughline.example/problems/${code}`;

/** A directory with an organization, its provider, a provider of another one and a coordinator. */
export class TestEditing {
  private constructor(
    readonly directory: TestDirectory,
    readonly coordinator: TestEditor,
    readonly provider: TestEditor,
    readonly stranger: TestEditor,
    readonly organizationId: string,
  ) {}

  static async start(): Promise<TestEditing> {
    const directory = await startDirectory();
    const editor = async (sub: string, role: 'coordinator' | 'provider', organization: string = randomUUID()) =>
      new TestEditor(directory, await directory.token({ sub, roles: [role], organization }));
    const coordinator = await editor('c', 'coordinator');
    const aid = await publishedBy(coordinator, {
      kind: 'organization',
      content: { name: 'Aid', description: 'Helps.' },
    });
    const id = aid.body.recordId;
    return new TestEditing(
      directory,
      coordinator,
      await editor('p', 'provider', id),
      await editor('s', 'provider'),
      id,
    );
  }

  /** Everything from the proposal to the directory, by somebody who may. */
  published(body: object): Promise<DraftAnswer> {
    return publishedBy(this.coordinator, body);
  }

  /** The content of a service of the organization. */
  serviceOf(more: object = {}): object {
    return { organization_id: this.organizationId, name: 'Zither lessons', status: 'active', ...more };
  }
}

async function publishedBy(editor: TestEditor, body: object): Promise<DraftAnswer> {
  const submitted = await editor.submit(await editor.propose(body));
  const answer = await editor.review(submitted, { decision: 'approve' });
  if (answer.body.status !== 'published') throw new Error(answer.text);
  return answer;
}
