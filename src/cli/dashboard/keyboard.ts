/** Hears what the terminal sends, as messages; an escape that stays alone for a moment is the key. */
import { StringDecoder } from 'node:string_decoder';
import { InputReader } from './input.js';
import type { Message } from './message.js';

/** ms that the rest of a sequence may take. */
const ESCAPE_MS = 40;

export class Keyboard {
  readonly #hear: (messages: readonly Message[]) => void;
  readonly #reader = new InputReader();
  readonly #decoder = new StringDecoder('utf8');
  #timer: NodeJS.Timeout | undefined;

  /** @param hear Must not throw. */
  constructor(hear: (messages: readonly Message[]) => void) {
    this.#hear = hear;
  }

  read(chunk: Buffer | string): void {
    clearTimeout(this.#timer);
    this.#hear(this.#reader.read(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk)));
    if (this.#reader.isWaiting) this.#timer = setTimeout(() => this.#hear(this.#reader.flush()), ESCAPE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
