import amqp from 'amqplib';
import fastify from 'fastify';
import { BSON, MongoClient } from 'mongodb';
import type { Sample } from './sample.js';

/*
 * The baseline of the intake benchmark, a process of its own: the least that takes a referral durably. Fastify parses
 * the JSON, one insert is acknowledged by a majority and journalled, the message is published persistent and mandatory
 * with pipelined confirms. Document and event are as large as those of the service, made once. No check of who or what,
 * no criteria, no encryption, no index, and a crash between the two loses the event.
 */
const { PORT, MONGODB_URL = '', AMQP_URL = '', EXCHANGE = '', SAMPLE = '' } = process.env;
const { document, event } = BSON.EJSON.parse(SAMPLE) as Sample;

const mongo = await MongoClient.connect(MONGODB_URL);
const referrals = mongo.db().collection<Record<string, unknown> & { _id: string }>('referrals', {
  writeConcern: { w: 'majority', journal: true },
});
const broker = await amqp.connect(AMQP_URL);
const channel = await broker.createConfirmChannel();

const app = fastify();
app.get('/health', () => ({ status: 'ready' }));
app.post<{ Body: Record<string, unknown> }>('/v1/referrals', async (request, reply) => {
  const id = String(request.headers['idempotency-key']);
  await referrals.insertOne({ ...document, _id: id, incidentNumber: request.body['incidentNumber'] });
  channel.publish(EXCHANGE, 'referral.submitted.v1', Buffer.from(JSON.stringify({ ...event, id, subject: id })), {
    persistent: true,
    mandatory: true,
    contentType: 'application/cloudevents+json',
    messageId: id,
  });
  void reply.code(201);
  return { id, status: 'received' };
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
