import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import Provider, { type Configuration } from 'oidc-provider';
import { messageOf, Problem } from '../problem.js';
import { type Credentials, loadCredentials } from './credentials.js';
import { personas, subjectOf } from './personas.js';

/** Audience that every service expects in a token. */
export const AUDIENCE = 'throughline';
const TOKEN_LIFETIME_S = 60 * 60;

export interface IdentityProviderOptions {
  /** Address under which clients and services reach it; it is the `iss` of its tokens. */
  issuer: string;
  host: string;
  port: number;
  dataDir: string;
}

/**
 * The local OpenID Connect issuer, for development and tests only: it gives a token to each persona for a secret
 * that stands in its data folder. Programmes use the issuer of their agency; the services do not know the difference.
 * @returns a function that stops it after the requests in hand.
 */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<() => Promise<void>> {
  const { issuer, host, port, dataDir } = options;
  const provider = new Provider(issuer, configurationOf(await loadCredentials(dataDir)));
  const answer = provider.callback();
  const about = JSON.stringify({
    name: 'Throughline local identity provider',
    purpose: 'development and tests only',
    issuer,
    dataDir,
    personas: personas.map(({ name }) => name),
  });
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/') {
      response.setHeader('content-type', 'application/json').end(about);
    } else void answer(request, response);
  });
  await listen(server, host, port);
  return async () => {
    server.close();
    server.closeIdleConnections();
    await once(server, 'close');
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (thrown) {
    const busy = (thrown as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new Problem(busy ? `Port ${port} is taken by another program.` : `Cannot listen: ${messageOf(thrown)}`);
  }
}

function configurationOf({ signingKey, secrets, cookieKey }: Credentials): Configuration {
  const byClient = new Map(personas.map((persona) => [subjectOf(persona.name), persona]));
  return {
    clients: personas.map(({ name }) => ({
      client_id: subjectOf(name),
      client_secret: secrets[name]!,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_post',
    })),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [signingKey] },
    cookies: { keys: [cookieKey] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    ttl: { ClientCredentials: TOKEN_LIFETIME_S },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      // A token for a resource server is a JWT (RFC 9068); without one the provider would hand out opaque tokens.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:${AUDIENCE}`,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_LIFETIME_S,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: (_context, token) => {
      const persona = byClient.get(token.clientId ?? '');
      return persona && { roles: persona.roles, agency: persona.agency, organization: persona.organization };
    },
  };
}
