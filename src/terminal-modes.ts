/** The modes that a program has switched in a terminal (DECSET), so that another terminal can be brought there, and back. */

/** On in every terminal at first: whether the cursor is seen, and whether lines wrap. */
const ON_AT_FIRST: readonly number[] = [25, 7];
/** A sequence may be cut between two pieces of output. */
const LONGEST_SEQUENCE = 32;

export class TerminalModes {
  readonly #switched = new Map<number, boolean>();
  #rest = '';

  /** Output of the program. */
  see(text: string): void {
    const all = this.#rest + text;
    if (!all.includes('\x1b')) {
      this.#rest = '';
      return;
    }
    let end = 0;
    for (const match of all.matchAll(/\x1b(?:\[\?([\d;]+)([hl])|c)/g)) {
      end = match.index + match[0].length;
      if (match[1] === undefined)
        this.#switched.clear(); // it reset the terminal
      else for (const mode of match[1].split(';')) this.#switch(Number(mode), match[2] === 'h');
    }
    this.#rest = all.slice(Math.max(end, all.length - LONGEST_SEQUENCE));
  }

  #switch(mode: number, isOn: boolean): void {
    if (isOn === ON_AT_FIRST.includes(mode)) this.#switched.delete(mode);
    else this.#switched.set(mode, isOn);
  }

  /** What brings a fresh terminal to these modes. */
  restoring(): string {
    return [...this.#switched].map(([mode, isOn]) => `\x1b[?${mode}${isOn ? 'h' : 'l'}`).join('');
  }

  /** What brings the terminal back from them; with plain text colours. */
  undoing(): string {
    const back = [...this.#switched].reverse().map(([mode, isOn]) => `\x1b[?${mode}${isOn ? 'l' : 'h'}`);
    return `${back.join('')}\x1b[0m`;
  }
}
