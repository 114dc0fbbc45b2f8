/** The first row: whose system this is, and how it is: "11 of 12 ready, payments crashed 20 s ago". */
import { activeServices, type ServiceStatus } from '../../index.js';
import { formatAge } from '../render/duration.js';
import { describeState } from '../render/state.js';
import type { Row } from './frame.js';
import { cutRow, padRow, rowWidth, span } from './spans.js';
import type { Model } from './state.js';
import { BOLD, DIM, GREEN, RED, YELLOW } from './theme.js';

/** Failures that are told one by one. */
const NAMED = 2;
/** ms that a failure is told of after the service runs again: who was away for a moment learns of it. */
const LATELY_MS = 60_000;

export function headerRow(model: Model, width: number, now: number): Row {
  const { system } = model;
  if (!system) return cutRow([span('fuge', BOLD)], width);
  const left: Row = [span(' fuge ', DIM), span(system.name, BOLD), span('  '), ...healthRow(model, now)];
  const right: Row = model.isMouseOurs ? [] : [span('the terminal has the mouse (m) ', DIM)];
  const cut = cutRow(left, width);
  const room = width - rowWidth(cut);
  return rowWidth(right) < room ? [...padRow(cut, width - rowWidth(right)), ...right] : cut;
}

function healthRow(model: Model, now: number): Row {
  if (model.isClosing) return [span(closingText(model), YELLOW)];
  const counted = countedStatuses(model);
  const ready = counted.filter(isReady).length;
  const failed = counted
    .filter(status => describeState(status, now).colour === 'red')
    .sort((a, b) => b.since - a.since);
  const isComing = counted.some(status => ['waiting', 'starting', 'stopping'].includes(status.phase.id));
  const isDown = counted.every(status => status.phase.id === 'stopped');
  const style = ready === counted.length ? GREEN : failed.length === 0 && isComing ? YELLOW : BOLD;
  const row: Row[number][] = [
    span(isDown ? 'nothing runs' : `${ready} of ${counted.length} ready`, isDown ? DIM : style),
  ];
  for (const status of failed.slice(0, NAMED)) {
    const what = `${describeState(status, now).word} ${ageText(now - status.since)}`;
    row.push(span(', '), span(`${status.name} ${what}`, RED));
  }
  if (failed.length > NAMED) row.push(span(`, ${failed.length - NAMED} more failed`, RED));
  for (const status of counted) {
    const ago = now - (model.failedAt.get(status.name) ?? Number.NEGATIVE_INFINITY);
    if (ago >= LATELY_MS || failed.includes(status)) continue;
    row.push(span(', '), span(`${status.name} failed ${ageText(ago)}`, RED));
  }
  const coming = counted.filter(({ phase }) => phase.id === 'starting' || phase.id === 'waiting').length;
  if (coming > 0) row.push(span(', '), span(`${coming} on the way`, YELLOW));
  return row;
}

const ageText = (ms: number) => (ms < 1000 ? 'just now' : `${formatAge(ms)} ago`);

/** Those that take part by the profiles or run all the same; not what runs elsewhere or can't be started here. */
function countedStatuses(model: Model): ServiceStatus[] {
  const active = new Set(activeServices(model.system!));
  return [...model.statuses.values()].filter(
    status =>
      status.type !== 'external' &&
      status.unavailable === undefined &&
      (active.has(status.name) || status.phase.id !== 'stopped'),
  );
}

const isReady = ({ phase }: ServiceStatus) => phase.id === 'ready' || phase.id === 'completed';

function closingText(model: Model): string {
  const living = [...model.statuses.values()].filter(status => status.run !== undefined).map(({ name }) => name);
  return living.length === 0 ? 'stopping' : `stopping … waiting for ${living.join(', ')}`;
}
