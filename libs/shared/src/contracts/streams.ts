/** The service that publishes each noun, by the CloudEvents source of its streams. A request for replay has no one owner. */
export const STREAM_SOURCES: Readonly<Record<string, string>> = {
  referral: '/referral',
  agency: '/referral',
  officer: '/referral',
  ruleset: '/referral',
  site: '/referral',
  case: '/case-management',
  linkage: '/case-management',
  consent: '/case-management',
  service: '/services-directory',
  draft: '/services-directory',
};

/** The nouns of a subscriber by the source that publishes them. A noun that nobody publishes is left out. */
export function nounsBySource(nouns: readonly string[]): Map<string, string[]> {
  const bySource = new Map<string, string[]>();
  for (const noun of nouns) {
    const source = STREAM_SOURCES[noun];
    if (source) bySource.set(source, [...(bySource.get(source) ?? []), noun]);
  }
  return bySource;
}
