/**
 * What is typed, clicked and pasted, from the characters that the terminal sends.
 *
 * Sequences are those of xterm, which all terminals of today send: CSI and SS3 for keys (with `1;<modifiers>`), SGR mouse
 * reports, brackets around what is pasted. One chunk may hold many of them, or half of one.
 */
import type { Message } from './message.js';

export type InputMessage = Extract<Message, { type: 'key' | 'paste' | 'mouse' }>;

/** Last letter of CSI and SS3 sequences. */
const BY_LETTER: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  M: 'enter',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'S-tab',
};

/** First number of CSI sequences that end with `~`. */
const BY_NUMBER: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  ...{ 11: 'f1', 12: 'f2', 13: 'f3', 14: 'f4', 15: 'f5', 17: 'f6', 18: 'f7', 19: 'f8', 20: 'f9', 21: 'f10' },
  ...{ 23: 'f11', 24: 'f12' },
};

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
  ' ': 'space',
  '\x1b': 'escape',
  '\0': 'C-space',
};

const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** Characters of a paste that are kept: nobody types a book into one line. */
const LONGEST_PASTE = 64 * 1024;

const MOUSE = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])/;
const CSI = /^\x1b\[([\d;:<=>?]*)[ -/]*([@-Z\\^-~])/;
const SS3 = /^\x1bO([A-Za-z])/;
/** What may still become one of the above. */
const UNFINISHED = /^\x1b(?:\[[\d;:<=>?]*[ -/]*|O)?$/;

/** Wheel and buttons in a mouse report; shift, alt and control (4, 8, 16) don't matter. */
const LEFT_BUTTON = 0;
const WHEEL_UP = 64;
const WHEEL_DOWN = 65;
const MODIFIERS = 4 | 8 | 16;

export class InputReader {
  #rest = '';
  /** What was pasted so far; undefined: nothing is being pasted. */
  #pasted: string | undefined;

  /** Whether an escape waits: for the rest of its sequence, or for {@link flush}, which makes it the key. */
  get isWaiting(): boolean {
    return this.#rest !== '';
  }

  /** Gives what is complete by now. */
  read(chunk: string): InputMessage[] {
    const messages: InputMessage[] = [];
    let text = this.#rest + chunk;
    this.#rest = '';
    while (text !== '') {
      if (this.#pasted !== undefined) {
        text = this.#readPaste(text, messages);
        continue;
      }
      if (text.startsWith(PASTE_BEGIN)) {
        this.#pasted = '';
        text = text.slice(PASTE_BEGIN.length);
        continue;
      }
      if (UNFINISHED.test(text)) {
        this.#rest = text;
        break;
      }
      text = text.slice(readOne(text, messages));
    }
    return messages;
  }

  /** Nothing came for a while: what waits was the key Escape, and maybe others after it. */
  flush(): InputMessage[] {
    const [first, ...others] = this.#rest;
    if (first === undefined || this.#pasted !== undefined) return [];
    this.#rest = '';
    return [{ type: 'key', key: 'escape' }, ...others.map(key => ({ type: 'key', key }) as const)];
  }

  #readPaste(text: string, messages: InputMessage[]): string {
    const end = text.indexOf(PASTE_END);
    if (end < 0) {
      // The end may have come by half.
      const kept = Math.max(0, text.length - PASTE_END.length + 1);
      this.#pasted = (this.#pasted + text.slice(0, kept)).slice(0, LONGEST_PASTE);
      this.#rest = text.slice(kept);
      return '';
    }
    const pasted = (this.#pasted + text.slice(0, end)).slice(0, LONGEST_PASTE);
    messages.push({ type: 'paste', text: pasted });
    this.#pasted = undefined;
    return text.slice(end + PASTE_END.length);
  }
}

/** Reads what stands first, and gives how long that is. */
function readOne(text: string, messages: InputMessage[]): number {
  const mouse = MOUSE.exec(text);
  if (mouse) {
    readMouse(mouse, messages);
    return mouse[0].length;
  }
  const sequence = CSI.exec(text) ?? SS3.exec(text);
  if (sequence) {
    const key = sequence[2] === undefined ? BY_LETTER[sequence[1]!] : keyOf(sequence[1]!, sequence[2]);
    if (key !== undefined) messages.push({ type: 'key', key });
    return sequence[0].length;
  }
  const character = String.fromCodePoint(text.codePointAt(0)!);
  // Terminals send Alt with a key as Escape and the key. Nothing here wants Alt, and fast fingers want Escape.
  messages.push({ type: 'key', key: nameOf(character) });
  return character.length;
}

function nameOf(character: string): string {
  const name = CONTROLS[character];
  if (name !== undefined) return name;
  const code = character.charCodeAt(0);
  return code < 0x20 ? `C-${String.fromCharCode(code + 0x60)}` : character;
}

function keyOf(parameters: string, final: string): string | undefined {
  const [first = '', second] = parameters.split(';');
  const name = final === '~' ? BY_NUMBER[first] : BY_LETTER[final];
  if (name === undefined) return undefined;
  const modifiers = Math.max(0, Number(second ?? 1) - 1);
  const held = `${modifiers & 4 ? 'C-' : ''}${modifiers & 2 ? 'M-' : ''}${modifiers & 1 ? 'S-' : ''}`;
  return held + name;
}

function readMouse([, code, column, row, final]: RegExpExecArray, messages: InputMessage[]): void {
  if (final === 'm') return;
  const button = Number(code) & ~MODIFIERS;
  const action =
    button === LEFT_BUTTON
      ? 'click'
      : button === WHEEL_UP
        ? 'wheel up'
        : button === WHEEL_DOWN
          ? 'wheel down'
          : undefined;
  if (action) messages.push({ type: 'mouse', action, column: Number(column) - 1, row: Number(row) - 1 });
}
