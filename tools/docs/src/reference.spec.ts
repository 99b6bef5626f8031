import { readdirSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { allEvents } from '@throughline/shared/contracts';
import { parse } from 'yaml';
import { EDGE_CASES, edgeCaseTests } from './edge-cases-page.js';
import { committed, generatedFiles, REFERENCE, ROOT } from './reference.js';

const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

let files: Map<string, string>;
beforeAll(async () => {
  files = await generatedFiles();
}, 60_000);

describe('what is committed', () => {
  it('is what would be generated now (else: run npm run docs)', async () => {
    const stale: string[] = [];
    for (const [path, content] of files) if ((await committed(path)) !== content) stale.push(path);
    expect({ runNpmRunDocsFor: stale }).toEqual({ runNpmRunDocsFor: [] });
  });

  it('has no page that nothing generates any more', () => {
    const found = readdirSync(new URL(`${REFERENCE}/`, ROOT), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
    const generated = [...files.keys()].filter((path) => path.startsWith(REFERENCE));
    expect(found.sort()).toEqual(generated.map((path) => path.slice(path.lastIndexOf('/') + 1)).sort());
  });
});

describe('edge-cases.md', () => {
  it('names a test for each edge case that meets intake, which is all but conflicts of interest of case managers', async () => {
    const proven = new Set((await edgeCaseTests(ROOT)).map(({ edgeCase }) => edgeCase));
    const without = EDGE_CASES.map((_, at) => at + 1).filter((number) => !proven.has(number));
    expect(without.filter((number) => number !== EDGE_CASES.length)).toEqual([]);
    expect([...proven].filter((number) => number > EDGE_CASES.length)).toEqual([]);
  });
});

describe('asyncapi.yaml', () => {
  const text = (): string => files.get(`${REFERENCE}/asyncapi.yaml`)!;
  const problemsOf = async (document: unknown): Promise<string[]> => {
    const diagnostics = await new Parser().validate(document as never);
    return diagnostics
      .filter(({ severity }) => severity <= 1)
      .map(({ path, message }) => `${path.join('.')}: ${message}`);
  };

  it('is a valid AsyncAPI 3.0 document', async () => {
    expect(await problemsOf(text())).toEqual([]);
  }, 60_000);

  it('would be found out if it were none', async () => {
    const document = parse(text()) as { operations: Record<string, { action: string }> };
    document.operations['ReferralSubmittedV1']!.action = 'publish';
    expect(await problemsOf(document)).not.toEqual([]);
  }, 60_000);

  describe('the examples', () => {
    interface Document {
      components: {
        schemas: Record<string, object>;
        messages: Record<string, { payload: object; examples: { payload: Record<string, unknown> }[] }>;
      };
    }
    /** Each example of a message, and whether the payload schema of that message takes it. */
    const judged = (change: (payload: Record<string, unknown>) => object): boolean[] => {
      const { components } = parse(text()) as Document;
      const ajv = new Ajv({ strict: false });
      addFormats(ajv);
      ajv.addSchema({ components }, 'document');
      return Object.entries(components.messages).flatMap(([name, { examples }]) => {
        const takes = ajv.compile({ $ref: `document#/components/messages/${name}/payload` });
        return examples.map(({ payload }) => takes(change(payload)));
      });
    };

    it('are what their channels say', () => {
      const judgements = judged((payload) => payload);
      expect(judgements.length).toBeGreaterThanOrEqual(allEvents.length);
      expect(judgements).not.toContain(false);
    });

    it.each([
      ['data of nothing', (payload: object) => ({ ...payload, data: {} })],
      ['another type', (payload: object) => ({ ...payload, type: 'org.throughline.person.met.v1' })],
      ['no sequence', (payload: object) => ({ ...payload, sequence: undefined })],
    ])('would be found out if one had %s', (_name, change) => {
      expect(judged(change)).not.toContain(true);
    });
  });

  it('has a channel for each event, under its routing key', () => {
    const { channels } = parse(text()) as { channels: Record<string, { address: string }> };
    expect(Object.values(channels).map(({ address }) => address)).toEqual(
      allEvents.map(({ routingKey }) => routingKey),
    );
  });
});

describe.each(['referral', 'case-management', 'services-directory', 'reporting'])('openapi/%s.json', (name) => {
  const document = (): { openapi: string; paths: Record<string, Record<string, Record<string, unknown>>> } =>
    JSON.parse(files.get(`${REFERENCE}/openapi/${name}.json`)!) as never;

  it('is a valid OpenAPI 3.1 document', async () => {
    expect(await new Validator().validate(document())).toEqual({ valid: true });
    expect(document().openapi).toBe('3.1.0');
  });

  /** The routes whose description lacks something. */
  const routesWithout = (has: (operation: Record<string, unknown>) => unknown): string[] =>
    Object.entries(document().paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, operation]) => !has(operation))
        .map(([method]) => `${method} ${path}`),
    );

  it('has routes', () => {
    expect(Object.keys(document().paths).length).toBeGreaterThan(0);
  });

  it('says of each route who may call it', () => {
    expect(routesWithout((operation) => (operation['x-roles'] as unknown[] | undefined)?.length)).toEqual([]);
  });

  it('says of each route what it does', () => {
    expect(routesWithout(({ summary }) => typeof summary === 'string' && summary.trim() !== '')).toEqual([]);
  });
});

describe('events.md', () => {
  it.each(allEvents.map(({ name, version }) => [name, version]))('tells of %s', (name, version) => {
    expect(files.get(`${REFERENCE}/events.md`)).toContain(`### ${name} (v${version})`);
  });
});

describe('referral-states.md', () => {
  it('has a row for each state, with what it may become', () => {
    const page = files.get(`${REFERENCE}/referral-states.md`)!;
    expect(page.match(/^\| `[a-z-]+` +\| (yes)? +\| (received|closed) +\|/gm)).toHaveLength(15);
    expect(page).toMatch(/^\| `duplicate` +\| yes +\| closed +\| `entered-in-error` +\|$/m);
  });
});
