/** SCRAM-SHA-256 (RFC 5802, RFC 7677) for one user, as drivers speak it in saslStart and saslContinue. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Bin, type Value } from '../bson/values.js';
import { MongoError, notImplemented } from '../errors.js';
import { isDoc } from '../bson/values.js';
import { isTrue } from '../query/parse.js';
import { ok, type Client, type Command, type Handler, type Reply } from './command.js';

/** The least that drivers accept. */
const ITERATIONS = 4096;
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const failed = (): MongoError => new MongoError(18, 'Authentication failed.');

/** The attributes of a SCRAM message: `n=user,r=nonce`. */
function attributes(text: string): Map<string, string> {
  return new Map(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)] as const));
}

export class Scram {
  readonly #salt = randomBytes(28);
  readonly #storedKey: Buffer;
  readonly #serverKey: Buffer;

  constructor(
    readonly user: string,
    password: string,
  ) {
    const salted = pbkdf2Sync(password.normalize('NFKC'), this.#salt, ITERATIONS, 32, 'sha256');
    this.#storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
    this.#serverKey = hmac(salted, 'Server Key');
  }

  /** The handler of a command of the conversation, if it is one. */
  handler(name: string): Handler | undefined {
    if (name === 'saslStart') return (c) => this.#start(c);
    return name === 'saslContinue' ? (c) => this.#continue(c) : undefined;
  }

  #start(c: Command): Reply {
    const mechanism = c.body.get('mechanism');
    if (mechanism !== 'SCRAM-SHA-256') throw notImplemented(`the authentication mechanism ${String(mechanism)}`);
    const options = c.body.get('options');
    const skipsEmpty = isDoc(options) && isTrue(options.get('skipEmptyExchange'));
    const first = payloadOf(c.body.get('payload'));
    if (!/^[ny],,n=/.test(first)) throw failed();
    const bare = first.slice(3);
    const given = attributes(bare);
    const name = given.get('n')!.replaceAll('=2C', ',').replaceAll('=3D', '=');
    const nonce = (given.get('r') ?? '') + randomBytes(18).toString('base64');
    const challenge = `r=${nonce},s=${this.#salt.toString('base64')},i=${ITERATIONS}`;
    c.client.conversation = (payload) => {
      const proof = this.#verify(payload.toString(), bare, challenge, nonce);
      if (!proof || name !== this.user) throw failed();
      return { payload: Buffer.from(proof), done: skipsEmpty };
    };
    return step(Buffer.from(challenge), false);
  }

  #continue(c: Command): Reply {
    const { client } = c;
    const { conversation } = client;
    delete client.conversation;
    if (!conversation) throw failed();
    const result = conversation(Buffer.from(payloadOf(c.body.get('payload'))));
    if (result.done) authenticate(client, this.user);
    else
      client.conversation = () => {
        authenticate(client, this.user);
        return { payload: Buffer.alloc(0), done: true };
      };
    return step(result.payload, result.done);
  }

  /** What proves the server to the client, if the client has proved itself. */
  #verify(final: string, bare: string, challenge: string, nonce: string): string | undefined {
    const given = attributes(final);
    const proof = Buffer.from(given.get('p') ?? '', 'base64');
    const message = `${bare},${challenge},${final.slice(0, final.lastIndexOf(',p='))}`;
    const signature = hmac(this.#storedKey, message);
    if (given.get('r') !== nonce || proof.length !== signature.length) return undefined;
    const clientKey = Buffer.from(proof.map((byte, i) => byte ^ signature[i]!));
    if (!timingSafeEqual(createHash('sha256').update(clientKey).digest(), this.#storedKey)) return undefined;
    return `v=${hmac(this.#serverKey, message).toString('base64')}`;
  }
}

function authenticate(client: Client, user: string): void {
  client.user = user;
}

function payloadOf(v: Value | undefined): string {
  if (v instanceof Bin) return v.bytes.toString();
  if (typeof v === 'string') return Buffer.from(v, 'base64').toString();
  throw failed();
}

const step = (payload: Buffer, done: boolean): Reply => ok({ conversationId: 1, done, payload: new Bin(0, payload) });
