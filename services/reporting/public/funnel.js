import { funnelChart } from '/reports/funnel-chart.js';

const TOKEN = 'throughline-token';
const LABELS = {
  referred: 'Referred',
  eligible: 'Eligible',
  accepted: 'Accepted',
  'handed-off': 'Handed off',
  contacted: 'First contact',
  'intake-completed': 'Intake completed',
  linked: 'Linked to a service',
  'service-completed': 'Service completed',
  'arrest-diversion': 'Arrest diversion',
  'social-contact': 'Social contact',
  'none-recorded': 'None recorded',
  withdrawn: 'Withdrawn',
  'declined-by-person': 'Declined by the person',
  'unable-to-contact': 'Unable to contact',
  expired: 'Expired',
  closed: 'Closed',
  transitioned: 'Transitioned',
  moved: 'Moved away',
  deceased: 'Deceased',
  declined: 'Declined services',
  'ineligible-by-prosecutor': 'Ineligible, by the prosecutor',
};

const byId = (id) => document.getElementById(id);
const label = (key, name) => name ?? LABELS[key] ?? key;
const percent = (share) => `${Math.round(share * 100)} %`;

/** Minutes as people say them: 25 min, 3 h 20 min, 2 d 4 h. */
const duration = (minutes) => {
  if (minutes === undefined) return '–';
  const whole = Math.round(minutes);
  const [days, hours, rest] = [Math.floor(whole / 1440), Math.floor((whole % 1440) / 60), whole % 60];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  return hours > 0 ? (rest > 0 ? `${hours} h ${rest} min` : `${hours} h`) : `${rest} min`;
};

/** An element of this name with this text, and attributes. */
const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
};

/** A table whose first column names its rows. */
const table = (caption, heads, rows) => {
  const made = element('table', '');
  made.append(element('caption', caption));
  const head = made.createTHead().insertRow();
  head.append(...heads.map((text) => element('th', text, { scope: 'col' })));
  const body = made.createTBody();
  for (const [first, ...cells] of rows)
    body
      .insertRow()
      .append(element('th', first, { scope: 'row' }), ...cells.map((text) => element('td', String(text))));
  if (rows.length === 0) body.insertRow().append(element('td', 'Nothing recorded.', { colspan: heads.length }));
  return made;
};

/** A token that came in the fragment is taken out of the address bar and the history before anything else happens. */
const takeTokenFromAddress = () => {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!location.hash) return;
  history.replaceState(null, '', location.pathname + location.search);
  if (token) sessionStorage.setItem(TOKEN, token);
};

const say = (text, isError = false) => {
  byId('message').textContent = text;
  byId('message').classList.toggle('error', isError);
};

const askForToken = () => {
  byId('sign-in').hidden = false;
  byId('filters').hidden = true;
  byId('report').hidden = true;
  byId('token').focus();
};

/** The filters that were set, as a query. */
const query = () => {
  const set = [...new FormData(byId('filters'))].filter(([, value]) => value !== '');
  return new URLSearchParams(set).toString();
};

/** Asks the API with the token; answers the response, or undefined after it has told what is wrong. */
const ask = async (path) => {
  const token = sessionStorage.getItem(TOKEN);
  if (!token) return void askForToken();
  let response;
  try {
    response = await fetch(`${path}?${query()}`, { headers: { authorization: `Bearer ${token}` } });
  } catch {
    return void say('The reporting service cannot be reached. Try again in a moment.', true);
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const details = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer.slice(2)} ${detail}`);
  if (response.status === 401 || response.status === 403) {
    sessionStorage.removeItem(TOKEN);
    askForToken();
  }
  say([problem.detail ?? `The service answered ${response.status}.`, ...details].join(' '), true);
};

/** The choices of a filter are those that the report knows; what is chosen stays. */
const offer = (select, groups) => {
  const known = new Set([...select.options].map(({ value }) => value));
  for (const { key, name } of groups)
    if (key !== 'none-recorded' && !known.has(key)) select.append(element('option', label(key, name), { value: key }));
};

const groupTable = (caption, groups, stages) =>
  table(
    caption,
    ['', ...stages.map(({ stage }) => label(stage))],
    groups.map(({ key, name, counts }) => [label(key, name), ...stages.map(({ stage }) => counts[stage])]),
  );

const show = (report) => {
  const { stages, ended, casesEnded, waitingTimes, chargeHolds, groups, needs, services, asOf, generatedAt } = report;
  const time = (instant) => new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  byId('about').textContent =
    `What had happened by ${time(asOf)}. ${stages[0].count} referrals, ${report.declined} declined by the prosecutor. ` +
    `Read ${time(generatedAt)}, from events alone.`;
  byId('chart').replaceChildren(funnelChart(stages.map((row) => ({ ...row, label: label(row.stage) }))));
  byId('stages').replaceChildren(
    table(
      'Referrals at each stage',
      ['Stage', 'Count', 'Of all referred', 'Of the stage before'],
      stages.map(({ stage, count, ofReferred, ofPrevious }) => [
        label(stage),
        count,
        percent(ofReferred),
        percent(ofPrevious),
      ]),
    ),
  );
  const endings = (caption, counts) =>
    table(
      caption,
      ['', 'Count'],
      Object.entries(counts).map(([end, count]) => [label(end), count]),
    );
  byId('ended').replaceChildren(endings('Referrals that ended', ended));
  byId('cases-ended').replaceChildren(endings('Cases that ended', casesEnded));
  byId('waits').replaceChildren(
    table(
      'Waiting times',
      ['Between', 'Referrals', 'Median', 'Nine of ten within'],
      waitingTimes.map(({ from, to, count, medianMinutes, p90Minutes }) => [
        `${label(from)} → ${label(to)}`,
        count,
        duration(medianMinutes),
        duration(p90Minutes),
      ]),
    ),
  );
  const { held, open, satisfied, lapsed } = chargeHolds;
  byId('holds').replaceChildren(
    table(
      'Charges held',
      ['', 'Held', 'Open', 'Satisfied', 'Lapsed', 'Ended'],
      [['Charge holds', held, open, satisfied, lapsed, chargeHolds.ended]],
    ),
  );
  byId('needs').replaceChildren(
    table(
      'Needs by category',
      ['Category', 'Needs', 'Linked', 'Accepted', 'Completed', 'Linkage rate'],
      needs.map((need) => [
        need.category,
        need.needs,
        need.requested,
        need.accepted,
        need.completed,
        percent(need.linkageRate),
      ]),
    ),
  );
  byId('services').replaceChildren(
    table(
      'Services that people were linked to',
      ['Service', 'Asked for', 'Accepted', 'Completed'],
      services.map(({ serviceId, name, organizationName, requested, accepted, completed }) => [
        organizationName ? `${name ?? serviceId}, ${organizationName}` : (name ?? serviceId),
        requested,
        accepted,
        completed,
      ]),
    ),
  );
  byId('group-pathway').replaceChildren(groupTable('By pathway', groups.pathway, stages));
  byId('group-agency').replaceChildren(groupTable('By agency', groups.agency, stages));
  byId('group-district').replaceChildren(groupTable('By district', groups.district, stages));
  byId('group-offense').replaceChildren(
    groupTable('By offence (NIBRS); a referral may name several', groups.offense, stages),
  );
  offer(byId('agency'), groups.agency);
  offer(byId('district'), groups.district);
  byId('sign-in').hidden = true;
  byId('filters').hidden = false;
  byId('report').hidden = false;
  say('');
};

const load = async () => {
  say('Reading the report …');
  const response = await ask('/v1/reports/funnel');
  if (response) show(await response.json());
};

const download = async () => {
  const response = await ask('/v1/reports/funnel.csv');
  if (!response) return;
  const address = URL.createObjectURL(await response.blob());
  const link = element('a', '', { href: address, download: 'throughline-funnel.csv' });
  link.click();
  URL.revokeObjectURL(address);
};

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, byId('token').value.trim());
  byId('token').value = '';
  void load();
});
byId('filters').addEventListener('submit', (event) => {
  event.preventDefault();
  void load();
});
byId('csv').addEventListener('click', () => void download());
byId('print').addEventListener('click', () => window.print());
byId('sign-out').addEventListener('click', () => {
  sessionStorage.removeItem(TOKEN);
  say('The token is forgotten.');
  askForToken();
});

takeTokenFromAddress();
if (sessionStorage.getItem(TOKEN)) void load();
else askForToken();
