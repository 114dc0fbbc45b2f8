/** A line that is typed at the bottom: a search, a filter (both are seen while they are typed), or a command. */

import { nextHit } from './log-window.js';
import type { Message, Step } from './message.js';
import { type Model, paneOf, type Typing, withPane } from './state.js';

const HISTORY_KEPT = 500;

export function beginTyping(model: Model, what: Typing['what']): Model {
  const before = paneOf(model);
  // A filter is edited; a search begins anew.
  const text = what === 'filter' ? before.filter : '';
  return {
    ...model,
    said: undefined,
    typing: { what, text, at: text.length, before, back: 0, own: text, candidates: [] },
  };
}

export function type(model: Model, typing: Typing, key: string): Step<Model> {
  switch (key) {
    case 'enter':
      return finish(model, typing);
    case 'escape':
    case 'C-c':
      return done({ ...withPane(model, typing.before), typing: undefined });
    case 'tab':
      if (typing.what !== 'command') return done(model);
      return { model, effects: [{ type: 'complete', line: typing.text.slice(0, typing.at) }] };
    case 'up':
    case 'C-p':
      return done(goBack(model, typing, 1));
    case 'down':
    case 'C-n':
      return done(goBack(model, typing, -1));
    case 'backspace':
      // As in vi: nothing left to take away ends it.
      if (typing.text === '') return done({ ...withPane(model, typing.before), typing: undefined });
      return done(edited(model, typing, ...edit(typing, key)));
    default:
      return done(edited(model, typing, ...edit(typing, key)));
  }
}

/** Line breaks of what is pasted become blanks: nothing is carried out by pasting. */
export function paste(model: Model, typing: Typing, text: string): Model {
  const line = text.replace(/[\r\n\t]+/g, ' ').replace(/[\x00-\x1f\x7f-\x9f]/g, '');
  return edited(
    model,
    typing,
    typing.text.slice(0, typing.at) + line + typing.text.slice(typing.at),
    typing.at + line.length,
  );
}

export function completed(model: Model, { asked, line, candidates }: Extract<Message, { type: 'completed' }>): Model {
  const { typing } = model;
  if (typing?.what !== 'command' || typing.text.slice(0, typing.at) !== asked) return model;
  const text = line + typing.text.slice(typing.at);
  return { ...model, typing: { ...typing, text, at: line.length, own: text, back: 0, candidates } };
}

/** The text after a key, and where the cursor is then. */
function edit({ text, at }: Typing, key: string): [string, number] {
  const [head, tail] = [text.slice(0, at), text.slice(at)];
  switch (key) {
    case 'left':
    case 'C-b':
      return [text, head.length - lastCharacter(head).length];
    case 'right':
    case 'C-f':
      return [text, at + firstCharacter(tail).length];
    case 'home':
    case 'C-a':
      return [text, 0];
    case 'end':
    case 'C-e':
      return [text, text.length];
    case 'backspace':
    case 'C-h': {
      const kept = head.slice(0, head.length - lastCharacter(head).length);
      return [kept + tail, kept.length];
    }
    case 'delete':
    case 'C-d':
      return [head + tail.slice(firstCharacter(tail).length), at];
    case 'C-u':
      return [tail, 0];
    case 'C-k':
      return [head, at];
    case 'C-w': {
      const kept = head.replace(/\S*\s*$/, '');
      return [kept + tail, kept.length];
    }
    default: {
      const typed = key === 'space' ? ' ' : isPrintable(key) ? key : '';
      return [head + typed + tail, at + typed.length];
    }
  }
}

/** Keys with names are longer than a character. */
const isPrintable = (key: string) => [...key].length === 1 && key >= ' ' && key !== '\x7f';
const firstCharacter = (text: string) => (text === '' ? '' : String.fromCodePoint(text.codePointAt(0)!));
const lastCharacter = (text: string) => [...text.slice(-2)].at(-1) ?? '';

function edited(model: Model, typing: Typing, text: string, at: number): Model {
  const isChanged = text !== typing.text;
  const next: Typing = {
    ...typing,
    text,
    at,
    ...(isChanged ? { own: text, back: 0, candidates: [] } : {}),
  };
  return isChanged ? preview({ ...model, typing: next }, next) : { ...model, typing: next };
}

/** Searches and filters are seen while they are typed. */
function preview(model: Model, { what, text, before }: Typing): Model {
  if (what === 'filter') return withPane(model, { filter: text });
  if (what === 'command') return model;
  const searching = withPane(model, { ...before, search: text, selected: undefined });
  return withPane(searching, text === '' ? {} : (nextHit(searching, paneOf(searching), false) ?? {}));
}

function finish(model: Model, { what, text, before }: Typing): Step<Model> {
  const next: Model = { ...model, typing: undefined };
  if (what === 'search') {
    // As in vi: an empty search is the last one again.
    if (text === '') return done(withPane(next, before));
    const isFound = paneOf(next).selected !== undefined;
    return done(
      isFound ? next : { ...next, said: { text: `nothing matches ${text}`, isProblem: true, at: model.now } },
    );
  }
  const line = text.trim();
  if (what !== 'command' || line === '') return done(next);
  const history = [...model.history.filter(known => known !== line), line].slice(-HISTORY_KEPT);
  return { model: { ...next, history }, effects: [{ type: 'command', line }] };
}

/** Through the history of commands; beyond the newest is what was typed. */
function goBack(model: Model, typing: Typing, by: number): Model {
  if (typing.what !== 'command') return model;
  const back = Math.min(Math.max(typing.back + by, 0), model.history.length);
  const text = back === 0 ? typing.own : model.history.at(-back)!;
  return { ...model, typing: { ...typing, text, at: text.length, back, candidates: [] } };
}

const done = (model: Model): Step<Model> => ({ model, effects: [] });
