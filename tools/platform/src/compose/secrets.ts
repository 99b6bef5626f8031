import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { remembered } from '../infrastructure/remembered.js';
import { loadKeys, secretsFor, type ServiceName, serviceNames } from '../start/services.js';

interface Passwords {
  mongodbRoot: string;
  mongodb: Record<ServiceName, string>;
  rabbitmq: Record<string, string>;
}

/** What of RabbitMQ's definitions file is read and completed here; the rest is passed on as it is. */
export interface Definitions {
  users: { name: string; tags: string[]; password_hash?: string; hashing_algorithm?: string }[];
}

const VHOST = 'throughline';
const password = (): string => randomBytes(24).toString('base64url');

/**
 * Writes every password and key of the compose platform below `folder`, one folder for each container that reads them.
 * They are generated on the first run, kept in `folder/master`, and the same on each run after it: a volume that was
 * lost is filled again.
 * @param definitions RabbitMQ's definitions without passwords
 */
export async function writeSecrets(folder: string, definitions: Definitions): Promise<void> {
  const master = join(folder, 'master');
  const keys = await loadKeys(master);
  const passwords = await remembered<Passwords>(join(master, 'passwords.json'), () => ({
    mongodbRoot: password(),
    mongodb: Object.fromEntries(serviceNames.map((name) => [name, password()])) as Passwords['mongodb'],
    rabbitmq: Object.fromEntries(definitions.users.map(({ name }) => [name, password()])),
  }));

  const write = (container: string, file: string, content: string) => {
    mkdirSync(join(folder, container), { recursive: true });
    const path = join(folder, container, file);
    writeFileSync(path, content);
    // The reading programs run under accounts of their images, and only their containers mount the folder.
    chmodSync(path, 0o444);
  };
  write('mongodb', 'root-password', passwords.mongodbRoot);
  write(
    'mongodb',
    'users.json',
    JSON.stringify(serviceNames.map((name) => ({ name, password: passwords.mongodb[name] }))),
  );
  const users = definitions.users.map((user) => ({ ...user, ...hashed(passwords.rabbitmq[user.name]!) }));
  write('rabbitmq', 'definitions.json', JSON.stringify({ ...definitions, users }, null, 2));
  for (const name of serviceNames) {
    const variables = {
      MONGODB_URL: `mongodb://${name}:${passwords.mongodb[name]}@mongodb:27017/${name}`,
      AMQP_URL: `amqp://${name}:${passwords.rabbitmq[name]}@rabbitmq:5672/${VHOST}`,
      ...secretsFor(name, keys),
    };
    const lines = Object.entries(variables).map(([variable, value]) => `${variable}='${value}'`);
    write(name, 'service.env', `${lines.join('\n')}\n`);
  }
}

/** RabbitMQ's password hash: base64(salt + SHA-256(salt + password)), with 4 bytes of salt. */
function hashed(plain: string): { password_hash: string; hashing_algorithm: string } {
  const salt = randomBytes(4);
  const digest = createHash('sha256').update(salt).update(plain, 'utf8').digest();
  return {
    password_hash: Buffer.concat([salt, digest]).toString('base64'),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
  };
}
