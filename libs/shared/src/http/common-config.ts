import { z, type ZodType } from 'zod';
import { LOG_LEVELS, type LogLevel } from '../observability/index.js';

const count = (least: number, most: number): ZodType<number, string | number | undefined> =>
  z.coerce.number().int().min(least).max(most) as unknown as ZodType<number, string | number | undefined>;

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

/** The environment that every service reads. There is no default for an address or a secret. */
export const commonConfig = z.object({
  PORT: count(0, 65535),
  HOST: z.string().min(1).default('127.0.0.1'),
  MONGODB_URL: url('mongodb:', 'mongodb+srv:').refine(
    (text) => !URL.canParse(text) || new URL(text).pathname.length > 1,
    { error: 'must name the database, as in mongodb://host:port/database' },
  ),
  AMQP_URL: url('amqp:', 'amqps:'),
  OIDC_ISSUER: url('http:', 'https:'),
  OIDC_AUDIENCE: z.string().min(1).default('throughline'),
  JWKS_URI: url('http:', 'https:').optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS as [LogLevel, ...LogLevel[]]).default('info'),
  /** Milliseconds that a shutdown may take before it is cut off. */
  SHUTDOWN_GRACE_MS: count(0, 600_000).default(10_000),
  /** Requests per second that one caller may keep up; ten times as many may come at once. 0 turns the limit off. */
  RATE_LIMIT_PER_SECOND: count(0, 1_000_000).default(500),
  /** Milliseconds that a relay's claim on an outbox holds; one that stalls longer is taken over. */
  RELAY_LEASE_MS: count(100, 600_000).default(30_000),
  /** Delays of the retry rungs in milliseconds, as in `5000,60000,600000`: each has a queue of that name. */
  RETRY_RUNGS_MS: z
    .string()
    .regex(/^[1-9]\d{0,8}(,[1-9]\d{0,8})*$/, { error: 'must be delays in milliseconds, as in 5000,60000,600000' })
    .transform((text) => text.split(',').map(Number))
    .optional(),
  /** How many reverse proxies stand in front, so that `X-Forwarded-For` is believed that far and no farther. */
  TRUSTED_PROXIES: count(0, 10).default(0),
});

export type CommonConfig = z.infer<typeof commonConfig>;

/** The environment is not usable; `problems` has one line per variable, without its value, which may be a secret. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Reads the common and the service's own variables. An empty variable counts as absent. Throws {@link BadEnvironment}. */
export function readConfig<Config extends object>(
  own: ZodType<Config>,
  env: Readonly<Record<string, string | undefined>>,
): Config & CommonConfig {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = [commonConfig.safeParse(present), own.safeParse(present)] as const;
  const problems = parsed.flatMap((result) =>
    (result.error?.issues ?? []).map(({ path, message }) => {
      const name = path.map(String).join('.') || 'environment';
      return name in present ? `${name}: ${message}` : `${name} is missing: ${message}`;
    }),
  );
  const [common, mine] = parsed;
  if (problems.length > 0 || !common.success || !mine.success) {
    throw new BadEnvironment([...new Set(problems)]);
  }
  return { ...common.data, ...mine.data };
}
