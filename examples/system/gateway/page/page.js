// Shows the registry as it changes (server-sent events) and the joined answer for one customer.

const parts = { customer: 'customers', creditScore: 'credit-scores', socialSecurity: 'social-security' };
const $ = id => document.getElementById(id);

/** By service: its card, the pid shown on it, and how many pids it has had since the page was opened. */
const cards = new Map();
let services = [];

const events = new EventSource('/events');
events.onmessage = ({ data }) => {
  const before = JSON.stringify(services);
  ({ services } = JSON.parse(data));
  for (const service of services) show(service);
  if (before !== JSON.stringify(services)) askForCustomer();
};
// The gateway itself is away: the browser tries again by itself.
events.onerror = () => {
  for (const { name } of services) show({ name, answers: false, unsure: name !== 'gateway' });
};
setInterval(() => cards.forEach(showAge), 1000);
$('customers').addEventListener('change', askForCustomer);

function show({ name, answers, unsure, port, pid, startedAt }) {
  const card = cards.get(name) ?? addCard(name);
  const state = answers ? 'answers' : unsure ? 'the gateway is away' : 'does not answer';
  if (pid !== undefined && pid !== card.pid) {
    if (card.pid !== undefined) {
      card.restarts++;
      say(`${name} restarted, it is pid ${pid} now`);
      card.element.classList.remove('fresh');
      void card.element.offsetWidth; // lets the animation begin anew
      card.element.classList.add('fresh');
    }
    card.pid = pid;
    card.startedAt = startedAt;
  } else if (card.state !== undefined && card.state !== state && !unsure) say(`${name} ${state}`);
  card.state = state;
  card.element.classList.toggle('away', !answers);
  card.set('state', `${answers ? '●' : '○'} ${state}`);
  if (port !== undefined) card.set('port', port);
  card.set('pid', answers ? pid : '–');
  card.set('restarts', card.restarts);
  showAge(card);
}

function addCard(name) {
  const element = document.createElement('li');
  element.className = 'card';
  element.innerHTML = `
    <h3></h3><p class="state" data-is="state"></p>
    <dl>
      <dt>port</dt><dd data-is="port">–</dd>
      <dt>pid</dt><dd data-is="pid">–</dd>
      <dt>started</dt><dd data-is="started">–</dd>
      <dt>up for</dt><dd data-is="up">–</dd>
      <dt>restarts seen</dt><dd data-is="restarts">0</dd>
    </dl>`;
  element.querySelector('h3').textContent = name;
  const set = (is, text) => {
    const place = element.querySelector(`[data-is=${is}]`);
    if (place.textContent !== String(text)) place.textContent = text;
  };
  const card = { element, set, restarts: 0 };
  cards.set(name, card);
  $('services').append(element);
  return card;
}

function showAge(card) {
  const known = card.startedAt !== undefined && card.state === 'answers';
  card.set('started', known ? new Date(card.startedAt).toLocaleTimeString([], { hour12: false }) : '–');
  card.set('up', known ? age((Date.now() - card.startedAt) / 1000) : '–');
}

function age(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/** For those who hear the page rather than see it. */
function say(text) {
  $('news').textContent = text;
}

let asked = 0;
async function askForCustomer() {
  const turn = ++asked;
  const url = `/customers/${document.querySelector('input[name=id]:checked').value}`;
  $('url').href = url;
  $('url').textContent = url;
  let status = 'no answer';
  let body = {};
  try {
    const response = await fetch(url);
    status = response.status;
    body = await response.json();
  } catch {}
  if (turn !== asked) return;
  $('status').textContent = `→ ${status}${body.error ? `: ${body.error}` : ''}`;
  $('answer').replaceChildren(
    ...Object.entries(parts)
      .filter(([part]) => body[part])
      .map(([part, service]) => answerCard(service, body[part])),
  );
}

function answerCard(service, { unavailable, ...facts }) {
  const card = document.createElement('div');
  card.className = unavailable ? 'card away' : 'card';
  const title = document.createElement('h3');
  title.textContent = service;
  const list = document.createElement('dl');
  for (const [key, value] of Object.entries(facts)) {
    const term = document.createElement('dt');
    const detail = document.createElement('dd');
    term.textContent = key;
    detail.textContent = value;
    list.append(term, detail);
  }
  const note = document.createElement('p');
  note.className = 'state';
  note.textContent = unavailable ? `unavailable: ${unavailable}` : '';
  card.append(title, note, list);
  return card;
}
