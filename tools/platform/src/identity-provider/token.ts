import { existsSync } from 'node:fs';
import { messageOf, Problem } from '../problem.js';
import { type Credentials, credentialsFile } from './credentials.js';
import { personas, subjectOf } from './personas.js';
import { remembered } from '../infrastructure/remembered.js';

/**
 * A token of the local identity provider at `issuer` for one persona.
 * Throws a Problem for an unknown persona, and where no platform of ours answers.
 */
export async function tokenFor(persona: string, issuer: string): Promise<string> {
  if (!personas.some(({ name }) => name === persona)) {
    throw new Problem(
      `There is no persona "${persona}". These are there: ${personas.map(({ name }) => name).join(', ')}.`,
    );
  }
  const secret = (await secretsAt(issuer)).secrets[persona]!;
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: subjectOf(persona),
      client_secret: secret,
    }),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (!answer.access_token) {
    throw new Problem(
      `The identity provider at ${issuer} gave no token: ${answer.error_description ?? response.status}.`,
    );
  }
  return answer.access_token;
}

/** The secrets lie in the data folder of the running platform, which its identity provider names. */
async function secretsAt(issuer: string): Promise<Credentials> {
  let about: { name?: string; dataDir?: string };
  try {
    const response = await fetch(issuer, { signal: AbortSignal.timeout(3_000) });
    about = (await response.json()) as typeof about;
  } catch (thrown) {
    throw new Problem(
      `No platform answers at ${issuer} (${messageOf(thrown)}). Start it with "npm start", or name its --port-base.`,
    );
  }
  if (about.name !== 'Throughline local identity provider' || !about.dataDir) {
    throw new Problem(`What answers at ${issuer} is not the local identity provider. Name the platform's --port-base.`);
  }
  const file = credentialsFile(about.dataDir);
  if (!existsSync(file)) {
    throw new Problem(
      `The identity provider at ${issuer} keeps its secrets in ${about.dataDir}, which is not on this machine. ` +
        'With compose: docker compose exec identity-provider node tools/platform/dist/token/main.js <persona>',
    );
  }
  return remembered<Credentials>(file, () => {
    throw new Problem(`${file} has gone. Start the platform again.`);
  });
}
