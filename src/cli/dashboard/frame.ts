/** What stands on the screen, as data: the model makes it, the view draws it, tests read it. */

/** One of the 16 colours of the terminal, one of the palette of 256, or a colour by its parts. */
export type Colour = number | { readonly red: number; readonly green: number; readonly blue: number };

export interface Style {
  /** Undefined: the terminal's own. */
  readonly foreground?: Colour;
  readonly background?: Colour;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}

/** Text of one style; no control characters, no newlines. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One row of the screen, at most as wide as its pane; what is missing on the right is blank. */
export type Row = readonly Span[];

export type PaneId = 'header' | 'services' | 'logs' | 'pinned' | 'status' | 'overlay';

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Pane {
  readonly id: PaneId;
  /** Where it stands, its border included. Panes do not overlap, but for the overlay, which is above all. */
  readonly place: Rectangle;
  /** Shown in its border; undefined: it has no border. */
  readonly title?: string;
  readonly hasFocus: boolean;
  /** Exactly as many as fit inside. */
  readonly rows: readonly Row[];
}

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly panes: readonly Pane[];
  /** Where the cursor stands while something is typed; undefined: it is hidden. */
  readonly cursor?: { readonly column: number; readonly row: number };
}
