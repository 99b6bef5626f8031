const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 900;
const ROW = 44;
const LABELS = 190;
const FIGURES = 130;

/**
 * An element with attributes and children; text is set as text and never read as markup.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
const svg = (name, attributes, ...children) => {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  element.append(...children);
  return element;
};

/**
 * A horizontal bar for each stage. A screen reader hears it as one picture with a summary; the figures stand in the
 * table below it.
 * @param {{ label: string, count: number, ofReferred: number }[]} rows
 */
export function funnelChart(rows) {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const room = WIDTH - LABELS - FIGURES;
  const height = rows.length * ROW + 8;
  const summary = rows.map(({ label, count }) => `${label} ${count}`).join(', ');
  return svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: 'img',
      'aria-labelledby': 'chart-title',
      'aria-describedby': 'chart-summary',
    },
    svg('title', { id: 'chart-title' }, 'Referrals at each stage'),
    svg('desc', { id: 'chart-summary' }, `${summary}.`),
    ...rows.map(({ label, count, ofReferred }, index) => {
      const top = index * ROW + 8;
      const width = (count / most) * room;
      const middle = top + 21;
      return svg(
        'g',
        { 'aria-hidden': 'true' },
        svg('text', { x: LABELS - 12, y: middle, 'text-anchor': 'end' }, label),
        svg('rect', { class: 'rest', x: LABELS, y: top, width: room, height: ROW - 14, rx: 3 }),
        svg('rect', {
          class: 'bar',
          x: LABELS,
          y: top,
          width: Math.max(width, count > 0 ? 3 : 0),
          height: ROW - 14,
          rx: 3,
        }),
        svg('text', { x: LABELS + room + 12, y: middle, 'font-weight': 700 }, String(count)),
        svg('text', { class: 'share', x: WIDTH, y: middle, 'text-anchor': 'end' }, `${Math.round(ofReferred * 100)} %`),
      );
    }),
  );
}
