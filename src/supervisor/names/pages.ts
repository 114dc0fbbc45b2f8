/** The proxy's own pages, as HTML without anything from elsewhere: they work without JavaScript, too. */
import type { ServiceStatus } from '../../control.js';
import { hostNameOf, webPortOf } from '../../names.js';
import type { System } from '../../system.js';
import { stateOf } from './state.js';

/** Below this path of a name, what a page hears comes from; only while the service does not answer itself. */
export const EVENTS_PATH = '/.fuge/events';

/** What tools are told of a service. Fields are only ever added. */
export interface ListedService {
  readonly name: string;
  readonly type: string;
  /** As `ps --json` has it. */
  readonly state: string;
  readonly reason: string;
  readonly host: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
  /** Its address in the browser; null: it speaks no HTTP. */
  readonly url: string | null;
}

export function listServices(system: System, statuses: readonly ServiceStatus[]): readonly ListedService[] {
  return statuses.map(status => {
    const { word, reason } = stateOf(status);
    return {
      name: status.name,
      type: status.type,
      state: word,
      reason,
      host: status.host,
      ports: status.ports.map(({ name, host, protocol }) => ({ name, port: host, protocol })),
      url: urlOf(status, system) ?? null,
    };
  });
}

/** The start page: every service with its link and its state. */
export function startPage(system: System, statuses: readonly ServiceStatus[]): string {
  return page(
    system.name,
    `<h1>${escapeHtml(system.name)}</h1>\n<div id="live">${serviceTable(system, statuses)}</div>\n<p class="dim">for tools: <a href="/v1/services">/v1/services</a></p>`,
    `new EventSource('${EVENTS_PATH}').onmessage = event => {
  document.getElementById('live').innerHTML = JSON.parse(event.data);
};`,
    5,
  );
}

/** The part of the pages that follows the services while they are looked at. */
export function serviceTable(system: System, statuses: readonly ServiceStatus[]): string {
  const rows = statuses.map(status => {
    const { word, reason, mood } = stateOf(status);
    const url = urlOf(status, system);
    const name =
      url === undefined ? escapeHtml(status.name) : `<a href="${escapeHtml(url)}">${escapeHtml(status.name)}</a>`;
    const ports = status.ports.map(({ host, protocol }) => `${host}${protocol === 'tcp' ? '' : `/${protocol}`}`);
    return `<tr><td>${name}</td><td><span class="${mood}">${word}</span>${reason === '' ? '' : ` <span class="dim">${escapeHtml(reason)}</span>`}</td><td class="dim">${ports.join(', ')}</td></tr>`;
  });
  return `<table>\n<thead><tr><th>service</th><th>state</th><th>ports</th></tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`;
}

/** Of a service that does not answer: its state, what it said last; it goes over to the service once that is ready. */
export function downPage(status: ServiceStatus, problem: string, lines: readonly string[], startUrl: string): string {
  const { word, reason, mood } = stateOf(status);
  const log =
    lines.length === 0
      ? '<p class="dim">It has printed nothing.</p>'
      : `<pre>${lines.map(line => escapeHtml(plain(line))).join('\n')}</pre>`;
  return page(
    `${status.name}: ${word}`,
    `<h1>${escapeHtml(status.name)} <span class="${mood}">${word}</span></h1>
${reason === '' ? '' : `<p>${escapeHtml(reason)}</p>\n`}<p class="dim">${escapeHtml(problem)}. This page looks again by itself.</p>
${log}
<p><a href="${escapeHtml(startUrl)}">all services</a></p>`,
    `const events = new EventSource('${EVENTS_PATH}');
const again = () => location.replace(location.href);
events.onmessage = again;
events.onerror = () => { events.close(); setTimeout(again, 1000); };`,
    2,
  );
}

/** Of a name that no service has. */
export function unknownPage(name: string, system: System, statuses: readonly ServiceStatus[]): string {
  return page(
    'no such service',
    `<h1>no such service</h1>\n<p>No service of "${escapeHtml(system.name)}" has the name ${escapeHtml(name)}.</p>\n${serviceTable(system, statuses)}`,
  );
}

function urlOf(status: ServiceStatus, system: System): string | undefined {
  if (!system.names || !webPortOf(status)) return undefined;
  return `http://${hostNameOf(status.name, system)}:${system.names.port}/`;
}

/** @param refreshS Seconds after which a browser without JavaScript looks again. */
function page(title: string, body: string, script?: string, refreshS?: number): string {
  const refresh =
    refreshS === undefined ? '' : `<noscript><meta http-equiv="refresh" content="${refreshS}"></noscript>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh}<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
${script === undefined ? '' : `<script>\n${script}\n</script>\n`}</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --good: #1a7f37; --busy: #9a6700; --bad: #cf222e; --dim: #656d76; --line: #d0d7de; --back: #f6f8fa }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --busy: #d29922; --bad: #f85149; --dim: #9198a1; --line: #3d444d; --back: #151b23 } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 60rem; margin: 2.5rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: normal; color: var(--dim) }
pre { background: var(--back); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; font-size: .85rem }
.good { color: var(--good) } .busy { color: var(--busy) } .bad { color: var(--bad) } .dim, .idle { color: var(--dim) }
`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, sign => ESCAPES[sign]!);
}

/** Without the colours and other orders that a program gave its terminal. */
function plain(line: string): string {
  return line.replace(
    /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    '',
  );
}
