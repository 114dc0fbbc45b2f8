// Draws a terminal's screen, as `tmux capture-pane -e -p` gives it, as an SVG: text with colours, nothing embedded.

const CELL = { width: 8.4, height: 18, font: 14 };
const MARGIN = 16;
const BAR = 34;

const BACK = '#16161e';
const FORE = '#d5d6e3';
/** The sixteen colours of SGR 30 to 37 and 90 to 97. */
const PALETTE = [
  ...['#414868', '#f7768e', '#9ece6a', '#e0af68', '#7aa2f7', '#bb9af7', '#4fd6be', '#c0caf5'],
  ...['#6b7198', '#ff899d', '#b3e07f', '#f0c27b', '#92b4ff', '#cdb4ff', '#7de6d4', '#ffffff'],
];

/** `screen` is text with SGR escapes, one line a row. */
export function drawScreen(screen, { title, columns }) {
  const rows = screen.replace(/\n+$/, '').split('\n');
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = Math.ceil(rows.length * CELL.height + BAR + MARGIN + 6);
  const dots = ['#f7768e', '#e0af68', '#9ece6a']
    .map((colour, i) => `<circle cx="${MARGIN + 6 + i * 18}" cy="17" r="5.5" fill="${colour}"/>`)
    .join('');
  // tmux lets the look of one row go on in the next.
  const style = {};
  const text = rows.map((row, i) => drawRow(row, BAR + (i + 1) * CELL.height - 4, style)).filter(Boolean);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<rect width="${width}" height="${height}" rx="9" fill="${BACK}"/>
${dots}
<text x="${width / 2}" y="22" fill="#8f93b5" font-family="system-ui,sans-serif" font-size="12.5" text-anchor="middle">${escapeXml(title)}</text>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${CELL.font}" fill="${FORE}" xml:space="preserve">
${text.join('\n')}
</g>
</svg>
`;
}

/** One row: a run of cells of the same look is one piece, stretched to its cells so that columns stay aligned. */
function drawRow(row, y, style) {
  let column = 0;
  let pieces = '';
  // Escapes and the text between them take turns.
  for (const [i, part] of row.split(/\x1b\[([\d;:]*)m/).entries()) {
    if (i % 2 === 1) applySgr(style, part);
    else
      for (const { text, skip } of style.inverse ? [{ text: part, skip: 0 }] : runsOf(part)) {
        column += skip;
        if (text !== '') pieces += drawRun(text, column, y, style);
        column += cellsOf(text);
      }
  }
  return pieces;
}

/** Long gaps part the text: no renderer has to get many spaces right. */
function runsOf(part) {
  const runs = [];
  for (const match of part.matchAll(/( *)((?:[^ ]| (?! ))*)/g)) {
    if (match[0] !== '') runs.push({ skip: match[1].length, text: match[2] });
  }
  return runs;
}

function drawRun(text, column, y, style) {
  // Blanks at the ends are not drawn: some renderers leave them out, and stretch the rest.
  const shown = text.trim();
  const x = place(column + text.length - text.trimStart().length);
  const length = (cellsOf(shown) * CELL.width).toFixed(1);
  const ink = style.inverse ? BACK : style.fore;
  const fill = ink ? ` fill="${ink}"` : '';
  const under = style.underline ? ' text-decoration="underline"' : '';
  const back = style.inverse ? rectangle(place(column), y, cellsOf(text) * CELL.width, style.fore ?? FORE) : '';
  if (shown === '') return back;
  const bold = style.bold ? ' font-weight="700"' : '';
  const dim = style.dim ? ' opacity="0.6"' : '';
  return `${back}<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${fill}${bold}${dim}${under}>${escapeXml(shown)}</text>`;
}

const place = column => (MARGIN + column * CELL.width).toFixed(1);
const rectangle = (x, y, width, fill) =>
  `<rect x="${x}" y="${y - CELL.height + 4}" width="${width.toFixed(1)}" height="${CELL.height}" fill="${fill}"/>`;

function applySgr(style, codes) {
  const numbers = codes === '' ? [0] : codes.split(/[;:]/).map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i];
    if (code === 0) for (const key of Object.keys(style)) delete style[key];
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 22) style.bold = style.dim = false;
    else if (code === 4) style.underline = true;
    else if (code === 24) style.underline = false;
    else if (code === 7) style.inverse = true;
    else if (code === 27) style.inverse = false;
    else if (code === 39) style.fore = undefined;
    else if (code >= 30 && code <= 37) style.fore = PALETTE[code - 30];
    else if (code >= 90 && code <= 97) style.fore = PALETTE[code - 90 + 8];
    else if (code === 38 && numbers[i + 1] === 5) {
      style.fore = PALETTE[numbers[i + 2]] ?? FORE;
      i += 2;
    }
  }
}

/** Terminal columns: the few wide characters that a screen of ours may show are all beyond the basic plane. */
function cellsOf(text) {
  let cells = 0;
  for (const character of text) cells += character.codePointAt(0) > 0xffff ? 2 : 1;
  return cells;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
