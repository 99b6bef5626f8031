/** Known ways to break the promises of messaging: the file, what stands there, what stands there instead. */
const MISTAKES = {
  'pull-what-was-not-confirmed': ['messaging/outbox-relay.js', "if (outcome !== 'confirmed') {", 'if (false) {'],
  'apply-what-was-applied': ['persistence/stream-position.js', 'if (seq <= last)', 'if (false)'],
  'acknowledge-first': [
    'messaging/queue-consumer.js',
    'const disposition = await',
    'channel.ack(message); await new Promise((later) => setTimeout(later, 300)); const disposition = await',
  ],
};

const mistake = MISTAKES[process.env.MISTAKE];
if (!mistake) throw new TypeError(`no mistake is called ${process.env.MISTAKE}`);
const [file, right, wrong] = mistake;

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.endsWith(`/shared/dist/${file}`)) return loaded;
  const source = String(loaded.source);
  if (!source.includes(right)) throw new TypeError(`the line of ${process.env.MISTAKE} is not there any more`);
  return { ...loaded, source: source.replace(right, wrong) };
}
