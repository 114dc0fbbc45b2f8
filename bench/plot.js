// Draws a plot of measured points as SVG: panels side by side, both axes logarithmic, a label at the end of each line. Its
// background is its own, so it is legible on a light page and on a dark one.
const PANEL = { width: 300, height: 230, left: 62, right: 112, top: 78, bottom: 54 };
const COLOURS = [
  { light: '#0a5fb4', dark: '#6db5ff' },
  { light: '#c2410c', dark: '#ff9d5c' },
  { light: '#0f7b53', dark: '#4fd1a1' },
  { light: '#6e7781', dark: '#9aa4af' },
];
const LABEL_HEIGHT = 15;

const asText = text =>
  text.replace(/[<>&"]/g, sign => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[sign]);
const at = value => Number(value.toFixed(1));

const tick = value =>
  value >= 1000 ? value.toLocaleString('en') : value >= 1 ? String(value) : String(Number(value.toPrecision(1)));

/** The ends of a logarithmic axis over these values, on 1, 2 or 5 of a decade, at least a decade apart. */
function rangeOf(values) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  const steps = decades(low / 10, high * 10);
  low = steps.filter(step => step <= low * 1.001).at(-1);
  high = steps.find(step => step >= high * 0.999);
  while (high / low < 9.9) {
    const next = steps.find(step => step > high * 1.001);
    if (next === undefined || high / low > 4) low = steps.filter(step => step < low * 0.999).at(-1) ?? low / 2;
    else high = next;
  }
  return [low, high];
}

/** 1, 2 and 5 of every decade from one below `low` to one above `high`. */
function decades(low, high) {
  const steps = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const digit of [1, 2, 5]) steps.push(Number((digit * 10 ** power).toPrecision(3)));
  return steps;
}

/** Ticks within a range: 1, 2 and 5 of each decade, or the decades only where there would be too many. */
function ticksOf([low, high], most) {
  const all = decades(low, high).filter(step => step >= low * 0.999 && step <= high * 1.001);
  return all.length <= most ? all : all.filter(step => /^[0.]*10*$/.test(String(step)));
}

/** Labels at the ends of lines, moved apart where they would lie upon each other. */
function spreadOut(labels, top, bottom) {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  for (let i = 1; i < sorted.length; i++) sorted[i].y = Math.max(sorted[i].y, sorted[i - 1].y + LABEL_HEIGHT);
  const over = Math.max(0, (sorted.at(-1)?.y ?? 0) - bottom);
  if (over > 0)
    for (let i = sorted.length - 1; i >= 0; i--) {
      const limit = i === sorted.length - 1 ? bottom : sorted[i + 1].y - LABEL_HEIGHT;
      sorted[i].y = Math.max(top, Math.min(sorted[i].y, limit));
    }
  return sorted;
}

/**
 * @param plot `{ title, x: { title }, panels: [{ title, unit, lines: [{ name }] }], points: [{ line, x, y, least, most }] }`
 */
export function drawPlot({ title, x, panels, points }) {
  const step = PANEL.left + PANEL.width + PANEL.right;
  const width = step * panels.length;
  const height = PANEL.top + PANEL.height + PANEL.bottom;
  const places = [...new Set(points.map(point => point.x))].sort((a, b) => a - b);
  const drawn = panels.map((panel, i) => drawPanel(panel, x, places, points, i * step));
  const rules = (theme, colours) =>
    `.card{fill:${colours.card};stroke:${colours.edge}}.grid{stroke:${colours.grid}}.axis{stroke:${colours.axis}}.title{fill:${colours.text}}.text{fill:${colours.quiet}}.hole{stroke:${colours.card}}` +
    COLOURS.map(
      (colour, i) =>
        `.line${i}{stroke:${colour[theme]}}.dot${i}{fill:${colour[theme]}}.band${i}{fill:${colour[theme]};fill-opacity:.14}`,
    ).join('');
  const light = {
    card: '#ffffff',
    edge: '#d0d7de',
    grid: '#e6eaee',
    axis: '#8c959f',
    text: '#1f2328',
    quiet: '#57606a',
  };
  const dark = {
    card: '#0d1117',
    edge: '#30363d',
    grid: '#21262d',
    axis: '#6e7681',
    text: '#e6edf3',
    quiet: '#9aa4af',
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="12" role="img" aria-label="${asText(title)}">
<style>${rules('light', light)}@media (prefers-color-scheme: dark){${rules('dark', dark)}}</style>
<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="6"/>
<text class="title" x="20" y="30" font-size="15" font-weight="600">${asText(title)}</text>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel({ title, unit, lines }, x, places, points, offset) {
  const series = lines
    .map(({ name }, i) => ({ name, i, points: points.filter(({ line }) => line === name).sort((a, b) => a.x - b.x) }))
    .filter(line => line.points.length > 0);
  const [left, top] = [offset + PANEL.left, PANEL.top];
  const [right, bottom] = [left + PANEL.width, top + PANEL.height];
  const xRange = [places[0], places.at(-1)];
  const yRange = rangeOf(series.flatMap(line => line.points.flatMap(({ least, most }) => [least, most])));
  const scale =
    ([low, high], from, to) =>
    value =>
      at(from + (high === low ? 0.5 : Math.log(value / low) / Math.log(high / low)) * (to - from));
  const [toX, toY] = [scale(xRange, left, right), scale(yRange, bottom, top)];
  const out = [
    `<text class="title" x="${left}" y="${top - 14}" font-weight="600">${asText(title)}, ${asText(unit)}</text>`,
  ];
  for (const value of ticksOf(yRange, 10))
    out.push(
      `<path class="grid" d="M${left} ${toY(value)}H${right}"/><text class="text" x="${left - 8}" y="${toY(value) + 4}" text-anchor="end">${tick(value)}</text>`,
    );
  for (const value of places)
    out.push(
      `<path class="grid" d="M${toX(value)} ${top}V${bottom}"/><text class="text" x="${toX(value)}" y="${bottom + 18}" text-anchor="middle">${tick(value)}</text>`,
    );
  out.push(
    `<path class="axis" d="M${left} ${top}V${bottom}H${right}" fill="none"/>`,
    `<text class="text" x="${(left + right) / 2}" y="${bottom + 40}" text-anchor="middle">${asText(x.title)}</text>`,
  );
  for (const { i, points } of series) {
    const along = points.map(point => `${toX(point.x)} ${toY(point.y)}`).join('L');
    const band = [
      ...points.map(point => `${toX(point.x)} ${toY(point.most)}`),
      ...points.toReversed().map(point => `${toX(point.x)} ${toY(point.least)}`),
    ].join('L');
    out.push(
      `<path class="band${i}" d="M${band}Z"/><path class="line${i}" d="M${along}" fill="none" stroke-width="2" stroke-linejoin="round"/>`,
      ...points.map(
        point => `<circle class="dot${i} hole" cx="${toX(point.x)}" cy="${toY(point.y)}" r="4" stroke-width="1.5"/>`,
      ),
    );
  }
  const labels = series.map(({ name, i, points }) => ({ name, i, y: toY(points.at(-1).y) + 4 }));
  for (const { name, i, y } of spreadOut(labels, top + 4, bottom + 4))
    out.push(`<text class="dot${i}" x="${right + 10}" y="${at(y)}" font-weight="600">${asText(name)}</text>`);
  return out.join('\n');
}
