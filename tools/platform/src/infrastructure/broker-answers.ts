import { connect } from 'amqplib';

/** Resolves when a client can log in at the broker; throws with the broker's answer otherwise. */
export async function brokerAnswers(amqpUrl: string): Promise<void> {
  const connection = await connect(amqpUrl, { timeout: 3_000 });
  // A connection that breaks while it is being closed must not end the process.
  connection.on('error', () => undefined);
  await connection.close();
}

/** Resolves when the management API answers; throws otherwise. */
export async function managementAnswers(managementUrl: string): Promise<void> {
  const { username, password, origin } = new URL(managementUrl);
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const response = await fetch(`${origin}/api/overview`, {
    headers: { authorization: `Basic ${credentials}` },
    signal: AbortSignal.timeout(3_000),
  });
  if (!response.ok) throw new Error(`the management API answered ${response.status}`);
}
